"""Somebody who is told everything that is published on the event bus."""

import json
import time

from scale.deployed import Installation

NAME = "zwm-rehearsal-listener"
# Longer than a stream's batching window, and a round of the emulator's poller.
QUIET = 12


class Listener:
    """A queue behind a rule on the bus."""

    def __init__(self, installation: Installation, source: str = "zuora-workflow-manager") -> None:
        self._sqs = installation.sqs
        self._queue = self._sqs.create_queue(QueueName=NAME)["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])["Attributes"]
        events, bus = installation.client("events"), installation.description["event_bus"]
        events.put_rule(Name=NAME, EventBusName=bus, EventPattern=json.dumps({"source": [source]}))
        events.put_targets(Rule=NAME, EventBusName=bus, Targets=[{"Id": "listener", "Arn": attributes["QueueArn"]}])

    def hear(self) -> list[dict]:
        """The events since the last time, once none has come for a while: their details, with their kind."""
        heard, until = [], time.monotonic() + QUIET
        while time.monotonic() < until:
            received = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            for message in received.get("Messages", []):
                event = json.loads(message["Body"])
                heard.append(event["detail"] | {"kind": event["detail-type"]})
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
                until = time.monotonic() + QUIET
        return heard
