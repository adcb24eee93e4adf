"""The demo customer: created through the API like any other, and synced."""

import json
import time
import urllib.error
import urllib.request

from console import Failed, say, step
from settings import Stack

STATS = ("created", "updated", "unchanged", "deleted", "total", "errors")


def create_and_sync(stack: Stack, api: str, token: str, client_id: str, client_secret: str) -> dict:
    """Creates the customer and waits for its first sync; returns the customer."""
    with step("Creating the customer Demo through the API"):
        customer = call(
            stack,
            api,
            token,
            "POST",
            "/v1/customers",
            {
                "name": "Demo",
                "zuora_client_id": client_id,
                "zuora_client_secret": client_secret,
                "zuora_base_url": stack.simulator_url,
                "environment": "development",
            },
        )
    with step("Waiting for its first sync"):
        end = time.monotonic() + 120
        while not (customer.get("last_sync") or {}).get("finished_at"):
            if time.monotonic() > end:
                raise Failed(
                    "The first sync did not end within 120 s. `make logs` in another terminal shows what sync does; "
                    f"the emulator's log is {stack.home / 'emulator.log'}"
                )
            time.sleep(0.25)
            customer = call(stack, api, token, "GET", f"/v1/customers/{customer['id']}")
    state = customer["last_sync"]["state"]
    if state != "succeeded":
        raise Failed(f"The first sync ended as {state}: {json.dumps(customer['last_sync'])}\n`make logs` says more.")
    return customer


def show_stats(customer: dict) -> None:
    """Prints the last sync's statistics as a table."""
    stats = customer["last_sync"]["stats"]
    say("  " + "  ".join(f"{name:>9}" for name in ("customer", *STATS)))
    say("  " + "  ".join(f"{value:>9}" for value in (customer["name"], *(stats[name] for name in STATS))))


def call(stack: Stack, api: str, token: str, method: str, path: str, body: dict | None = None) -> dict:
    """Asks the API as whoever the token belongs to."""
    request = urllib.request.Request(
        api + path,
        method=method,
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=40) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")
        raise Failed(
            f"{method} {path} answered {error.code}: {text[:1000]}\n"
            f"`make logs` shows the function's log; the emulator's is {stack.home / 'emulator.log'}"
        ) from error
