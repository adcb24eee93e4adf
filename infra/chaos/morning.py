"""The morning after: faults have stopped, what is under way comes to its end, and a person looks at what needs one."""

import time

from console import say
from scale.deployed import Deployed
from scale.stored import OPEN, jobs_in

from .admins import Customer
from .api import Api

# A person comes back so often; each time all that is under way comes to its end first.
ROUNDS = 6
DEPTHS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")


class Morning:
    """Brings everything to its end, within a time."""

    def __init__(self, deployed: Deployed, api: Api, customers: list[Customer], minutes: float) -> None:
        self._deployed, self._api, self._customers = deployed, api, customers
        self._until = time.monotonic() + 60 * minutes
        self._wrong: list[str] = []
        # Who was asked for a sync since the tenants are left alone.
        self._asked: set[str] = set()

    def pass_by(self) -> list[str]:
        """What did not come to its end."""
        self._drain("what was under way when the faults stopped")
        self._compare_states()
        for _ in range(ROUNDS):
            redriven, approved, behind = self._redrive(), self._approve(), self._behind()
            say(f"  {redriven} failed jobs redriven, {approved} holds approved, {len(behind)} customers asked for a sync")
            for customer in behind:
                self._api.insist("customers/sync", ids={"customer_id": customer})
            if not redriven + approved + len(behind):
                self._drain("the dead letters", [self._deployed.description["dead_letter_queue_url"]])
                return self._wrong
            if not self._drain("what a person asked for"):
                return self._wrong
        return [*self._wrong, f"stuck: after {ROUNDS} rounds there was still something to do"]

    def _drain(self, what: str, queues: list[str] | None = None) -> bool:
        """Waits until no job is open and no message is left; says whether it is so."""
        began = time.monotonic()
        queues = queues or [url for url, _ in self._deployed.queues]
        while open := self._open() or self._messages(queues):
            if time.monotonic() > self._until:
                self._wrong += [f"stuck: {what}: {one}" for one in open]
                return False
            time.sleep(1)
        say(f"  {what}: at its end after {time.monotonic() - began:.0f} s")
        return True

    def _open(self) -> list[str]:
        jobs = [job for state in OPEN for job in jobs_in(self._deployed, state)]
        return [f"{job['kind']} {job['id']} is {job['state']} after {job['attempts']} attempts" for job in jobs]

    def _messages(self, queues: list[str]) -> list[str]:
        left = []
        for url in queues:
            attributes = self._deployed.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(DEPTHS))["Attributes"]
            if count := sum(int(attributes[name]) for name in DEPTHS):
                left.append(f"{count} messages in {url.rsplit('/', 1)[-1]}")
        return left

    def _compare_states(self) -> None:
        """Each customer is what its admin was last told; then the paused ones are resumed, so that all can be compared."""
        for customer in self._customers:
            ids = {"customer_id": customer.id}
            found = self._api.insist("customers/get", ids=ids)
            is_now = found.body["status"].replace("needs_attention", "active") if found.ok else "deleted"
            if is_now != customer.is_now:
                self._wrong.append(f"lost: {customer.name} should be {customer.is_now} and is {is_now} ({found.status})")
            if is_now == "paused":
                self._api.insist("customers/resume", ids=ids)
        known = {customer.id for customer in self._customers}
        for found in self._api.pages("customers/list", query={"limit": "200"}):
            if found["id"] not in known:
                self._wrong.append(f"doubled: {found['name']} ({found['id']}) is there though nobody was told of it")

    def _redrive(self) -> int:
        answer = self._api.insist("jobs/redrive-all", body={})
        return answer.body["redriven"] if answer.ok else 0

    def _approve(self) -> int:
        """A person who has seen the list and knows that all of it was deleted at Zuora."""
        approved = 0
        for job in list(self._api.pages("jobs/list", query={"state": "held", "awaiting_approval": "true", "limit": "200"})):
            seen = {"list_hash": job["held"]["list_hash"]}
            approved += self._api.insist("jobs/approve-deletions", ids={"job_id": job["id"]}, body=seen).ok
        return approved

    def _behind(self) -> list[str]:
        """Customers of whom no sync has succeeded since the tenants are left alone."""
        behind = set()
        for customer in self._api.pages("customers/list", query={"limit": "200"}):
            succeeded = (customer.get("last_sync") or {}).get("state") == "succeeded"
            if not succeeded or customer["id"] not in self._asked:
                behind.add(customer["id"])
        self._asked |= behind
        return sorted(behind)
