"""A proxy before the emulator that counts what goes to AWS, and what DynamoDB would bill for it.

Whoever is to be told apart gets a counter of his own: each is a port, and a function's AWS_ENDPOINT_URL.

Write units are the emulator's own answer to ReturnConsumedCapacity: it goes by the sizes of the item before and after, bills transactions
double, and an index as DynamoDB does: one write where an entry comes, goes or changes, two where its key moves, none where nothing of it
changes. It leaves out condition checks in transactions; each counts 2 here, as for an item of at most 1 KB. A write whose condition fails
is billed all the same: one unit an item, two in a transaction.

Read units are computed here, because the emulator says 0.5 whatever is read: a GetItem by the item's size, a Query or Scan by the sum of
what it went through, rounded up to 4 KB; half of that unless the read is strongly consistent. What a COUNT, a filter or a projection went
through is not in its answer, so the same page is asked for again in full; that second question is not counted.
"""

import base64
import collections
import http.client
import http.server
import json
import re
import threading
import time
from urllib.parse import urlsplit

WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
READS = ("GetItem", "BatchGetItem", "Query", "Scan")
# What narrows an answer, but not what is read for it.
NARROWING = ("Select", "ProjectionExpression", "FilterExpression")


class Counter(http.server.ThreadingHTTPServer):
    """Counts calls, units, written items, bytes, and the emulator's own time, by operation."""

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), CounterHandler)
        self.upstream = urlsplit(upstream)
        self.local = threading.local()
        self.lock = threading.Lock()
        self.reset()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def reset(self) -> None:
        with self.lock:
            self.calls: collections.Counter = collections.Counter()
            self.seconds: collections.Counter = collections.Counter()
            self.read_units: collections.Counter = collections.Counter()
            self.write_units: collections.Counter = collections.Counter()
            self.items = self.sent = self.received = 0

    def counted(self) -> dict:
        """What was counted since the last reset."""
        with self.lock:
            return {
                "calls": dict(sorted(self.calls.items())),
                "read_units": sum(self.read_units.values()),
                "write_units": sum(self.write_units.values()),
                "items_written": self.items,
            }

    def forward(self, path: str, body: bytes, headers: dict) -> tuple[int, list, bytes]:
        """Asks the emulator, over this thread's own connection."""
        connection = getattr(self.local, "connection", None)
        if connection is None:
            connection = self.local.connection = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port)
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()

    def handle_error(self, *_) -> None:
        """Says nothing of a connection that breaks off: the function was ended."""


class CounterHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        operation = (self.headers.get("X-Amz-Target") or self.path).rsplit(".", 1)[-1]
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "content-length")}
        asked, sent = json.loads(body) if operation in WRITES + READS else {}, len(body)
        if operation in WRITES:
            body = json.dumps({**asked, "ReturnConsumedCapacity": "TOTAL"}).encode()
        began = time.perf_counter()
        status, answered, data = self.server.forward(self.path, body, headers)
        took = time.perf_counter() - began
        reads = writes = 0.0
        if operation in WRITES:
            writes = write_units(operation, asked, json.loads(data) if status == 200 else None)
        elif operation in READS and status == 200:
            reads = read_units(operation, asked, self.in_full(operation, asked, headers) or json.loads(data))
        with self.server.lock:
            self.server.calls[operation] += 1
            self.server.seconds[operation] += took
            self.server.read_units[operation] += reads
            self.server.write_units[operation] += writes
            self.server.items += _items(operation, asked) if status == 200 else 0
            self.server.sent += sent
            self.server.received += len(data)
        self.send_response(status)
        for name, value in answered:
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def in_full(self, operation: str, asked: dict, headers: dict) -> dict | None:
        """The same page without what narrows it, if something does."""
        if operation == "BatchGetItem" or not any(name in asked for name in NARROWING):
            return None
        full = {name: value for name, value in asked.items() if name not in NARROWING}
        # What nothing refers to any more would be refused.
        used = re.findall(r"[#:]\w+", full.get("KeyConditionExpression", ""))
        for names in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
            left = {name: value for name, value in full.pop(names, {}).items() if name in used}
            full |= {names: left} if left else {}
        status, _, data = self.server.forward(self.path, json.dumps(full).encode(), headers)
        if status != 200:
            raise RuntimeError(f"{operation} in full: {status} {data[:300]!r}")
        return json.loads(data)

    def log_message(self, *_) -> None:
        pass


def write_units(operation: str, asked: dict, answer: dict | None) -> float:
    """What a write costs; no answer means that its condition failed."""
    transaction = asked.get("TransactItems", [])
    if answer is None:
        return 2.0 * len(transaction) if transaction else 1.0
    consumed = answer.get("ConsumedCapacity") or []
    units = sum(entry["CapacityUnits"] for entry in (consumed if isinstance(consumed, list) else [consumed]))
    return units + 2.0 * sum("ConditionCheck" in item for item in transaction)


def read_units(operation: str, asked: dict, answer: dict) -> float:
    """What a read costs, by what it went through."""
    if operation == "BatchGetItem":
        return sum(_units_of_batch(keys, answer["Responses"].get(table, [])) for table, keys in asked["RequestItems"].items())
    rate = 1.0 if asked.get("ConsistentRead") else 0.5
    items = answer["Items"] if "Items" in answer else [answer.get("Item") or {}]
    return rate * _blocks(sum(map(item_size, items)))


def _units_of_batch(asked: dict, found: list[dict]) -> float:
    rate = 1.0 if asked.get("ConsistentRead") else 0.5
    return rate * (sum(_blocks(item_size(item)) for item in found) + len(asked["Keys"]) - len(found))


def _blocks(size: int) -> int:
    """Begun blocks of 4 KB; nothing found is billed as one."""
    return max(1, -(-size // 4096))


def item_size(item: dict) -> int:
    """The bytes of an item as DynamoDB counts them: names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: dict) -> int:
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return _number_size(content)
        case "B":
            return len(base64.b64decode(content))
        case "BOOL" | "NULL":
            return 1
        case "L":
            return 3 + sum(1 + _value_size(member) for member in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_size(member) for name, member in content.items())
        case _:
            # A set.
            return sum(_value_size({kind[0]: member}) for member in content)


def _number_size(text: str) -> int:
    """One byte, one for two digits, one for the sign."""
    digits = text.lstrip("-").partition("e")[0].replace(".", "").strip("0")
    return 1 + -(-len(digits) // 2) + text.startswith("-")


def _items(operation: str, asked: dict) -> int:
    """How many items a call writes or removes."""
    if operation in ("PutItem", "UpdateItem", "DeleteItem"):
        return 1
    if operation == "TransactWriteItems":
        return sum("ConditionCheck" not in item for item in asked["TransactItems"])
    if operation == "BatchWriteItem":
        return sum(len(items) for items in asked["RequestItems"].values())
    return 0
