"""Measures the functions as they go to AWS: size, time to the first poll of the runtime API, peak memory.

    measure.py                        the six functions, as `make measure` has just built them
    measure.py --sizes-only FILE...   only what these files weigh, plain and zipped

Start time and memory need binaries of this machine's architecture. The runtime API is a fake one on loopback that never hands
out an event; the AWS endpoint is another that knows one secret and nothing else, so that every function gets through its start.
"""

import http.server
import io
import json
import os
import statistics
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

FUNCTIONS = ("customers", "workflows", "jobs", "sync", "schedule", "relay")
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or Path(__file__).resolve().parents[1] / "target")
RUNS = 11
# Every variable that some function asks for. Names only: nothing is ever called.
ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_LAMBDA_FUNCTION_NAME": "measured",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_LOG_FORMAT": "JSON",
    "LOG_LEVEL": "INFO",
    "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH": "true",
    "STACK_NAME": "measured",
    "DATA_TABLE": "data",
    "VAULT_TABLE": "vault",
    "GRANTS_TABLE": "grants",
    "JOB_QUEUE_URL": "http://127.0.0.1:9/000000000000/jobs",
    "QUESTION_QUEUE_URL": "http://127.0.0.1:9/000000000000/questions",
    "DEAD_LETTER_QUEUE_URL": "http://127.0.0.1:9/000000000000/dead-letters",
    "SECRETS_KEY_ID": "secrets",
    "TOKEN_KEY_ID": "tokens",
    "APP_KEY_SECRET_ID": "app-key",
    "USER_POOL_CLIENT_ID": "client",
    "EXTRA_ZUORA_HOSTS": "",
    "AUDIT_TABLE": "audit",
    "AUDIT_STREAM_ARN": "audit-stream",
    "AUDIT_BUCKET": "audit",
    "EVENT_BUS": "events",
    "FAILURE_QUEUE_URL": "http://127.0.0.1:9/000000000000/relay-failures",
    "DIGEST_QUEUE_URL": "http://127.0.0.1:9/000000000000/digest",
    "DIGEST_TOPIC_ARN": "digest",
    "PANEL_URL": "https://panel.example.com/",
}


class RuntimeApi(http.server.ThreadingHTTPServer):
    """Notes when it is first polled, and lets every poll hang."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), RuntimeHandler)
        self.polled = threading.Event()
        self.polled_at = 0.0
        threading.Thread(target=self.serve_forever, daemon=True).start()


class RuntimeHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.endswith("/runtime/invocation/next"):
            self.server.polled_at = time.perf_counter()
            self.server.polled.set()
            threading.Event().wait()

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        sys.stderr.write(f"{self.path}: {self.rfile.read(length).decode(errors='replace')[:500]}\n")
        self.send_response(202)
        self.end_headers()

    def log_message(self, *_) -> None:
        pass


class AwsHandler(http.server.BaseHTTPRequestHandler):
    """Answers every call alike: a secret for who asks for one, an absent item for who reads a table."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = json.dumps({"SecretString": "0" * 64}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_) -> None:
        pass


def start_aws() -> str:
    """The address of a running fake."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), AwsHandler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


def sizes(binary: Path) -> tuple[int, int]:
    """Bytes as a file, and as the package that is uploaded."""
    data = binary.read_bytes()
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("bootstrap", data)
    return len(data), package.tell()


def start(binary: Path, aws: str) -> tuple[float, int]:
    """Milliseconds from process start to first poll, and peak memory in KiB by then."""
    api = RuntimeApi()
    try:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(binary)],
            env={**ENVIRONMENT, "AWS_ENDPOINT_URL": aws, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_address[1]}"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while not api.polled.wait(0.05):
                if process.poll() is not None:
                    raise SystemExit(f"{binary.name} ended with status {process.returncode} before it polled.")
            return (api.polled_at - began) * 1000, peak_memory(process.pid)
        finally:
            process.kill()
            process.wait()
    finally:
        api.shutdown()
        api.server_close()


def peak_memory(pid: int) -> int:
    """VmHWM where there is /proc, 0 elsewhere."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--sizes-only"]:
        for name in arguments[1:]:
            plain, zipped = sizes(Path(name))
            print(f"{name}: {plain / 1e6:.2f} MB, zipped {zipped / 1e6:.2f} MB")
        return
    print(f"{'function':>10} {'binary MB':>10} {'zip MB':>8} {'start ms':>9} {'(best)':>7} {'peak MB':>8}")
    aws = start_aws()
    for name in FUNCTIONS:
        binary = TARGET / "lambda" / name / "bootstrap"
        plain, zipped = sizes(binary)
        runs = [start(binary, aws) for _ in range(RUNS)]
        took = [run[0] for run in runs]
        memory = max(run[1] for run in runs) / 1024
        print(
            f"{name:>10} {plain / 1e6:>10.2f} {zipped / 1e6:>8.2f}"
            f" {statistics.median(took):>9.1f} {min(took):>7.1f} {memory:>8.1f}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
