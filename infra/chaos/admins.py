"""Admins at work: they create, edit, pause, resume and delete customers, ask for syncs, and grant; all through the API.

Each admin alone decides about the customers of their own, so it is known what must become of each. What changes nothing of that, such as
a sync, they do to anybody's.
"""

import threading
import time
from dataclasses import dataclass
from random import Random

from .api import Answer, Api
from .tenants import Tenants

ANY_VERSION = {"If-Match": "*"}
USUAL = {"sync_frequency": "hourly", "verify": False}


@dataclass
class Customer:
    """What its admin knows of a customer."""

    name: str
    tenant: str
    id: str | None = None
    # What was asked for last, and answered: `active`, `paused`, `deleted`.
    is_now: str = "active"


class Fleet:
    """All customers that were ever created."""

    def __init__(self, url: str, tenants: Tenants, user: str) -> None:
        self.url, self.tenants, self.user = url, tenants, user
        self._lock = threading.Lock()
        self._customers: list[Customer] = []
        self.unanswered: list[str] = []

    def add(self, rng: Random) -> Customer:
        with self._lock:
            number = len(self._customers)
            customer = Customer(f"Chaos {number:03}", f"chaos-{number:03}")
            self._customers.append(customer)
        return customer

    def customers(self) -> list[Customer]:
        with self._lock:
            return [customer for customer in self._customers if customer.id]

    def give_up(self, answer: Answer, what: str) -> None:
        self.unanswered.append(f"{what}: {answer.status} {answer.text[:200]}")


class Admin:
    """One admin with customers of their own."""

    def __init__(self, api: Api, fleet: Fleet, rng: Random) -> None:
        self.api, self.fleet, self.rng = api, fleet, rng
        self.own: list[Customer] = []
        self.wanted = 0

    def create(self) -> None:
        """The same creation again and again, under one key, until it is answered."""
        customer = self.fleet.add(self.rng)
        tenant = self.fleet.tenants.make(customer.tenant, self.rng)
        body = USUAL | {"name": customer.name, "zuora_base_url": self.fleet.url, "zuora_client_id": tenant["client_id"]}
        body |= {"zuora_client_secret": tenant["client_secret"]}
        key = {"Idempotency-Key": f"creation-of-{customer.tenant}"}
        answer = self.api.insist("customers/create", body=body, headers=key)
        if answer.ok and self.rng.random() < 0.2:
            # The client did not hear it.
            again = self.api.insist("customers/create", body=body, headers=key)
            if again.ok and again.body["id"] != answer.body["id"]:
                self.fleet.give_up(again, f"{customer.name} was created twice")
        if not answer.ok:
            return self.fleet.give_up(answer, f"create {customer.name}")
        customer.id = answer.body["id"]
        self.own.append(customer)

    def act(self, _: Random) -> None:
        """One action, drawn."""
        live = [customer for customer in self.own if customer.is_now != "deleted"]
        if len(live) < self.wanted:
            return self.create()
        others = [customer for customer in self.fleet.customers() if customer.is_now != "deleted"]
        actions = {
            self._sync: 30,
            self._edit: 20,
            self._dry_run: 8,
            self._test: 8,
            self._grant: 8,
            self._withdraw: 4,
            self._cancel: 6,
            self._retry: 4,
            self._sync_several: 2,
        }
        own = {self._pause: 5, self._resume: 8, self._rotate: 4, self._delete: 1}
        [action] = self.rng.choices([*actions, *own], [*actions.values(), *own.values()])
        action(self.rng.choice(live if action in own else others))

    def _sync(self, customer: Customer) -> None:
        self.api.ask("customers/sync", ids=_of(customer))

    def _dry_run(self, customer: Customer) -> None:
        self.api.ask("customers/sync", ids=_of(customer), query={"dry_run": "true"})

    def _test(self, customer: Customer) -> None:
        self.api.ask("customers/connection-test-stored", ids=_of(customer))

    def _edit(self, customer: Customer) -> None:
        """As a form does it: read, then change what was read."""
        read = self.api.ask("customers/get", ids=_of(customer))
        if read.ok:
            changed = {"notes": f"Seen {self.rng.getrandbits(32):08x}"}
            headers = {"If-Match": read.headers["etag"]}
            self.api.ask("customers/update", ids=_of(customer), body=changed, headers=headers)

    def _grant(self, customer: Customer) -> None:
        ids = _of(customer) | {"user": self.fleet.user}
        self.api.ask("customers/grant-put", ids=ids, body={"role": self.rng.choice(("viewer", "operator", "admin"))})

    def _withdraw(self, customer: Customer) -> None:
        self.api.ask("customers/grant-delete", ids=_of(customer) | {"user": self.fleet.user})

    def _jobs(self, customer: Customer, state: str) -> list[dict]:
        answer = self.api.ask("jobs/list", query={"customer_id": customer.id, "state": state, "limit": "5"})
        return answer.body["items"] if answer.ok else []

    def _cancel(self, customer: Customer) -> None:
        for job in self._jobs(customer, "queued,waiting,running")[:1]:
            self.api.ask("jobs/cancel", ids={"job_id": job["id"]})

    def _retry(self, customer: Customer) -> None:
        for job in self._jobs(customer, "failed")[:1]:
            self.api.ask("jobs/retry", ids={"job_id": job["id"]})

    def _sync_several(self, _: Customer) -> None:
        if self.rng.random() < 0.3:
            self.api.ask("customers/sync-all")
            return
        ids = [customer.id for customer in self.fleet.customers() if customer.is_now != "deleted"]
        some = self.rng.sample(ids, min(len(ids), 5))
        self.api.ask("customers/bulk", body={"action": "sync", "customer_ids": some})

    def _pause(self, customer: Customer) -> None:
        self._settle("customers/pause", customer, "paused")

    def _resume(self, customer: Customer) -> None:
        self._settle("customers/resume", customer, "active")

    def _rotate(self, customer: Customer) -> None:
        """Zuora has a new secret; for a moment the stored one is wrong."""
        secret = self.fleet.tenants.rotate(customer.tenant, self.rng)
        time.sleep(self.rng.uniform(0, 3))
        change = {"zuora_client_secret": secret, "verify": False}
        answer = self.api.insist("customers/update", ids=_of(customer), body=change, headers=ANY_VERSION)
        if not answer.ok:
            self.fleet.give_up(answer, f"new secret of {customer.name}")

    def _delete(self, customer: Customer) -> None:
        answer = self.api.insist("customers/delete", ids=_of(customer), query={"confirm": customer.name})
        # An earlier one may have been done although its answer was lost.
        if answer.ok or answer.status == 404:
            customer.is_now = "deleted"
        else:
            self.fleet.give_up(answer, f"delete {customer.name}")

    def _settle(self, name: str, customer: Customer, state: str) -> None:
        answer = self.api.insist(name, ids=_of(customer))
        if answer.ok:
            customer.is_now = state
        else:
            self.fleet.give_up(answer, f"{name} {customer.name}")


def _of(customer: Customer) -> dict[str, str]:
    return {"customer_id": customer.id}
