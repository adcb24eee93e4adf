"""The deployed stack; and one with nobody but us invoking its functions: each is a process of its own, behind a counter of its own."""

import json
import sys
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "local"))

import boto3
from botocore.config import Config

from counting import Counter
from events import api_event
from function import Function
from settings import REGION, TARGET, Stack

# The client of the events in events/.
CLIENT = "1h57kf5cpq17m0eml12EXAMPLE"
BINARIES = TARGET / "debug"
# What fits all programs that talk to the emulator from here.
CONNECTIONS = 64


class Installation:
    """A deployed stack that works by itself, seen from outside."""

    def __init__(self, stack: Stack, description: dict) -> None:
        self.stack, self.description = stack, description
        self.functions = self.client("lambda")
        self.sqs = self.client("sqs")
        self.table = boto3.resource("dynamodb", **self._options()).Table(description["table_name"])

    def _options(self) -> dict:
        return {
            "endpoint_url": self.stack.emulator_url,
            "region_name": REGION,
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
            "config": Config(max_pool_connections=CONNECTIONS, read_timeout=300),
        }

    def client(self, service: str):
        return boto3.client(service, **self._options())

    def zuora(self, method: str, path: str, body: dict | None = None) -> dict:
        """Tells the simulator."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.stack.simulator_url}/_simulator/{path}", data, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.load(answer)


class Deployed(Installation):
    """A stack whose queues are read by nobody until [`workers`](workers.py) do."""

    def __init__(self, stack: Stack, description: dict) -> None:
        super().__init__(stack, description)
        self._stop_rules()
        self.queues = [self._take_over(mapping) for mapping in self._mappings()]
        self.counters = {name: Counter(stack.emulator_url) for name in description["functions"]}

    def _stop_rules(self) -> None:
        """Nobody else wakes the schedule."""
        events = self.client("events")
        for rule in events.list_rules()["Rules"]:
            events.disable_rule(Name=rule["Name"])

    def _mappings(self) -> list[dict]:
        """Those of the job queues; what reads a table's stream goes on."""
        mappings = self.functions.list_event_source_mappings()["EventSourceMappings"]
        return [mapping for mapping in mappings if ":sqs:" in mapping["EventSourceArn"]]

    def _take_over(self, mapping: dict) -> tuple[str, int]:
        """A queue's address, and how many of its messages are worked on at the same time."""
        self.functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        url = self.sqs.get_queue_url(QueueName=mapping["EventSourceArn"].rsplit(":", 1)[-1])["QueueUrl"]
        return url, mapping["ScalingConfig"]["MaximumConcurrency"]

    def function(
        self, name: str, *, seconds: int | None = None, log: Path | None = None, binaries: Path = BINARIES, **overrides: str
    ) -> Function:
        """Starts a function with the environment and the time that the template gives it, and these variables."""
        configuration = self.functions.get_function_configuration(FunctionName=self.description["functions"][name])
        environment = configuration["Environment"]["Variables"]
        environment |= {"AWS_ENDPOINT_URL": self.counters[name].url, "USER_POOL_CLIENT_ID": CLIENT, **overrides}
        return Function(binaries / name, environment, name=name, seconds=seconds or configuration["Timeout"], log=log)

    def reset(self) -> None:
        for counter in self.counters.values():
            counter.reset()

    def counted(self) -> dict[str, dict]:
        """What each function asked of AWS since the last reset, if it asked anything."""
        counted = {name: counter.counted() for name, counter in self.counters.items()}
        return {name: counts for name, counts in counted.items() if counts["calls"]}


class Refused(Exception):
    """The API answered with an error."""


def ask(function: Function, event: str, **how) -> tuple[float, dict]:
    """Asks the API for what a file in events/ asks for. Seconds, and the answer."""
    seconds, answer = function.invoke(api_event(event, **how))
    answer = json.loads(answer)
    if answer.get("statusCode", 500) >= 300:
        raise Refused(f"{event} {how}: {answer}")
    return seconds, json.loads(answer["body"])


def pages(function: Function, event: str, *, query: dict[str, str], most: int = 1_000_000, **how) -> tuple[float, list[dict]]:
    """Follows a list from page to page. Seconds, and the items."""
    seconds, items, cursor = 0.0, [], {}
    for _ in range(most):
        took, page = ask(function, event, query=query | cursor, **how)
        seconds += took
        items += page["items"]
        if not page.get("next_cursor"):
            break
        cursor = {"cursor": page["next_cursor"]}
    return seconds, items


def task(schedule: Function, name: str, time: str) -> float:
    """Sends the event of one of the schedule's rules. Seconds that it took."""
    seconds, answer = schedule.invoke({"task": name, "time": time})
    if b"errorMessage" in answer:
        print(f"  {name} at {time}: {answer.decode()}")
    return seconds
