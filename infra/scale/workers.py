"""The workers of the job queues, as Lambda's pollers run them: one message at a time each, as many at the same time as the mapping says."""

import json
import threading
from collections.abc import Callable

from .deployed import Deployed


class Workers:
    """Processes of `sync` that take messages until the block ends."""

    def __init__(self, deployed: Deployed, *, most: int | None = None, start: Callable | None = None, **overrides: str) -> None:
        """`most` for each queue, if fewer than the mapping says; `start` starts a function, unless the stack does."""
        self.deployed, self.overrides = deployed, overrides
        self._start = start or deployed.function
        self.peaks: list[float] = []
        self.worked = self.failed = 0
        self.busy = 0.0
        self._broken: list[BaseException] = []
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=[url], daemon=True)
            for url, concurrency in deployed.queues
            for _ in range(min(concurrency, most or concurrency))
        ]

    def __enter__(self) -> "Workers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def check(self) -> None:
        """Fails if a worker has."""
        if self._broken:
            raise self._broken[0]

    def _work(self, url: str) -> None:
        try:
            with self._start("sync", **self.overrides) as sync:
                while not self._ending.is_set():
                    self._one(sync, url)
                self.peaks.append(sync.peak())
        except BaseException as broken:
            self._broken.append(broken)

    def _one(self, sync, url: str) -> None:
        sqs = self.deployed.sqs
        received = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, AttributeNames=["All"])
        for message in received.get("Messages", []):
            record = {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message.get("Attributes", {}),
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "awsRegion": self.deployed.description["region"],
            }
            seconds, answer = sync.invoke({"Records": [record]})
            self.worked += 1
            self.busy += seconds
            answer = json.loads(answer)
            if answer is None or "errorMessage" in answer or answer.get("batchItemFailures"):
                # It comes back when its visibility timeout is over.
                self.failed += 1
            else:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
