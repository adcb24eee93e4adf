"""A proxy before the emulator that counts what goes to AWS."""

import collections
import http.client
import http.server
import json
import threading
import time
from urllib.parse import urlsplit


class Counter(http.server.ThreadingHTTPServer):
    """A proxy before the emulator that counts calls, written items, bytes, and the emulator's own time."""

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), CounterHandler)
        self.upstream = urlsplit(upstream)
        self.local = threading.local()
        self.reset()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def reset(self) -> None:
        """Begins to count anew."""
        self.calls: collections.Counter = collections.Counter()
        self.seconds: collections.Counter = collections.Counter()
        self.items = self.sent = self.received = 0

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
