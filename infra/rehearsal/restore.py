"""A restore, from the backup to the next day: customers at work, a damage, the runbook's own commands, and what must be true then.

The emulator restores a table as it is, whatever moment it is asked for. So step 2 of the runbook is run at that moment, before the damage;
all other steps in their order. No words of a step are altered.
"""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from chaos import checks
from console import say
from scale.deployed import Installation
from scale.stored import OPEN, everything, jobs_in, jobs_of
from settings import REGION, Stack

from .listener import Listener
from .runbook import Runbook
from .scene import AT_ZUORA, GRANTED, NAMES, Scene, moment, text

RESTORED = ("table_name", "vault_table_name", "grants_table_name")
CHANGES = ("created", "updated", "deleted", "errors")
SWEEPER = "Silent jobs: the sweeper"
# As in shared/src/domain/job/silence.rs, and a moment.
SILENT = timedelta(seconds=605)
QUEUES = ("job_queue_url", "question_queue_url", "dead_letter_queue_url", "relay_failure_queue_url")


def rehearse(stack: Stack, description: dict) -> list[str]:
    """Runs all of it, and returns what is wrong."""
    say("\nA restore")
    return Rehearsal(Installation(stack, description)).run()


class Rehearsal:
    """One restore of one stack."""

    def __init__(self, installation: Installation) -> None:
        self.installation, self.description = installation, installation.description
        self.scene, self.listener = Scene(installation), Listener(installation)
        self.told: list[dict] = []
        self.wrong: list[str] = []

    def run(self) -> list[str]:
        self.scene.begin()
        began = datetime.now(UTC)
        with Runbook(self.installation.stack, AWS_REGION=REGION, STACK=self.installation.stack.name, AT=text(began)) as runbook:
            runbook.do("Commands", 0, "the definitions")
            runbook.do("Restore", 0, "the names")
            runbook.do("Restore", 2, "step 2, now: the emulator restores what is there")
            backup = {name: everything(self.installation, f"{self.description[name]}-restored") for name in RESTORED}
            say(f"  the backup has {sum(map(len, backup.values()))} items")
            waiting = self._open_job(backup["table_name"], "waiting")
            self.scene.go_on()
            self.listener.hear()
            runbook.do("Restore", 1, "step 1, stop")
            self._check_stopped()
            self._copy_back(runbook, backup)
            restarted = datetime.now(UTC)
            runbook.do("Restore", 4, "step 4, start")
            self._hear(restarted)
            self._check_started()
            self._sync_all(restarted)
            self._schedule(runbook, restarted)
            self._sweep(runbook, waiting, restarted)
            self._check_end(restarted)
            runbook.do("Restore", 5, "step 5, the copies go")
            names = self.installation.client("dynamodb").list_tables()["TableNames"]
            self._expect(not [name for name in names if name.endswith("-restored")], "left: restored tables")
        say(f"  {len(self.wrong)} things are wrong")
        return self.wrong

    def _expect(self, is_so: bool, otherwise: str) -> None:
        if not is_so:
            self.wrong.append(otherwise)

    def _open_job(self, items: list[dict], name: str) -> dict:
        of_customer = [item for item in items if item["PK"] == f"CUSTOMER#{self.scene.customers[name].id}"]
        [job] = [item for item in of_customer if item["SK"].startswith("JOB#") and item["state"] in OPEN]
        return job

    def _check_stopped(self) -> None:
        answer = self.scene.api.ask("customers/sync", ids={"customer_id": self.scene.customers["untouched"].id})
        self._expect(not answer.ok, f"stopped: the API answered {answer.status} to a sync")
        self._expect(not jobs_in(self.installation, "running"), "stopped: a job is running")

    def _copy_back(self, runbook: Runbook, backup: dict[str, list[dict]]) -> None:
        said = runbook.do("Restore", 3, "step 3, copy back")
        for line in said.splitlines():
            if " -> " in line:
                say(f"    {line}")
        for name, items in backup.items():
            kept, live = map(_by_key, (items, everything(self.installation, self.description[name])))
            self._expect(live.keys() >= kept.keys(), f"restored: {name} lacks {sorted(kept.keys() - live.keys())[:5]}")
            self._expect(live.keys() <= kept.keys(), f"restored: {name} still has {sorted(live.keys() - kept.keys())[:5]}")
            other = [key for key in kept.keys() & live.keys() if kept[key] != live[key]]
            self._expect(not other, f"restored: {name} differs in {sorted(other)[:5]}")
            say(f"    {name}: {len(live)} items compared with the backup")
        again = runbook.do("Restore", 3, "step 3 once more, which has nothing to do")
        copied = [line for line in again.splitlines() if " written, " in line]
        idle = sum(": 0 written, 0 removed" in line for line in copied)
        self._expect(idle == len(RESTORED), f"restored: a second copy had something to do: {'; '.join(copied)}")

    def _check_started(self) -> None:
        rules = self.installation.client("events").list_rules()["Rules"]
        asleep = [rule["Name"] for rule in rules if rule["State"] != "ENABLED"]
        self._expect(not asleep, f"started: not the rules {', '.join(asleep)}")
        mappings = self.installation.functions.list_event_source_mappings()["EventSourceMappings"]
        self._expect(all(mapping["State"] == "Enabled" for mapping in mappings), "started: a mapping is disabled")
        seen = self.scene.seen_by_reader()
        self._expect(seen == set(GRANTED), f"grants: the reader sees {seen}, not the two customers of the backup")

    def _sync_all(self, restarted: datetime) -> None:
        """Step 5: nearly everything is unchanged. (The schedule may have been earlier than the person.)"""
        customers = self.scene.customers
        found = customers.done("customers/get", "paused").body
        self._expect(found["status"] == "paused", f"restored: the paused customer is {found['status']}")
        customers.done("customers/resume", "paused")
        batch = {"batch_id": customers.done("customers/sync-all").body["batch_id"]}
        customers.wait("all are asked for a sync", lambda: customers.done("customers/batch", ids=batch).body.get("finished_at"))
        customers.settle(but=["waiting"])
        unchanged = 0
        for name in [name for name in NAMES if name != "waiting"]:
            syncs = self._syncs_since(restarted, name)
            stats = Counter({what: sum(int(sync["stats"][what]) for sync in syncs) for what in CHANGES})
            ends = {sync["state"] for sync in syncs}
            expected = AT_ZUORA.get(name, {})
            same = ends == {"succeeded"} and +stats == Counter(expected)
            self._expect(same, f"sync: {name} ended {ends} with {dict(+stats)}, expected {expected}")
            unchanged += min((int(sync["stats"]["unchanged"]) for sync in syncs), default=0)
        say(f"  a sync of all: {unchanged} workflows unchanged, and what has happened at Zuora since the backup")

    def _syncs_since(self, since: datetime, name: str) -> list[dict]:
        """A customer's syncs that were asked for since then."""
        jobs = [job for job in jobs_of(self.installation) if job["customer_id"] == self.scene.customers[name].id]
        return [job for job in jobs if job["kind"] == "sync" and moment(job["created_at"]) > since]

    def _schedule(self, runbook: Runbook, restarted: datetime) -> None:
        """Two hours later everybody is due."""
        later = text(datetime.now(UTC) + timedelta(hours=2))
        runbook.alter(SWEEPER, 0, {"sweep": "schedule", "$(date -u +%FT%TZ)": later})
        self.scene.customers.settle(but=["waiting"])
        for name in [name for name in NAMES if name != "waiting"]:
            ends = [job["state"] for job in self._syncs_since(restarted, name) if job["trigger"] == "schedule"]
            self._expect("succeeded" in ends, f"schedule: the syncs of {name} are {ends}")

    def _sweep(self, runbook: Runbook, waiting: dict, restarted: datetime) -> None:
        """The job that waited when the backup was made has no message any more."""
        self._expect(waiting["id"] in [job["id"] for job in self.scene.customers.open_jobs()], "waiting: its job is not open")
        due = moment(waiting["next_attempt_at"]) + SILENT
        say(f"  the job that waited is silent at {text(due)}; until then the rules wake the schedule")
        time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
        runbook.do(SWEEPER, 0, "run the sweeper now")
        self.scene.customers.settle()
        job = self.scene.customers.done("jobs/get", ids={"job_id": waiting["id"]}).body
        self._expect(job["state"] == "succeeded", f"waiting: its job is {job['state']}")
        ticks = self._ticks(restarted)
        self._expect(ticks > 1, "schedule: its rule has not woken it")
        say(f"  the schedule ran {ticks} times since the start")

    def _ticks(self, since: datetime) -> int:
        pages = (
            self.installation.client("logs")
            .get_paginator("filter_log_events")
            .paginate(logGroupName=self.description["log_groups"]["schedule"], startTime=int(since.timestamp() * 1000))
        )
        return sum('"CustomersDue"' in event["message"] for page in pages for event in page["events"])

    def _check_end(self, restarted: datetime) -> None:
        customers, live = self.scene.customers, [self.scene.customers[name] for name in NAMES]
        compared, wrong = checks.copies_are_true(self.scene.api, customers.tenants, live)
        wrong += checks.counted_rightly(self.scene.api, live, compared)
        newcomer = customers["newcomer"]
        newcomer.is_now = "deleted"
        stored = checks.Stored(self.installation)
        self.wrong += wrong + checks.deleted_are_gone(stored, [newcomer]) + checks.no_lock(stored)
        for customer in self.scene.api.pages("customers/list", query={"limit": "200"}):
            self._expect(customer["health"]["state"] == "ok", f"health: {customer['name']} is {customer['health']}")
        for name in QUEUES:
            attributes = [
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
                "ApproximateNumberOfMessagesDelayed",
            ]
            depths = self.installation.sqs.get_queue_attributes(QueueUrl=self.description[name], AttributeNames=attributes)
            self._expect(not any(map(int, depths["Attributes"].values())), f"left: messages in {name}: {depths['Attributes']}")
        self._hear(restarted)
        news = sum(sum(changes.values()) for changes in AT_ZUORA.values())
        self._expect(len({event["id"] for event in self.told}) == news, f"news: {_kinds(self.told)}, and there are {news}")
        say(f"  {compared} workflows compared with Zuora's, {len(self.told)} events told")

    def _hear(self, restarted: datetime) -> None:
        """What is told since the restore has happened since then, at those customers where something has."""
        at_zuora = {self.scene.customers[name].id for name in AT_ZUORA}
        told = self.listener.hear()
        old = [event for event in told if moment(event["at"]) < restarted or event["customer_id"] not in at_zuora]
        self._expect(not old, f"news: {_kinds(old)} tell what is not new")
        self.told += told


def _by_key(items: list[dict]) -> dict[tuple[str, str], dict]:
    """Without what has ended by itself: neither a restore nor DynamoDB hurries to remove it."""
    return {(item["PK"], item["SK"]): item for item in items if item.get("ttl", time.time() + 1) > time.time()}


def _kinds(events: list[dict]) -> list[str]:
    return sorted(f"{event['kind']} at {event['at']}" for event in events)
