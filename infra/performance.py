"""Measures syncs as they go to AWS: the release binary of `sync`, the emulator, and a simulated Zuora that takes 20 ms for every request.

    performance.py [--workflows 2000,10000] [--bytes 0]

For each size: a first sync, one without changes, one with an hour's share of the daily looks, one with 1 % changed. Each is run in a process of
its own, once straight against the emulator (time, memory) and once through a counting proxy (calls, items, bytes). Beside each stands
the floor: the same requests to Zuora, as many at a time, by a client that throws the answers away. Needs what `make performance` builds.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import http.client
import http.server
import json
import resource
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlencode, urlsplit

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "local"))

import boto3  # noqa: E402
import people  # noqa: E402
from function import Function  # noqa: E402
from processes import Processes, stop_orphans  # noqa: E402
from settings import LOCAL, REGION, TARGET, Port, Stack  # noqa: E402
from stack import bring_up  # noqa: E402

LATENCY_MS = 20
EXPORTS_AT_ONCE = 5
PAGES_AT_ONCE = 4
PAGE = 50
# What `cargo lambda build` makes.
BINARIES = TARGET / "lambda"


class Counter(http.server.ThreadingHTTPServer):
    """A proxy before the emulator that counts calls, written items, bytes, and the emulator's own time."""

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), CounterHandler)
        self.upstream = urlsplit(upstream)
        self.local = threading.local()
        self.calls: collections.Counter = collections.Counter()
        self.seconds: collections.Counter = collections.Counter()
        self.items = self.sent = self.received = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class CounterHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        operation = (self.headers.get("X-Amz-Target") or self.path).rsplit(".", 1)[-1]
        connection = getattr(self.server.local, "connection", None)
        if connection is None:
            upstream = self.server.upstream
            connection = self.server.local.connection = http.client.HTTPConnection(upstream.hostname, upstream.port)
        began = time.perf_counter()
        connection.request("POST", self.path, body, {k: v for k, v in self.headers.items() if k.lower() != "connection"})
        answer = connection.getresponse()
        data = answer.read()
        self.server.calls[operation] += 1
        self.server.seconds[operation] += time.perf_counter() - began
        self.server.items += _items(operation, body)
        self.server.sent += len(body)
        self.server.received += len(data)
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_) -> None:
        pass


def _items(operation: str, body: bytes) -> int:
    """How many items a call writes or removes."""
    if operation in ("PutItem", "UpdateItem", "DeleteItem"):
        return 1
    if operation == "TransactWriteItems":
        return sum("ConditionCheck" not in item for item in json.loads(body)["TransactItems"])
    if operation == "BatchWriteItem":
        return sum(len(items) for items in json.loads(body)["RequestItems"].values())
    return 0


