"""What must be true when all has come to its end."""

import collections
import json
import re
from collections.abc import Iterator
from pathlib import Path

from scale.deployed import Deployed
from scale.live import overlaps
from scale.stored import everything, jobs_of

from .admins import Customer
from .api import Answer, Api, Book
from .tenants import Tenants

# What each request is in the audit trail. A bulk request has a record for each customer, and is left out.
RECORDED = {
    "customers/create": "customer.create",
    "customers/update": "customer.update",
    "customers/pause": "customer.pause",
    "customers/resume": "customer.resume",
    "customers/delete": "customer.delete",
    "customers/sync": "customer.sync",
    "customers/connection-test-stored": "customer.test",
    "customers/grant-put": "grant.put",
    "customers/grant-delete": "grant.delete",
    "jobs/cancel": "job.cancel",
    "jobs/retry": "job.retry",
    "jobs/approve-deletions": "job.approve_deletions",
}
TABLES = ("table_name", "vault_table_name", "grants_table_name", "audit_table_name")
# What may name a customer by its id until it ends by itself: requests counted by the minute, answers under an idempotency key, and how far
# a sync of all has come.
PASSING = ("table_name: LIMIT#", "table_name: ONCE#", "table_name: BATCHES BATCH#")
# The beginnings of what is told when a promise is broken.
PROMISES = (
    ("lost", "lost"),
    ("stuck", "stuck"),
    ("doubled", "doubled"),
    ("audit", "missing or doubled in the trail"),
    ("copy", "copies wrong"),
    ("counts", "numbers wrong"),
    ("deleted", "left of deleted customers"),
    ("secret", "secrets found"),
    ("panic", "panics"),
    ("memory", "grown"),
    ("unanswered", "requests without an answer"),
    ("broken", "faults of the run itself"),
)
# How many of a kind are told.
MOST = 10


class Stored:
    """All tables as they are at the end, read once."""

    def __init__(self, deployed: Deployed) -> None:
        self.tables = {name: everything(deployed, deployed.description[name]) for name in TABLES}
        self.jobs = jobs_of(deployed)

    def texts(self, *tables: str) -> Iterator[tuple[str, str]]:
        """The key of each item, and all of it as text."""
        for table in tables:
            for item in self.tables[table]:
                yield f"{table}: {item['PK']} {item['SK']}", json.dumps(item, default=_text)


def _text(value) -> str:
    return bytes(value).decode(errors="replace") if hasattr(value, "__bytes__") else str(value)


def no_lock(stored: Stored) -> list[str]:
    locks = [item["PK"] for item in stored.tables["table_name"] if item["SK"] == "LOCK"]
    return [f"stuck: the lock of {lock} is left" for lock in locks]


def nothing_doubled(stored: Stored, book: Book) -> list[str]:
    # Tests and dry runs write no copies, and go beside a sync.
    alone = [job for job in stored.jobs if job["kind"] in ("sync", "purge")]
    wrong = [f"doubled: {count} runs of a customer overlap" for count in [overlaps(alone)] if count]
    by_key = collections.defaultdict(set)
    for answer in book.answers():
        if answer.key and answer.ok:
            by_key[answer.key].add(answer.body["id"])
    return wrong + [f"doubled: {key} made {sorted(ids)}" for key, ids in by_key.items() if len(ids) > 1]


def audited_once(stored: Stored, book: Book) -> list[str]:
    """One record of each action that was answered well, and at most one of any other."""
    records = [record for record in stored.tables["audit_table_name"] if record["outcome"] == "done"]
    done = collections.Counter((record["request_id"], record["action"]) for record in records)
    stopped = {record.get("job_id") for record in records if record["action"] == "job.cancel"}
    by_action: dict[str, list[Answer]] = collections.defaultdict(list)
    for answer in book.answers():
        if answer.name in RECORDED:
            by_action[answer.key or answer.request_id].append(answer)
    wrong = []
    for name, answers in by_action.items():
        count = sum(done[answer.request_id, RECORDED[answer.name]] for answer in answers)
        if count > 1 or (not count and any(answer.ok and not _is_stopped(answer, stopped) for answer in answers)):
            statuses = ", ".join(str(answer.status) for answer in answers)
            wrong.append(f"audit: {count} records of {answers[0].name} {name}, answered {statuses}")
    return wrong


