"""What a search takes: of fifty customers with two hundred workflows each, and of one tenant with ten thousand.

A customer is made by the real functions, and the items of its workflows are copied under other ids. Then the real function is asked, in a
process of its own. Seconds are those of debug binaries and of the emulator on this machine; pages and units are what DynamoDB would count.
"""

import json
from collections.abc import Iterator

from console import say

from .deployed import Deployed, ask
from .live import UNLIMITED, drain
from .stored import raw
from .workers import Workers

NAME = "search-template"
WORKFLOWS = 200
CUSTOMERS = 50
COPIES = 50
BATCH = 25
# Hits, and seconds.
ENOUGH = 50
PATIENCE = 120
# In no definition.
ABSENT = "nowhere.example"
NOBODY = f"cus_{'0' * 32}"


def run(deployed: Deployed) -> None:
    """Fills a fresh table and measures."""
    template = _template(deployed)
    items = list(_partition(deployed, template))
    packed = sum(len(item["chunk"]["B"]) * 3 // 4 for item in items if "chunk" in item)
    exported = sum(int(item["definition_ref"]["M"]["bytes"]["N"]) for item in items if "definition_ref" in item)
    references = [len(item["packed"]["B"]) * 3 // 4 for item in items if "packed" in item]
    say(
        f"\n{WORKFLOWS} workflows: definitions of {exported / WORKFLOWS / 1000:.1f} KB on average, {packed / WORKFLOWS / 1000:.1f} KB packed; "
        f"references of {sum(references) / WORKFLOWS:.0f} bytes, {max(references)} at most"
    )
    _put(deployed, (item for number in range(1, CUSTOMERS) for item in _customer(items, template, number)))
    _measure(deployed, f"{CUSTOMERS} customers with {WORKFLOWS} workflows each", None)
    large = _id(template, 0)
    _put(deployed, _tenant(items, template, large))
    _measure(deployed, f"one tenant with {COPIES * WORKFLOWS:,} workflows", large)


def _template(deployed: Deployed) -> str:
    tenant = deployed.zuora("POST", "tenants", {"name": NAME, "workflows": WORKFLOWS})
    body = {"name": NAME, "zuora_base_url": deployed.stack.simulator_url, "sync_frequency": "manual", "verify": False}
    body |= {"zuora_client_id": tenant["client_id"], "zuora_client_secret": tenant["client_secret"]}
    with deployed.function("customers", **UNLIMITED) as customers, Workers(deployed, most=1, **UNLIMITED):
        id = ask(customers, "customers/create", body=body)[1]["id"]
        drain(deployed, {id})
    return id


def _partition(deployed: Deployed, customer: str) -> Iterator[dict]:
    """The items of a customer that searches read."""
    asked = {
        "TableName": deployed.table.name,
        "KeyConditionExpression": "PK = :pk",
        "ExpressionAttributeValues": {":pk": {"S": f"CUSTOMER#{customer}"}},
    }
    while True:
        page = raw(deployed, "Query", json.dumps(asked))
        yield from (item for item in page["Items"] if not item["SK"]["S"].startswith(("JOB#", "CHANGE#", "LOCK")))
        if "LastEvaluatedKey" not in page:
            return
        asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _id(template: str, number: int) -> str:
    return f"cus_{template[4:28]}{number:08x}"


def _customer(items: list[dict], template: str, number: int) -> Iterator[str]:
    """The same customer under another id and name."""
    for item in items:
        yield json.dumps(item).replace(template, _id(template, number)).replace(NAME, f"{NAME}-{number}")


def _tenant(items: list[dict], template: str, customer: str) -> Iterator[str]:
    """A customer with many copies of each workflow."""
    for item in items:
        kind, _, rest = item["SK"]["S"].partition("#")
        copies = range(COPIES if rest else 1)
        for copy in copies:
            text = json.dumps(item)
            if rest:
                old = rest.split("#")[0]
                changed = dict(item, SK={"S": f"{kind}#{copy:02}{rest}"})
                if "zuora_id" in item:
                    changed["zuora_id"] = {"S": f"{copy:02}{old}"}
                if "GSI1SK" in item:
                    changed["GSI1SK"] = {"S": f"{item['GSI1SK']['S']}{copy:02}"}
                text = json.dumps(changed)
            yield text.replace(template, customer).replace(NAME, f"{NAME}-large")


def _put(deployed: Deployed, items: Iterator[str]) -> None:
    batch: list[str] = []
    for item in items:
        batch.append(f'{{"PutRequest":{{"Item":{item}}}}}')
        if len(batch) == BATCH:
            raw(deployed, "BatchWriteItem", f'{{"RequestItems":{{"{deployed.table.name}":[{",".join(batch)}]}}}}')
            batch.clear()
    if batch:
        raw(deployed, "BatchWriteItem", f'{{"RequestItems":{{"{deployed.table.name}":[{",".join(batch)}]}}}}')


def _measure(deployed: Deployed, title: str, customer: str | None) -> None:
    say(f"\nSearching {title}")
    counter = deployed.counters["workflows"]
    for kind, text in (
        ("name", ABSENT),
        ("host", ABSENT),
        ("host", "erp.example"),
        ("field", "Account.BillToContact"),
        ("text", ABSENT),
        ("text", "überfällig"),
    ):
        query = {"q": text, "kind": kind} | ({"customer_id": customer} if customer else {})
        # What counts takes longer than what is counted: the first time nothing does.
        took, hits, peak = _search(deployed, query, AWS_ENDPOINT_URL=deployed.stack.emulator_url)
        counter.reset()
        _search(deployed, query)
        counted = counter.counted()
        say(
            f"  {kind:<9} {text:<22} {took[0]:5.2f} s the first answer, {max(took):5.2f} s the longest, {len(took):>3} answers in "
            f"{sum(took):6.2f} s, {hits:>3} hits, {counted['calls'].get('Query', 0):>4} pages, {counted['read_units']:>8,.0f} read units, "
            f"{peak:.0f} MB"
        )


def _search(deployed: Deployed, query: dict[str, str], **overrides: str) -> tuple[list[float], int, float]:
    """The seconds of each answer, how many hits there were, and the memory. At most fifty hits: a search that finds much has as many pages as
    somebody wants to read."""
    took, hits, cursor = [], 0, {}
    with deployed.function("workflows", **UNLIMITED, **overrides) as running:
        # The first request opens connections.
        ask(running, "workflows/search", query={"q": "000", "customer_id": NOBODY})
        while True:
            seconds, page = ask(running, "workflows/search", query=query | cursor)
            took.append(seconds)
            hits += len(page["items"])
            if not page["next_cursor"] or hits >= ENOUGH or sum(took) > PATIENCE:
                return took, hits, running.peak()
            cursor = {"cursor": page["next_cursor"]}
