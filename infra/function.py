"""A function as it goes to AWS: its binary in a process of its own, with a runtime API that hands it one event after the other."""

import http.server
import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "local"))

from measure import peak_memory
from settings import REGION


class Ended(SystemExit):
    """The process of a function is gone."""


# What the longest function may take, and a little longer.
SECONDS = 900
PATIENCE = 920


class Function:
    """A running function. What must stay true: it is gone when the block ends."""

    def __init__(
        self,
        binary: Path,
        environment: dict[str, str],
        *,
        name: str | None = None,
        seconds: int = SECONDS,
        log: Path | None = None,
    ) -> None:
        """`seconds` is what it is told to have for each event; `log` gets what it says, instead of nobody."""
        name = name or binary.parent.name
        self._runtime = Runtime(name, seconds)
        self.invocations = 0
        sink = log.open("ab") if log else None
        self._process = subprocess.Popen(
            [str(binary)],
            env={
                **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME")},
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._runtime.server_address[1]}",
                "AWS_REGION": REGION,
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_LAMBDA_FUNCTION_NAME": name,
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
                "AWS_LAMBDA_FUNCTION_VERSION": "1",
                "AWS_LAMBDA_LOG_FORMAT": "JSON",
                "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH": "true",
                **environment,
            },
            stdout=sink or subprocess.DEVNULL,
            stderr=sink,
        )
        if sink:
            sink.close()

    def __enter__(self) -> "Function":
        return self

    def __exit__(self, *_) -> None:
        self._process.terminate()
        self._process.wait()
        self._runtime.shutdown()
        self._runtime.server_close()

    def invoke(self, event: dict) -> tuple[float, bytes]:
        """Seconds from the hand-over to the answer, and the answer."""
        self._runtime.events.put(event)
        self.invocations += 1
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self._runtime.answers.get(timeout=1)
            except queue.Empty:
                if self._process.poll() is not None:
                    raise Ended(f"The function ended with status {self._process.returncode}.") from None
                if time.monotonic() > end:
                    raise SystemExit("The function does not answer.") from None

    def kill(self) -> None:
        """As a machine that fails: at once, whatever it is at."""
        self._process.kill()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def peak(self) -> float:
        """The most memory that it has had so far, in MB as Lambda counts them (of 1,024 KB)."""
        return peak_memory(self._process.pid) / 1024


class Runtime(http.server.ThreadingHTTPServer):
    """Lambda's runtime API: hands out events one by one and notes how long each takes."""

    daemon_threads = True

    def __init__(self, name: str, seconds: int) -> None:
        super().__init__(("127.0.0.1", 0), RuntimeHandler)
        self.arn = f"arn:aws:lambda:{REGION}:000000000000:function:{name}"
        self.events: queue.Queue = queue.Queue()
        self.answers: queue.Queue = queue.Queue()
        self.seconds = seconds
        self.began = 0.0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_) -> None:
        """Says nothing of a connection that breaks off: the function was ended."""


class RuntimeHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        data = json.dumps(self.server.events.get()).encode()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "performance")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + self.server.seconds) * 1000)))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", self.server.arn)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.server.began = time.perf_counter()

    def do_POST(self) -> None:
        took = time.perf_counter() - self.server.began
        self.server.answers.put((took, self.answer()))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer(self) -> bytes:
        """The body, whose length a function need not know when it begins to send."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def log_message(self, *_) -> None:
        pass
