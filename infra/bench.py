"""The deployed stack as `performance.py` and `memory.py` measure it: release binaries in processes of their own, the emulator, the simulator."""

import contextlib
import http.client
import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "local"))

import boto3  # noqa: E402

import people  # noqa: E402
from function import Function  # noqa: E402
from settings import LOCAL, REGION, TARGET, Port, Stack  # noqa: E402
from stack import fresh  # noqa: E402

# What `cargo lambda build` makes.
BINARIES = TARGET / "lambda"


class Bench:
    """The deployed stack, with nobody but us delivering its messages."""

    def __init__(self, stack: Stack, description: dict, binaries: Path) -> None:
        self.stack, self.described, self.binaries = stack, description, binaries
        options = {"endpoint_url": stack.emulator_url, "region_name": REGION}
        options |= {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        mappings = boto3.client("lambda", **options)
        for mapping in mappings.list_event_source_mappings()["EventSourceMappings"]:
            mappings.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        self.dynamodb = boto3.resource("dynamodb", **options)
        self.table = self.dynamodb.Table(description["table_name"])
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

    def create_table(self, name: str) -> None:
        """A table of two keys, as a user would make one."""
        keys = {"PK": "HASH", "SK": "RANGE"}
        self.dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
        )

    def by_hand(self, tenant: dict, table: str) -> dict:
        """Runs by_hand.py in a process of its own; what it says of itself."""
        command = [sys.executable, str(HERE / "by_hand.py"), self.stack.simulator_url, table, tenant["name"]]
        credentials = {"CLIENT_ID": tenant["client_id"], "CLIENT_SECRET": tenant["client_secret"]}
        env = self.stack.aws_environment() | credentials
        return json.loads(subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True).stdout)

    def function(self, name: str, endpoint: str) -> Function:
        """Starts a function against the deployed tables, queues and keys."""
        return Function(
            self.binaries / name / "bootstrap",
            {
                "AWS_ENDPOINT_URL": endpoint,
                "STACK_NAME": "performance",
                "DATA_TABLE": self.described["table_name"],
                "GRANTS_TABLE": self.described["grants_table_name"],
                "VAULT_TABLE": self.described["vault_table_name"],
                "AUDIT_TABLE": self.described["audit_table_name"],
                "JOB_QUEUE_URL": self.described["job_queue_url"],
                "QUESTION_QUEUE_URL": self.described["question_queue_url"],
                "DEAD_LETTER_QUEUE_URL": self.described["dead_letter_queue_url"],
                "SECRETS_KEY_ID": self.described["secrets_key_id"],
                "TOKEN_KEY_ID": self.described["token_key_id"],
                "APP_KEY_SECRET_ID": self.described["app_key_secret_id"],
                "USER_POOL_ID": self.described["user_pool_id"],
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
    with fresh(stack) as description:
        yield Bench(stack, description, binaries)
