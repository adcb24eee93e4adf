"""A customer made by the real functions, and copies of it: all items of its partition with other ids, and a day of hourly syncs.

What is copied is text: DynamoDB's JSON in which ids, names and moments are replaced wherever they stand, whatever the items are. A copy has
no credentials, no token and no pointers from its jobs' ids, so nothing can be synced; everything that lists, counts, searches and schedules
finds it as it would find a real one.
"""

import hashlib
import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from .deployed import Deployed, ask, task
from .live import UNLIMITED, drain
from .stored import partition_as_json, raw
from .workers import Workers

NAME = "fleet-template-00000"
WORKFLOWS = 3
HOURS = 24
BATCH = 25
MOMENT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
# As in shared/src/domain/schedule.rs.
MINUTES = 55


class Template:
    """A customer with a few workflows, after one scheduled sync."""

    def __init__(self, deployed: Deployed) -> None:
        self.deployed = deployed
        tenant = deployed.zuora("POST", "tenants", {"name": NAME, "workflows": WORKFLOWS})
        body = {"name": NAME, "zuora_base_url": deployed.stack.simulator_url, "sync_frequency": "hourly", "verify": False}
        body |= {"zuora_client_id": tenant["client_id"], "zuora_client_secret": tenant["client_secret"]}
        with (
            deployed.function("customers", **UNLIMITED) as customers,
            deployed.function("schedule") as schedule,
            Workers(deployed, most=1, **UNLIMITED),
        ):
            self.id = ask(customers, "customers/create", body=body)[1]["id"]
            drain(deployed, {self.id})
            task(schedule, "schedule", _text(datetime.now(UTC) + timedelta(hours=1)))
            drain(deployed, {self.id})
            found = ask(customers, "customers/get", ids={"customer_id": self.id})[1]
        self.next_sync_at, self.job = found["next_sync_at"], found["last_sync"]["job_id"]
        items = partition_as_json(deployed, f"CUSTOMER#{self.id}")
        self.lasting = [json.dumps(item) for item in items if not item["SK"]["S"].startswith("JOB#")]
        [self.hourly] = [json.dumps(item) for item in items if item["SK"]["S"] == f"JOB#{self.job}"]
        self.created_at = _moment(json.loads(self.hourly)["created_at"]["S"])

    def copies(self, numbers: range) -> Iterator[str]:
        """The items of the copies with these numbers."""
        now = datetime.now(UTC)
        for number in numbers:
            rng = random.Random(number)
            id = f"cus_{_uuid(now - timedelta(days=30), rng)}"
            own = now.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=_own_minute(id))
            due = own if own > now else own + timedelta(hours=1)
            began = [due - timedelta(hours=hours) for hours in range(1, HOURS + 1)]
            jobs = [f"job_{_uuid(moment, rng)}" for moment in began]
            for item in self.lasting:
                item = item.replace(self.next_sync_at, _text(due, like=self.next_sync_at)).replace(self.job, jobs[0])
                yield item.replace(self.id, id).replace(NAME, f"fleet-template-{number:05}")
            for moment, job in zip(began, jobs, strict=True):
                item = self.hourly.replace(self.job, job).replace(self.id, id)
                yield MOMENT.sub(lambda found, by=moment - self.created_at: _text(_moment(found[0]) + by, like=found[0]), item)

    def store(self, numbers: range) -> int:
        """Writes copies into the table, past all functions. How many items."""
        batch, stored = [], 0
        for item in self.copies(numbers):
            batch.append(f'{{"PutRequest":{{"Item":{item}}}}}')
            if len(batch) == BATCH:
                stored += self._put(batch)
        return stored + self._put(batch)

    def _put(self, batch: list[str]) -> int:
        count = len(batch)
        if batch:
            raw(self.deployed, "BatchWriteItem", f'{{"RequestItems":{{"{self.deployed.table.name}":[{",".join(batch)}]}}}}')
        batch.clear()
        return count


def _uuid(moment: datetime, rng: random.Random) -> str:
    """A UUID of version 7: it sorts by its moment."""
    return f"{int(moment.timestamp() * 1000):012x}7{rng.getrandbits(12):03x}a{rng.getrandbits(60):015x}"


def _own_minute(customer: str) -> int:
    return int.from_bytes(hashlib.sha256(customer.encode()).digest()[:8], "big") % MINUTES


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _text(moment: datetime, like: str = "") -> str:
    return moment.isoformat(timespec="milliseconds" if "." in like else "seconds").replace("+00:00", "Z")
