"""Measures the memory that `sync`, `workflows` and `customers` take at their peak, for the largest and the worst that Zuora may send.

    memory.py [--binaries target/lambda] [--only sync]

Each case is the release binary in a process of its own; what counts is its VmHWM when it has answered. Nothing here is random: two
versions of the functions are given the same bytes. Ends with status 1 if a case is over its bound. Needs what `make performance` builds.
"""

import argparse
import base64
import gzip
import hashlib
import http.server
import itertools
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from bench import BINARIES, HERE, Bench, brought_up

# What an export may weigh, and what Lambda may answer.
LARGEST = 20 * 1024 * 1024
ANSWER = 6_291_556
# Megabytes that a function may take.
BOUNDS = {"sync": 200, "workflows": 150, "customers": 100}
HEAD = '{"workflow":{"id":1,"name":"n"},'


def noise(seed: str, length: int) -> str:
    """Text that hardly compresses, the same for the same seed."""
    return base64.b64encode(hashlib.shake_256(seed.encode()).digest(length * 3 // 4)).decode()


def filled(before: str, parts: Iterator[str], after: str, size: int = LARGEST) -> str:
    """So many of the parts, with commas between them, as fit."""
    left = size - len(before) - len(after)
    taken = []
    for part in parts:
        left -= len(part) + 1
        if left < 0:
            break
        taken.append(part)
    return before + ",".join(taken) + after


def templates(seed: str, size: int = LARGEST) -> str:
    """An export as large ones are: tasks with long texts."""
    parameters = (noise(f"{seed}{n}", 8_000) for n in itertools.count())
    tasks = (
        f'{{"id":{n},"name":"t{n}","action_type":"Email","parameters":{{"body":"{text}"}}}}' for n, text in enumerate(parameters)
    )
    return filled(HEAD + '"linkages":[],"tasks":[', tasks, "]}", size)


def many_fields(seed: str) -> str:
    """Nearly as many fields as are compared one by one, in tasks that all differ, and a long text."""
    tiny = ",".join(f'"field{n:03}":{seed}' for n in range(24))
    tasks = ",".join(f'{{"id":{n},"name":"t{n}",{tiny}}}' for n in range(14_000))
    return rounded_up(HEAD + f'"tasks":[{tasks}]', seed)


def many_tasks(seed: str) -> str:
    """Nearly as many tasks as are compared one by one, all with other names, and a long text."""
    tasks = ",".join(f'{{"id":{n},"name":"{seed}{n}"}}' for n in range(75_000))
    return rounded_up(HEAD + f'"tasks":[{tasks}]', seed)


def rounded_up(export: str, seed: str) -> str:
    """An export that is not closed yet, with as much text behind it as is accepted."""
    return f'{export},"data":"{noise(seed, LARGEST - len(export) - 100)}"}}'


def fields(seed: str) -> str:
    """Hundreds of tiny fields in each of very many tasks."""
    tiny = ",".join(f'"{n}":{seed}' for n in range(500))
    tasks = (f'{{"id":{n},"name":"{seed}",{tiny}}}' for n in itertools.count())
    return filled(HEAD + '"tasks":[', tasks, "]}")


def tiny_tasks(seed: str, size: int = LARGEST) -> str:
    """Tasks of nothing but an id."""
    return filled(HEAD + '"tasks":[', (f'{{"id":{n}}}' for n in itertools.count(int(seed))), "]}", size)


def linkages(seed: str) -> str:
    """Millions of empty linkages, and one that tells two of these exports apart."""
    return filled(HEAD + f'"tasks":[],"linkages":[{{"id":1,"linkage_type":"{seed}"}},', itertools.repeat("{}"), "]}")


def one_task(seed: str) -> str:
    """One task of millions of fields."""
    return filled(HEAD + f'"tasks":[{{"id":1,"name":"{seed}",', (f'"{n:x}":1' for n in itertools.count()), "}]}")


def one_value(seed: str) -> str:
    """A task with one value of millions of members."""
    return filled(HEAD + f'"tasks":[{{"id":1,"name":"{seed}","css":{{', (f'"{n:x}":1' for n in itertools.count()), "}}]}")


def members(seed: str) -> str:
    """Millions of parts beside the four that there are."""
    return filled(HEAD + f'"tasks":[],"seed":"{seed}",', (f'"{n:x}":1' for n in itertools.count()), "}")


class Tenant:
    """A customer with workflows whose exports are given as text."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.bench, self.name = bench, name.replace(" ", "-")
        self.zuora = bench.zuora("POST", "tenants", {"name": self.name})
        self.customer = ""

    def add(self, export: str) -> int:
        return self.bench.zuora("POST", f"tenants/{self.name}/workflows", {"name": "n", "raw_export": export})["id"]

    def replace(self, workflow: int, export: str) -> None:
        self.bench.zuora("PATCH", f"tenants/{self.name}/workflows/{workflow}", {"raw_export": export})

    def sync(self) -> tuple[float, str]:
        """The peak of a sync, and what came of it. The first one makes the customer."""
        if self.customer:
            job = self.bench.api("POST", f"/v1/customers/{self.customer}/sync", {})["job_id"]
        else:
            created = {"name": self.name, "zuora_base_url": self.bench.stack.simulator_url}
            created |= {"zuora_client_id": self.zuora["client_id"], "zuora_client_secret": self.zuora["client_secret"]}
            self.customer = self.bench.api("POST", "/v1/customers", created)["id"]
            job = self.bench.api("GET", f"/v1/jobs?customer_id={self.customer}")["items"][0]["id"]
        seconds, _, peak, state = self.bench.run(self.customer, job, self.bench.stack.emulator_url)
        stats = " ".join(f"{name} {count}" for name, count in state["stats"].items() if count)
        return peak, f"{seconds:.1f} s, {state['state']}: {stats}"


def sync_cases(bench: Bench) -> Iterator[tuple[str, float, str]]:
    for name, export in (
        ("long texts", templates),
        ("as many fields as are compared", many_fields),
        ("as many tasks as are compared", many_tasks),
        ("500 tiny fields a task", fields),
        ("tasks of an id", tiny_tasks),
        ("empty linkages", linkages),
        ("one task of tiny fields", one_task),
        ("one value of tiny members", one_value),
        ("tiny parts", members),
    ):
        tenant = Tenant(bench, f"memory {name}")
        workflow = tenant.add(export("1"))
        yield f"a new export of 20 MB: {name}", *tenant.sync()
        tenant.replace(workflow, export("2"))
        yield f"the same, replaced by another: {name}", *tenant.sync()
    tenant = Tenant(bench, "memory five")
    workflows = [tenant.add(templates(f"five {n}")) for n in range(5)]
    yield "five new exports of 20 MB", *tenant.sync()
    for workflow in workflows:
        tenant.replace(workflow, templates(f"other {workflow}"))
    yield "the same, replaced by others", *tenant.sync()


def workflows_cases(bench: Bench) -> Iterator[tuple[str, float, str]]:
    for name, export in (
        ("long texts", templates),
        ("tasks of an id", tiny_tasks),
        ("empty linkages", linkages),
        ("one task of tiny fields", one_task),
    ):
        tenant = Tenant(bench, f"memory read {name}")
        workflow = str(tenant.add(export("1")))
        tenant.sync()
        ids = {"customer_id": tenant.customer, "workflow_id": workflow}
        for case, query in (("definition", {"part": "1"}), ("definition", {}), ("tasks", {}), ("list", {"include": "tasks"})):
            label = case + "".join(f"?{key}={value}" for key, value in query.items())
            yield f"{label} of 20 MB: {name}", *ask(bench, "workflows", f"workflows/{case}", ids, query)
    for name, export in (("long texts", templates), ("tasks of an id", tiny_tasks)):
        tenant = Tenant(bench, f"memory list {name}")
        for seed in range(10):
            tenant.add(export(str(seed), ANSWER * 9 // 10))
        tenant.sync()
        query = {"include": "tasks"}
        yield (
            f"list?include=tasks of ten of 5.6 MB: {name}",
            *ask(bench, "workflows", "workflows/list", {"customer_id": tenant.customer}, query),
        )


def customers_cases(bench: Bench) -> Iterator[tuple[str, float, str]]:
    with Hostile() as zuora:
        body = {"zuora_base_url": zuora.url, "zuora_client_id": "c", "zuora_client_secret": "s"}
        yield (
            f"a listing of {len(zuora.page):,} bytes that unpacks to 10 MB",
            *ask(bench, "customers", "customers/connection-test", {}, {}, body),
        )


def ask(bench: Bench, function: str, event: str, ids: dict, query: dict, body: dict | None = None) -> tuple[float, str]:
    """The peak of a process that answers one request, made of one in events/, and the answer's status."""
    asked = json.loads((HERE.parent / "events" / f"{event}.json").read_text())
    for name, example in (asked["pathParameters"] or {}).items():
        asked["path"] = asked["path"].replace(example, ids[name])
        asked["pathParameters"][name] = ids[name]
    asked["queryStringParameters"] = query
    asked["multiValueQueryStringParameters"] = {name: [value] for name, value in query.items()}
    if body is not None:
        asked["body"] = json.dumps(body)
    with bench.function(function, bench.stack.emulator_url) as running:
        seconds, answer = running.invoke(asked)
        peak = running.peak()
    status = json.loads(answer).get("statusCode", answer[:200])
    too_large = "" if len(answer) <= ANSWER else ", more than Lambda may answer"
    return peak, f"{seconds:.1f} s, {status} with {len(answer):,} bytes{too_large}"


class Hostile(http.server.ThreadingHTTPServer):
    """A Zuora whose listing is small on the wire only."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HostileHandler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.page = gzip.compress(filled('{"success":true,"data":[', itertools.repeat("{}"), "]}", 10_000_000).encode(), mtime=0)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_) -> None:
        self.shutdown()
        self.server_close()


class HostileHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.answer(json.dumps({"access_token": "t", "token_type": "bearer", "expires_in": 3600}).encode(), "identity")

    def do_GET(self) -> None:
        self.answer(self.server.page, "gzip")

    def answer(self, body: bytes, coding: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Encoding", coding)
        self.send_header("Zuora-Request-Id", "r")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        pass


CASES = {"sync": sync_cases, "workflows": workflows_cases, "customers": customers_cases}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--binaries", type=Path, default=BINARIES, help="of another version, to compare")
    parser.add_argument("--only", choices=CASES, help="one function's cases")
    options = parser.parse_args()
    over = []
    with brought_up(options.binaries.resolve()) as bench:
        for function in [options.only] if options.only else CASES:
            for case, peak, answer in CASES[function](bench):
                if peak >= BOUNDS[function]:
                    over.append(case)
                print(f"{function:>10} {peak:7.1f} MB of {BOUNDS[function]}  {case} ({answer})", flush=True)
    if over:
        sys.exit(f"Over the bound: {', '.join(over)}")


if __name__ == "__main__":
    main()
