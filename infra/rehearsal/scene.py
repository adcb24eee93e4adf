"""The customers of a restore before the backup, and what happens to them after it."""

import json
import time
from datetime import datetime, timedelta

import people
from chaos.admins import ANY_VERSION, Customer
from chaos.api import Api, Book
from console import say
from scale.deployed import Installation
from scale.stored import partition_as_json, raw

from .customers import Customers
from .damage import Damage
from .gateway import Gateway

WORKFLOWS = 12
NAMES = ("untouched", "emptied", "overwritten", "deleted", "changed", "shrinking", "paused", "waiting")
# What happens at Zuora between the backup and the restore.
AT_ZUORA = {"changed": {"updated": 2, "created": 1, "deleted": 1}, "shrinking": {"deleted": 1}}
READER = "reader"
# Whom the reader may see when the backup is made.
GRANTED = ("untouched", "emptied")
# From an hour on what a restore writes again is no news: functions/relay/src/record.rs.
OLD = timedelta(hours=2)


class Scene:
    """The customers, an admin, and a user who may see some of them."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        description, stack = installation.description, installation.stack
        self.api = self._as(description["password"], people.USERNAME)
        self.reader = self._as(people.create_user(stack, description["user_pool_id"], READER), READER)
        self.customers = Customers(installation, self.api, WORKFLOWS)
        cognito = installation.client("cognito-idp")
        reader = cognito.admin_get_user(UserPoolId=description["user_pool_id"], Username=READER)["UserAttributes"]
        self.reader_id = next(attribute["Value"] for attribute in reader if attribute["Name"] == "sub")

    def _as(self, password: str, name: str) -> Api:
        description = self.installation.description
        token = people.id_token(self.installation.stack, description["user_pool_client_id"], password, name)
        return Api(lambda _: Gateway(description["api_url"], token), Book())

    def begin(self) -> None:
        """Yesterday: customers are synced and changed, some shrank, one waits for Zuora."""
        customers = self.customers
        for name in NAMES:
            customers.add(name)
        customers.settle()
        for name in NAMES:
            self._edit(name, 2)
        self._remove("shrinking")
        customers.sync(*NAMES)
        for name in NAMES:
            self._age_changes(customers[name])
        customers.done("customers/pause", "paused")
        for name in GRANTED:
            self._grant(name)
        limit = {"respond": {"status": 429, "headers": {"Retry-After": "45"}, "body": {"reasons": [{"code": 70}]}}}
        self.installation.zuora("POST", "tenants/waiting/faults", {"on": {"route": "list"}, "times": None, "effect": limit})
        customers.done("customers/sync", "waiting")
        customers.wait("it waits for Zuora", lambda: [job["state"] for job in customers.open_jobs()] == ["waiting"])
        say(f"  {len(NAMES)} customers with {WORKFLOWS} workflows each are synced; one waits for Zuora, one is paused")

    def go_on(self) -> None:
        """Since the backup: what was right, and what was not."""
        customers = self.customers
        self.installation.zuora("DELETE", "tenants/waiting/faults")
        customers.settle()
        self._edit("changed", 2)
        self._remove("changed")
        self.installation.zuora("POST", "tenants/changed/workflows", {"count": 1})
        self._remove("shrinking")
        customers.sync("changed", "shrinking")
        customers.done("customers/update", "untouched", body={"notes": "Since the backup"}, headers=ANY_VERSION)
        customers.done("customers/resume", "paused")
        customers.add("newcomer")
        customers.settle()
        self._grant("newcomer")
        customers.done("customers/grant-delete", "emptied", ids={"user": self.reader_id})
        assert self.seen_by_reader() == {"untouched", "newcomer"}, "other grants are in force than were made"
        customers.done("customers/delete", "deleted", query={"confirm": customers["deleted"].name})
        gone = customers["deleted"].id
        customers.wait("it is purged", lambda: not partition_as_json(self.installation, f"CUSTOMER#{gone}"))
        damage = Damage(self.installation)
        lost, spoilt = damage.empty(customers["emptied"].id), damage.overwrite(customers["overwritten"].id)
        say(f"  {lost} items of one customer are deleted, {spoilt} of another overwritten; one customer is deleted, one is new")

    def _edit(self, name: str, count: int) -> None:
        ids = self.installation.zuora("GET", f"tenants/{name}/workflows")
        for id in ids[:count]:
            changed = {"description": f"edited at {time.time()}"}
            self.installation.zuora("PATCH", f"tenants/{name}/workflows/{id}", changed)

    def _remove(self, name: str) -> None:
        ids = self.installation.zuora("GET", f"tenants/{name}/workflows")
        self.installation.zuora("DELETE", f"tenants/{name}/workflows/{ids[-1]}")

    def _grant(self, name: str) -> None:
        self.customers.done("customers/grant-put", name, ids={"user": self.reader_id}, body={"role": "viewer"})

    def seen_by_reader(self) -> set[str]:
        names = {customer.id: customer.tenant for customer in self.customers.all()}
        seen = self.reader.pages("customers/list", query={"limit": "200"})
        return {names.get(customer["id"], customer["id"]) for customer in seen}

    def _age_changes(self, customer: Customer) -> None:
        """What changed becomes two hours old: a change of the last hour would be told again, by its own id."""
        table = self.installation.description["table_name"]
        for item in partition_as_json(self.installation, f"CUSTOMER#{customer.id}"):
            if item["SK"]["S"].startswith("CHANGE#"):
                at = item["at"]["S"]
                older = json.dumps(item).replace(at, text(moment(at) - OLD, "milliseconds"))
                key = {"PK": item["PK"], "SK": item["SK"]}
                raw(self.installation, "DeleteItem", json.dumps({"TableName": table, "Key": key}))
                raw(self.installation, "PutItem", f'{{"TableName": "{table}", "Item": {older}}}')


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def text(moment: datetime, precision: str = "seconds") -> str:
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")
