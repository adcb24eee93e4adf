"""The customers of a rehearsal, made and synced through the deployed API."""

import time
from collections.abc import Collection
from random import Random

from chaos.admins import USUAL, Customer
from chaos.api import Answer, Api
from chaos.tenants import Tenants
from console import Failed
from scale.deployed import Installation
from scale.stored import OPEN, jobs_in

PATIENCE = 240


class Customers:
    """All of them, by name."""

    def __init__(self, installation: Installation, api: Api, workflows: int) -> None:
        self.tenants = Tenants(installation, workflows)
        self._installation, self._api = installation, api
        self._by_name: dict[str, Customer] = {}

    def __getitem__(self, name: str) -> Customer:
        return self._by_name[name]

    def all(self) -> list[Customer]:
        return list(self._by_name.values())

    def add(self, name: str) -> None:
        tenant = self.tenants.make(name, Random(name))
        # Answers at once, and always.
        self._installation.zuora("PUT", f"tenants/{name}/conditions", {})
        body = USUAL | {"name": f"The {name}", "zuora_base_url": self._installation.stack.simulator_url}
        body |= {f"zuora_{field}": tenant[field] for field in ("client_id", "client_secret")}
        self._by_name[name] = Customer(body["name"], name, self.done("customers/create", body=body).body["id"])

    def done(self, event: str, name: str | None = None, *, ids: dict[str, str] | None = None, **how) -> Answer:
        """Asks the API for something about a customer, or about none, that has to be answered well."""
        ids = (ids or {}) | ({"customer_id": self[name].id} if name else {})
        answer = self._api.insist(event, ids=ids, **how)
        if not answer.ok:
            raise Failed(f"{event} {how}: {answer.status} {answer.text[:300]}")
        return answer

    def sync(self, *names: str) -> None:
        """Syncs these and waits until they have ended."""
        for name in names:
            self.done("customers/sync", name)
        self.settle()

    def settle(self, but: Collection[str] = ()) -> None:
        """Waits until no job is open but those of these customers."""
        ids = {self[name].id for name in but}
        self.wait("the jobs end", lambda: not [job for job in self.open_jobs() if job["customer_id"] not in ids])

    def open_jobs(self) -> list[dict]:
        return [job for state in OPEN for job in jobs_in(self._installation, state)]

    @staticmethod
    def wait(what: str, is_so, seconds: float = PATIENCE) -> None:
        until = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > until:
                raise Failed(f"After {seconds} s still not: {what}.")
            time.sleep(0.5)
