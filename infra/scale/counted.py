"""What one sync of a customer asks of AWS: 200 workflows, a listing that takes five seconds, one process that has run before."""

import json
import time
from datetime import UTC, datetime, timedelta

from console import say
from counting import item_size

from .deployed import Deployed, ask, task
from .live import UNLIMITED, drain
from .stored import jobs_of, partition, partition_as_json, raw
from .workers import Workers

NAME = "counted"
WORKFLOWS = 200
# Four pages and an empty one behind them, in three rounds: five seconds with the token before them.
PAGE_MS = 1550
REQUEST_MS = 400
# What DynamoDB adds to each stored item.
OVERHEAD = 100


def run(deployed: Deployed) -> tuple[dict[str, dict], dict[str, float]]:
    """Counts each kind of sync, by its name; and what the customer takes in the table."""
    tenant = deployed.zuora("POST", "tenants", {"name": NAME, "workflows": WORKFLOWS})
    body = {"name": NAME, "zuora_base_url": deployed.stack.simulator_url, "sync_frequency": "hourly", "verify": False}
    body |= {"zuora_client_id": tenant["client_id"], "zuora_client_secret": tenant["client_secret"]}
    deployed.zuora("PUT", "latency", {"ms": REQUEST_MS})
    deployed.zuora("POST", f"tenants/{NAME}/faults", {"on": {"route": "list"}, "times": None, "delay_ms": PAGE_MS - REQUEST_MS})
    say(f"\nSyncs of {WORKFLOWS} workflows, pages of {PAGE_MS} ms, all other requests of {REQUEST_MS} ms")
    counts = {}
    with deployed.function("customers", **UNLIMITED) as customers, deployed.function("schedule") as schedule:
        customer = ask(customers, "customers/create", body=body)[1]["id"]
        at = datetime.now(UTC)
        with Workers(deployed, most=1, **UNLIMITED) as workers:
            for name, prepare in (
                ("first", None),
                ("nothing is due", lambda: _reverified_until(deployed, customer, timedelta(0))),
                ("hourly", lambda: _reverified_until(deployed, customer, timedelta(hours=1))),
                ("1 % changed", lambda: _edit(deployed, WORKFLOWS // 100)),
            ):
                if prepare:
                    prepare()
                    _forget_token(deployed, customer)
                    at += timedelta(hours=1)
                    deployed.reset()
                    task(schedule, "schedule", at.strftime("%Y-%m-%dT%H:%M:%SZ"))
                drain(deployed, {customer})
                # A worker that has said that it is done acknowledges its message.
                time.sleep(1)
                workers.check()
                counts[name] = _told(deployed, name)
    counts["hourly"] = _with_reverifications(counts["nothing is due"], counts["hourly"], WORKFLOWS / 24)
    return counts, _stored(deployed, customer)


def _with_reverifications(without: dict, some: dict, reverifications: float) -> dict:
    """What a sync with so many re-verifications asks for: how many fall into the hour that was counted is chance."""
    share = reverifications / max(1, some["exports"])

    def between(low: float, high: float) -> float:
        return round(low + (high - low) * share, 1)

    calls = {name: round(between(without["calls"].get(name, 0), count)) for name, count in some["calls"].items()}
    return {"calls": calls} | {name: between(without[name], some[name]) for name in some if name != "calls"}


def _stored(deployed: Deployed, customer: str) -> dict[str, float]:
    """Bytes of a customer, and of one of its jobs with its pointer; in the table alone, and with its indexes."""
    items = partition_as_json(deployed, f"CUSTOMER#{customer}")
    lasting = [item for item in items if not item["SK"]["S"].startswith("JOB#")]
    job = max((item for item in items if item not in lasting), key=lambda item: item["SK"]["S"])
    jobs = [job, *partition_as_json(deployed, job["SK"]["S"])]
    ended = datetime.fromisoformat(job["finished_at"]["S"])
    kept = datetime.fromtimestamp(int(job["ttl"]["N"]), UTC) - ended
    return {
        "lasting": sum(map(_in_table, lasting)) + sum(map(_in_index, lasting)),
        "lasting_in_table": sum(map(_in_table, lasting)),
        "job": sum(map(_in_table, jobs)) + sum(map(_in_index, jobs)),
        "job_in_table": sum(map(_in_table, jobs)),
        "job_days": round(kept / timedelta(days=1)),
    }


def _in_table(item: dict) -> int:
    return item_size(item) + OVERHEAD


def _in_index(item: dict) -> int:
    """GSI1 holds whole items, GSI2 nothing but keys."""
    keys = {name: item[name] for name in ("PK", "SK", "GSI2PK", "GSI2SK") if name in item}
    return _in_table(item) * ("GSI1PK" in item) + _in_table(keys) * ("GSI2PK" in item)


def _told(deployed: Deployed, name: str) -> dict:
    job = max(jobs_of(deployed), key=lambda job: job["created_at"])
    counted = deployed.counters["sync"].counted()
    run = job["runs"][-1]
    seconds = (datetime.fromisoformat(run["ended_at"]) - datetime.fromisoformat(run["started_at"])).total_seconds()
    say(
        f"  {name:<15} {job['state']}, {seconds:.1f} s, {run['requests']} requests to Zuora of which {run['exports']} exports; "
        f"{sum(counted['calls'].values())} calls to AWS, {counted['read_units']:.1f} read and {counted['write_units']:.0f} write units"
    )
    say("                  " + ", ".join(f"{operation} {count}" for operation, count in counted["calls"].items()))
    return counted | {"seconds": round(seconds, 1), "requests": int(run["requests"]), "exports": int(run["exports"])}


def _forget_token(deployed: Deployed, customer: str) -> None:
    """As after an hour: no sync finds a token that still lives."""
    key = {"PK": {"S": f"TOKEN#{customer}"}, "SK": {"S": "TOKEN"}}
    raw(deployed, "DeleteItem", json.dumps({"TableName": deployed.description["vault_table_name"], "Key": key}))


def _reverified_until(deployed: Deployed, customer: str, back: timedelta) -> None:
    """Sets how far the daily re-verifications have come."""
    until = (datetime.now(UTC) - back).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for item in partition(deployed, customer):
        if "reverification" in item:
            deployed.table.update_item(
                Key={"PK": item["PK"], "SK": item["SK"]},
                UpdateExpression="SET reverification.#until = :until",
                ExpressionAttributeNames={"#until": "until"},
                ExpressionAttributeValues={":until": until},
            )


def _edit(deployed: Deployed, count: int) -> None:
    for id in deployed.zuora("GET", f"tenants/{NAME}/workflows")[:count]:
        deployed.zuora("PATCH", f"tenants/{NAME}/workflows/{id}", {"description": f"edited {time.time()}"})
