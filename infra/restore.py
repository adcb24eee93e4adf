"""Copies the items of a restored table back into the live one; docs/runbook.md says when.

    restore.py SOURCE TARGET [--exact] [--dry-run] [--rate WRITES_A_SECOND] [--endpoint-url URL]

SOURCE is the table that a point-in-time restore or an import made, TARGET the live one. What must stay true:

- What is the same on both sides is not written, so a second run writes nothing, and one that was stopped is simply run again.
- Nothing newer is lost: an item stays that the live table holds at a higher `rev`, and so does what the backup does not know. The
  `rev` of a customer's STATE counts for its PROFILE and SUMMARY too, as in the product; secrets and grants, which are never at
  another `rev`, have a version or a date of their own. Only `--exact` makes the live table what the restored one is, and so takes
  back what was written since.
- Each write has the condition that the live item is still the one that was compared: what changes meanwhile stays, and is said.
- The audit table is never written, because it must keep what happened after the backup; and an item past its `ttl` stays away.
"""

import argparse
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

KEYS_AT_ONCE = 100
WRITES_AT_ONCE = 8
TTL = "ttl"
LED_BY_STATE = ("PROFILE", "SUMMARY")
NUMBERS = ("rev", "secret_version")
GRANTED = "granted_at"

Item = dict[str, dict]