class Bench:
    """The deployed stack, with nobody but us delivering its messages."""

    def __init__(self, stack: Stack, description: dict, binaries: Path) -> None:
        self.stack, self.described, self.binaries = stack, description, binaries
        options = {"endpoint_url": stack.emulator_url, "region_name": REGION}
        options |= {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        mappings = boto3.client("lambda", **options)
        for mapping in mappings.list_event_source_mappings()["EventSourceMappings"]:
            mappings.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        self.table = boto3.resource("dynamodb", **options).Table(description["table_name"])
        self.token = people.id_token(stack, description["user_pool_client_id"], description["password"])

    def api(self, method: str, path: str, body: dict | None = None) -> dict:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return _ask(self.described["api_url"], method, path, body, headers)

    def zuora(self, method: str, path: str, body: dict | None = None) -> dict:
        return _ask(self.stack.simulator_url, method, f"/_simulator/{path}", body, {})

    def run(self, customer: str, job: str, endpoint: str) -> tuple[float, float, float, dict]:
        """Delivers a job's message to a new process until the job has ended. Seconds, CPU seconds, peak MB, and the job."""
        seconds = 0.0
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with self.function("sync", endpoint) as sync:
            while True:
                key = {"PK": f"CUSTOMER#{customer}", "SK": f"JOB#{job}"}
                seq = int(self.table.get_item(Key=key, ConsistentRead=True)["Item"]["seq"])
                body = {"type": "job.v1", "job_id": job, "customer_id": customer, "seq": seq}
                record = {"messageId": "m", "body": json.dumps(body), "eventSource": "aws:sqs", "attributes": {}}
                seconds += sync.invoke({"Records": [{**record, "messageAttributes": {}, "awsRegion": REGION}]})[0]
                state = self.api("GET", f"/v1/jobs/{job}")
                if state["state"] not in ("queued", "running", "waiting"):
                    break
            peak = sync.peak()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return seconds, cpu, peak, state

    def function(self, name: str, endpoint: str) -> Function:
        """Starts a function against the deployed tables, queues and keys."""
        return Function(
            self.binaries / name / "bootstrap",
            {
                "AWS_ENDPOINT_URL": endpoint,
                "STAGE": "performance",
                "DATA_TABLE": self.described["table_name"],
                "VAULT_TABLE": self.described["vault_table_name"],
                "AUDIT_TABLE": self.described["audit_table_name"],
                "JOB_QUEUE_URL": self.described["job_queue_url"],
                "QUESTION_QUEUE_URL": self.described["question_queue_url"],
                "DEAD_LETTER_QUEUE_URL": self.described["dead_letter_queue_url"],
                "SECRETS_KEY_ID": self.described["secrets_key_id"],
                "TOKEN_KEY_ID": self.described["token_key_id"],
                "APP_KEY_SECRET_ID": self.described["app_key_secret_id"],
                # The client of the events in events/.
                "USER_POOL_CLIENT_ID": "1h57kf5cpq17m0eml12EXAMPLE",
                "EXTRA_ZUORA_HOSTS": "http://127.0.0.1:*",
            },
        )


def _ask(base: str, method: str, path: str, body: dict | None, headers: dict) -> dict:
    url = urlsplit(base)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    connection.request(method, url.path + path, json.dumps(body) if body is not None else None, headers)
    answer = connection.getresponse()
    data = answer.read()
    if answer.status >= 300:
        raise SystemExit(f"{method} {path}: {answer.status} {data[:500]!r}")
    return json.loads(data) if data else {}


def floor(bench: Bench, tenant: dict, pages: int, exports: list, at_once: int) -> float:
    """Seconds that the same requests take when nothing is done with the answers."""
    url = urlsplit(bench.stack.simulator_url)
    form = urlencode({"client_id": tenant["client_id"], "client_secret": tenant["client_secret"], "grant_type": "client_credentials"})
    connection = http.client.HTTPConnection(url.hostname, url.port)
    connection.request("POST", "/oauth/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
    token = json.loads(connection.getresponse().read())["access_token"]
    local = threading.local()

    def get(path: str) -> None:
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection(url.hostname, url.port)
        local.connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = local.connection.getresponse()
        answer.read()
        if answer.status == 404:
            # No version is active: the latest one is asked for.
            get(f"{path}?version=latest")

    began = time.perf_counter()
    get(f"/workflows?page=1&page_length={PAGE}")
    for paths, threads in (
        ([f"/workflows?page={n}&page_length={PAGE}" for n in range(2, pages + 1)], at_once),
        ([f"/workflows/{id}/export" for id in exports], EXPORTS_AT_ONCE),
    ):
        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            list(pool.map(get, paths))
    return time.perf_counter() - began


def measure(bench: Bench, counter: Counter, workflows: int, size: int) -> None:
    for direct in (True, False):
        name = f"performance-{workflows}-{'direct' if direct else 'counted'}"
        bench.zuora("PUT", "latency", {"ms": LATENCY_MS if direct else 0})
        tenant = bench.zuora("POST", "tenants", {"name": name, "workflows": workflows})
        if size:
            bench.zuora("POST", f"tenants/{name}/faults", {"on": {"route": "export"}, "times": None, "effect": {"huge": size}})
        created = {"name": name, "zuora_client_id": tenant["client_id"], "zuora_client_secret": tenant["client_secret"]}
        customer = bench.api("POST", "/v1/customers", {**created, "zuora_base_url": bench.stack.simulator_url})["id"]
        ids = bench.zuora("GET", f"tenants/{name}/workflows")
        pages = -(-workflows // PAGE) + (workflows % PAGE == 0)
        profile = {"PK": f"CUSTOMER#{customer}", "SK": "PROFILE"}

        def looks(back: timedelta) -> None:
            until = (datetime.now(timezone.utc) - back).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            bench.table.update_item(
                Key=profile,
                UpdateExpression="SET looks.#until = :until",
                ExpressionAttributeNames={"#until": "until"},
                ExpressionAttributeValues={":until": until},
            )

        def edit() -> None:
            looks(timedelta(0))
            for id in ids[:: max(1, len(ids) // (workflows // 100))][: workflows // 100]:
                bench.zuora("PATCH", f"tenants/{name}/workflows/{id}", {"description": f"edited {time.time()}"})

        cases = [
            ("first", None, 1),
            ("no change", lambda: looks(timedelta(0)), PAGES_AT_ONCE),
            ("no change, an hour's looks", lambda: looks(timedelta(hours=1)), PAGES_AT_ONCE),
            ("1 % changed", edit, PAGES_AT_ONCE),
        ]
        for case, prepare, pages_at_once in cases:
            if prepare is None:
                job = bench.api("GET", f"/v1/jobs?customer_id={customer}")["items"][0]["id"]
            else:
                prepare()
                job = bench.api("POST", f"/v1/customers/{customer}/sync", {})["job_id"]
            counter.calls.clear()
            counter.seconds.clear()
            counter.items = counter.sent = counter.received = 0
            bench.zuora("DELETE", f"tenants/{name}/requests")
            seconds, cpu, peak, state = bench.run(customer, job, bench.stack.emulator_url if direct else counter.url)
            traffic = [run for run in state["runs"]]
            requests = sum(run["requests"] for run in traffic)
            exports = sum(run["exports"] for run in traffic)
            stats = " ".join(f"{key} {value}" for key, value in state["stats"].items() if value)
            head = f"{workflows:>6} {case:<27} {state['state']}: {stats}"
            if direct:
                pull = bench.zuora("GET", f"tenants/{name}/requests")["span_ms"] / 1000 + LATENCY_MS / 1000
                low = floor(bench, tenant, pages, ids[:exports], pages_at_once)
                print(
                    f"{head}\n       {seconds:7.2f} s, of which from first to last request {pull:.2f} s (floor {low:.2f} s, "
                    f"{pull / low:.2f}x), CPU {cpu:.2f} s, peak {peak:.1f} MB, "
                    f"{requests} requests to Zuora ({pages} pages, {exports} exports), {len(traffic)} runs",
                    flush=True,
                )
            else:
                calls = ", ".join(f"{operation} {count}" for operation, count in sorted(counter.calls.items()))
                print(
                    f"{head}\n       {sum(counter.calls.values())} calls to AWS ({calls}), {counter.items} items written, "
                    f"{counter.sent / 1000:.1f} KB sent, {counter.received / 1000:.1f} KB received; the emulator's own time: "
                    + ", ".join(f"{operation} {took:.2f} s" for operation, took in counter.seconds.most_common(3)),
                    flush=True,
                )


@contextlib.contextmanager
def brought_up(binaries: Path) -> Iterator[Bench]:
    """A fresh stack of its own, gone at the end; what is measured are these binaries."""
    stack = Stack(
        "zwm-performance",
        LOCAL / "performance",
        LOCAL / "performance" / "stack.json",
        Port.read("ZWM_PERFORMANCE_EMULATOR_PORT", 4580),
        Port.read("ZWM_PERFORMANCE_SIMULATOR_PORT", 8095),
        parameters="TokenRequestsPerMinute=5000 RequestsPerMinute=5000",
        simulator_program=TARGET / "lambda" / "zuora-simulator" / "bootstrap",
    )
    stop_orphans(stack)
    processes = Processes(stack)
    try:
        description, _ = bring_up(stack, processes, 0)
        yield Bench(stack, description, binaries)
    finally:
        processes.stop_all()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--workflows", default="2000,10000")
    parser.add_argument("--bytes", type=int, default=0, help="white space added to every export")
    options = parser.parse_args()
    with brought_up(BINARIES) as bench:
        counter = Counter(bench.stack.emulator_url)
        for workflows in map(int, options.workflows.split(",")):
            measure(bench, counter, workflows, options.bytes)


if __name__ == "__main__":
    main()
