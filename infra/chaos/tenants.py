"""The tenants at the simulated Zuora: people there edit them meanwhile, and what they hold at the end is the truth."""

import json
import threading
import urllib.error
import urllib.request
from random import Random
from urllib.parse import urlencode

from scale.deployed import Deployed


class Tenants:
    """All tenants that were ever made, by name."""

    def __init__(self, deployed: Deployed, workflows: int) -> None:
        self._deployed, self._workflows = deployed, workflows
        self._lock = threading.Lock()
        self._made: dict[str, dict] = {}
        # Every client secret that was ever valid.
        self.secrets: set[str] = set()
        self.edits = 0

    def make(self, name: str, rng: Random) -> dict:
        """A tenant with its credentials, a few workflows, and answers that take a moment."""
        tenant = self._deployed.zuora("POST", "tenants", {"name": name, "workflows": self._workflows})
        conditions = {"median_ms": 20, "p99_ms": 400, "error_rate": 0.01, "seed": rng.getrandbits(32)}
        self._deployed.zuora("PUT", f"tenants/{name}/conditions", conditions)
        with self._lock:
            self._made[name] = tenant
            self.secrets.add(tenant["client_secret"])
        return tenant

    def names(self) -> list[str]:
        with self._lock:
            return list(self._made)

    def any(self, rng: Random) -> str:
        return rng.choice(self.names())

    def rotate(self, name: str, rng: Random) -> str:
        """A new client secret, at once the only valid one."""
        secret = f"{rng.getrandbits(160):040x}"
        with self._lock:
            self.secrets.add(secret)
        self._deployed.zuora("PUT", f"tenants/{name}/secret", {"client_secret": secret})
        self._made[name]["client_secret"] = secret
        return secret

    def edit(self, rng: Random) -> None:
        """One edit of one workflow, as somebody makes it at Zuora."""
        self.edits += 1
        tenant = self.any(rng)
        place = f"tenants/{tenant}/workflows"
        ids = self._deployed.zuora("GET", place)
        kind = rng.choices(("describe", "rework", "clone", "add", "remove", "clear"), (40, 25, 10, 15, 8, 2))[0]
        if kind == "add" or not ids:
            self._deployed.zuora("POST", place, {"count": 1})
            return
        id = rng.choice(ids)
        try:
            if kind == "remove":
                self._deployed.zuora("DELETE", f"{place}/{id}")
            elif kind == "clear":
                # More than the guard lets go without a person.
                for one in rng.sample(ids, (len(ids) + 1) // 2):
                    self._deployed.zuora("DELETE", f"{place}/{one}")
            elif kind == "clone":
                self._deployed.zuora("POST", f"{place}/{id}/clones")
            elif kind == "rework":
                self._deployed.zuora("PATCH", f"{place}/{id}", {"tasks": rng.randint(0, 12)})
            else:
                self._deployed.zuora("PATCH", f"{place}/{id}", {"description": f"edited {rng.getrandbits(32):08x}"})
        except urllib.error.HTTPError as error:
            # Somebody else removed it.
            if error.code != 404:
                raise

    def tokens(self) -> set[str]:
        """Every access token that was ever issued."""
        return {token for name in self.names() for token in self._deployed.zuora("GET", f"tenants/{name}/tokens")}

    def truth(self, name: str) -> dict[str, bytes]:
        """The export of every workflow of a tenant, by id, asked for as any client may."""
        tenant, base = self._made[name], self._deployed.stack.simulator_url
        form = {name: tenant[name] for name in ("client_id", "client_secret")} | {"grant_type": "client_credentials"}
        token = json.loads(_read(urllib.request.Request(f"{base}/oauth/token", urlencode(form).encode())))["access_token"]
        ids = self._deployed.zuora("GET", f"tenants/{name}/workflows")
        return {str(id): _export(f"{base}/workflows/{id}/export", token) for id in ids}


def _export(url: str, token: str) -> bytes:
    """The active version, or else the latest."""
    for version in ("", "?version=latest"):
        try:
            return _read(urllib.request.Request(url + version, headers={"Authorization": f"Bearer {token}"}))
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
    raise RuntimeError(f"no version of {url}")


def _read(request: urllib.request.Request) -> bytes:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
        return answer.read()