def _is_stopped(answer: Answer, stopped: set[str]) -> bool:
    """Whoever asks a run to stop that was asked already is told so, and recorded no more."""
    return answer.name == "jobs/cancel" and answer.body["cancel_requested"] and answer.body["id"] in stopped


def copies_are_true(api: Api, tenants: Tenants, customers: list[Customer]) -> tuple[int, list[str]]:
    """How many workflows were compared, and which differ: each export byte for byte, nothing missing and nothing left over."""
    compared, wrong = 0, []
    for customer in customers:
        if customer.is_now == "deleted":
            continue
        truth, ids = tenants.truth(customer.tenant), {"customer_id": customer.id}
        copied = {workflow["zuora_id"] for workflow in api.pages("workflows/list", ids=ids, query={"limit": "200"})}
        wrong += [f"copy: {customer.name} has not workflow {id}" for id in truth.keys() - copied]
        wrong += [f"copy: {customer.name} still has workflow {id}" for id in copied - truth.keys()]
        for id in truth.keys() & copied:
            compared += 1
            answer = api.insist("workflows/definition", ids=ids | {"workflow_id": id})
            if not answer.ok or answer.text.encode() != truth[id]:
                wrong.append(f"copy: workflow {id} of {customer.name} is another at Zuora ({answer.status})")
    return compared, wrong


def counted_rightly(api: Api, customers: list[Customer], workflows: int) -> list[str]:
    """The dashboard's numbers, which are added up by the way, are those of what is there."""
    live = sum(customer.is_now != "deleted" for customer in customers)
    shown = api.insist("customers/stats").body
    counted = shown["customers"]["total"], shown["workflows"]
    if counted != (live, workflows):
        return [f"counts: the dashboard shows {counted} customers and workflows, there are {(live, workflows)}"]
    return []


def deleted_are_gone(stored: Stored, customers: list[Customer]) -> list[str]:
    """Neither id nor name is left; an id alone may be where it ends by itself."""
    gone = [customer for customer in customers if customer.is_now == "deleted"]
    wrong = []
    for key, text in stored.texts("table_name", "vault_table_name", "grants_table_name"):
        for customer in gone:
            if customer.name in text or (customer.id in text and not key.startswith(PASSING)):
                wrong.append(f"deleted: {key} is left of {customer.name}")
    return wrong


def no_secret(stored: Stored, logs: Path, secrets: set[str]) -> list[str]:
    """No client secret and no token, in any log and any table."""
    any_of_them = re.compile("|".join(map(re.escape, sorted(secrets))))
    wrong = [f"secret: in {key}" for key, text in stored.texts(*TABLES) if any_of_them.search(text)]
    for log in sorted(logs.rglob("*.log")):
        with log.open(errors="replace") as lines:
            found = sum(1 for line in lines if any_of_them.search(line))
        wrong += [f"secret: in {found} lines of {log}"] if found else []
    return wrong


def no_panic(logs: Path) -> list[str]:
    wrong = []
    for log in sorted(logs.rglob("*.log")):
        with log.open(errors="replace") as lines:
            wrong += [f"panic: {log.name}: {line.strip()[:300]}" for line in lines if "panicked at" in line]
    return wrong


def summary(wrong: list[str]) -> str:
    """How often each promise was broken."""
    kinds = collections.Counter(one.split(":")[0] for one in wrong)
    return ", ".join(f"{kinds[kind]} {words}" for kind, words in PROMISES)


def shortened(wrong: list[str]) -> list[str]:
    """The first of each kind, and how many more there are."""
    kinds = collections.defaultdict(list)
    for one in wrong:
        kinds[one.split(":")[0]].append(one)
    told = []
    for kind, all in kinds.items():
        told += all[:MOST]
        told += [f"{kind}: {len(all) - MOST} more"] if len(all) > MOST else []
    return told