class Table:
    """One table, in DynamoDB's own form of items: nothing is converted, so nothing can be altered."""

    def __init__(self, client, name: str) -> None:
        self.client, self.name = client, name
        self.description = client.describe_table(TableName=name)["Table"]

    def pages(self, **only) -> Iterator[list[Item]]:
        while True:
            page = self.client.scan(TableName=self.name, ConsistentRead=True, **only)
            for start in range(0, len(page["Items"]), KEYS_AT_ONCE):
                yield page["Items"][start : start + KEYS_AT_ONCE]
            if "LastEvaluatedKey" not in page:
                return
            only["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def get(self, keys: list[Item], **only) -> dict[tuple, Item]:
        found, left, pause = {}, {self.name: {"Keys": keys, "ConsistentRead": True, **only}}, 0.05
        while left:
            answer = self.client.batch_get_item(RequestItems=left)
            found |= {name_of(item): item for item in answer["Responses"].get(self.name, [])}
            left = answer.get("UnprocessedKeys")
            if left:
                time.sleep(pause)
                pause = min(2 * pause, 5)
        return found


class Restore:
    """One run; counts what became of the items."""

    def __init__(self, source: Table, target: Table, exact: bool, dry_run: bool, rate: float) -> None:
        self.source, self.target, self.exact, self.dry_run, self.rate = source, target, exact, dry_run, rate
        self.due, self.counts, self.lock = time.monotonic(), Counter(), threading.Lock()

    def run(self) -> None:
        with ThreadPoolExecutor(WRITES_AT_ONCE) as pool:
            for items in self.source.pages():
                list(pool.map(lambda change: self.put(*change), self.paced(self.changes(items))))
            if self.exact:
                for items in self.target.pages(ProjectionExpression="PK, SK, rev"):
                    list(pool.map(self.remove, self.paced(self.surplus(items))))

    def changes(self, items: list[Item]) -> list[tuple[Item, Item | None]]:
        """The items to write, each with the live one that it replaces."""
        present, changes = self.target.get([key_of(item) for item in items]), []
        for item in items:
            live = present.get(name_of(item))
            if is_expired(item):
                self.count("expired")
            elif item == live:
                self.count("same")
            elif live and not self.exact and self.is_newer(item, live):
                self.count("newer")
            else:
                changes.append((item, live))
        return changes

    def is_newer(self, item: Item, live: Item) -> bool:
        if item["SK"]["S"] in LED_BY_STATE:
            key = {"PK": item["PK"], "SK": {"S": "STATE"}}
            item, live = (table.get([key]).get(name_of(key), {}) for table in (self.source, self.target))
        return edition_of(live) > edition_of(item)

    def surplus(self, items: list[Item]) -> list[Item]:
        """The live items that the backup does not know."""
        known = self.source.get([key_of(item) for item in items], ProjectionExpression="PK, SK")
        return [item for item in items if name_of(item) not in known]

    def put(self, item: Item, live: Item | None) -> None:
        self.write("written", self.target.client.put_item, live, Item=item)

    def remove(self, live: Item) -> None:
        self.write("removed", self.target.client.delete_item, live, Key=key_of(live))

    def write(self, what: str, operation, live: Item | None, **arguments) -> None:
        if self.dry_run:
            return self.count(what)
        try:
            operation(TableName=self.target.name, **arguments, **unchanged(live))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            what = "changed meanwhile"
        return self.count(what)

    def paced(self, changes: list) -> Iterator:
        """The changes, at most so many a second."""
        for change in changes:
            now = time.monotonic()
            time.sleep(max(0.0, self.due - now))
            self.due = max(self.due, now) + 1 / self.rate
            yield change

    def count(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1

    def told(self) -> str:
        would, counts = "would be " if self.dry_run else "", self.counts
        parts = [f"{counts['written']} {would}written"]
        parts += [f"{counts['removed']} {would}removed"] if self.exact else []
        parts += [f"{counts[why]} left ({why})" for why in ("same", "newer", "expired", "changed meanwhile")]
        return f"{self.source.name} -> {self.target.name}: {', '.join(parts)}"


def name_of(item: Item) -> tuple[str, str]:
    return item["PK"]["S"], item["SK"]["S"]


def key_of(item: Item) -> Item:
    return {"PK": item["PK"], "SK": item["SK"]}


def edition_of(item: Item) -> tuple:
    """What is greater the later an item was written."""
    return *(int(item.get(name, {}).get("N", 0)) for name in NUMBERS), item.get(GRANTED, {}).get("S", "")


def is_expired(item: Item) -> bool:
    return TTL in item and int(item[TTL].get("N", 0)) <= time.time()


def unchanged(live: Item | None) -> dict:
    """The condition that nobody wrote the live item since it was read."""
    if live is None:
        return {"ConditionExpression": "attribute_not_exists(PK)"}
    if "rev" not in live:
        return {"ConditionExpression": "attribute_not_exists(rev)"}
    return {"ConditionExpression": "rev = :rev", "ExpressionAttributeValues": {":rev": live["rev"]}}


def check(source: Table, target: Table, exact: bool) -> None:
    """Ends with the reason where a copy would do harm."""

    def schema(table: Table) -> list[tuple]:
        types = {one["AttributeName"]: one["AttributeType"] for one in table.description["AttributeDefinitions"]}
        keys = table.description["KeySchema"]
        return [(key["AttributeName"], types[key["AttributeName"]], key["KeyType"]) for key in keys]

    firsts = {table.name: next(table.pages(Limit=1), []) for table in (source, target)}
    if source.name == target.name:
        raise SystemExit("SOURCE and TARGET are the same table.")
    for table in (source, target):
        is_audit = any(item.get("PK", {}).get("S", "").startswith("AUDIT#") for item in firsts[table.name])
        if is_audit or "AuditTable" in table.name:
            raise SystemExit(f"{table.name} is an audit table: it is not restored, it keeps what happened after the backup.")
        if table.description["TableStatus"] != "ACTIVE":
            raise SystemExit(f"{table.name} is {table.description['TableStatus']}: wait until it is ACTIVE.")
    if schema(source) != schema(target) or schema(target) != [("PK", "S", "HASH"), ("SK", "S", "RANGE")]:
        raise SystemExit(f"The keys are not PK and SK on both sides: {schema(source)} and {schema(target)}.")
    ttl = target.client.describe_time_to_live(TableName=target.name)["TimeToLiveDescription"]
    if ttl["TimeToLiveStatus"] in ("ENABLING", "ENABLED") and ttl.get("AttributeName") != TTL:
        raise SystemExit(
            f"{target.name} removes items by `{ttl.get('AttributeName')}`, not by `{TTL}`: restored items would vanish."
        )
    if exact and firsts[target.name] and not firsts[source.name]:
        raise SystemExit(f"{source.name} is empty: an exact restore would remove everything in {target.name}.")


def main() -> None:
    parser = argparse.ArgumentParser(description="Copies the items of a restored table back into the live one.")
    parser.add_argument("source", help="the restored table")
    parser.add_argument("target", help="the live table")
    parser.add_argument("--exact", action="store_true", help="take back what is newer, and remove what the backup does not know")
    parser.add_argument("--dry-run", action="store_true", help="write nothing, say what would be written")
    parser.add_argument("--rate", type=float, default=200, help="the most writes a second (200)")
    parser.add_argument("--endpoint-url", help="another DynamoDB, for tests")
    given = parser.parse_args()
    if given.rate <= 0:
        parser.error("--rate is more than 0")
    try:
        patient = Config(retries={"mode": "adaptive", "max_attempts": 10})
        client = boto3.client("dynamodb", endpoint_url=given.endpoint_url, config=patient)
        source, target = Table(client, given.source), Table(client, given.target)
        check(source, target, given.exact)
        restore = Restore(source, target, given.exact, given.dry_run, given.rate)
        restore.run()
    except (ClientError, BotoCoreError) as error:
        raise SystemExit(f"{error}\nNothing is lost: run it again, and it goes on with what is left.") from error
    print(restore.told())
    if restore.counts["changed meanwhile"]:
        raise SystemExit(f"Something still writes to {target.name}. Stop it, and run this again.")


if __name__ == "__main__":
    main()
