"""The deployed API as somebody uses it: takes the events of events/ and sends them as the requests that they tell of."""

import json
import time
import urllib.error
import urllib.request
from urllib.parse import urlencode

# Of an event's headers, those that a client sends.
SENT = ("Content-Type", "If-Match", "Idempotency-Key")


class Gateway:
    """One function behind API Gateway, in the place of a process of it."""

    def __init__(self, api_url: str, token: str) -> None:
        self._url, self._token = api_url.rstrip("/"), token

    def __exit__(self, *_) -> None:
        pass

    def invoke(self, event: dict) -> tuple[float, bytes]:
        """Seconds, and the answer as a function gives it."""
        query = event["queryStringParameters"]
        body = event["body"]
        request = urllib.request.Request(
            self._url + event["path"] + (f"?{urlencode(query)}" if query else ""),
            data=body.encode() if body is not None else None,
            method=event["httpMethod"],
            headers={name: event["headers"][name] for name in SENT if name in event["headers"]}
            | {"Authorization": f"Bearer {self._token}"},
        )
        began = time.monotonic()
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
                status, headers, text = answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            status, headers, text = error.code, dict(error.headers), error.read()
        said = {"statusCode": status, "headers": headers, "body": text.decode()}
        return time.monotonic() - began, json.dumps(said).encode()
