"""The API as an admin's client uses it: every request has an id of its own, and what was answered is kept."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from events import api_event

from .mortal import Mortal

# What API Gateway makes of a function that died or said nothing sensible.
UNAVAILABLE = 503
PAUSE = 0.5
# A request that is not answered well for so long has failed.
PATIENCE = 240
_numbers = itertools.count(1)


@dataclass
class Answer:
    """One answer; `name` is the event that was sent, `key` the idempotency key of a creation."""

    name: str
    request_id: str
    status: int
    headers: dict[str, str] = field(repr=False)
    text: str = field(repr=False)
    key: str | None = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def body(self) -> dict:
        return json.loads(self.text) if self.text else {}

    @property
    def may_pass(self) -> bool:
        return self.status in (408, 409, 429) or self.status >= 500


class Book:
    """All answers to requests that change something."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: list[Answer] = []

    def write(self, answer: Answer) -> None:
        with self._lock:
            self._answers.append(answer)

    def answers(self) -> list[Answer]:
        with self._lock:
            return list(self._answers)


class Api:
    """The functions behind the API, each in a process of its own for this client."""

    def __init__(self, start: Callable[[str], Mortal], book: Book) -> None:
        self._start, self._book = start, book
        self._functions: dict[str, Mortal] = {}

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_) -> None:
        for function in self._functions.values():
            function.__exit__()

    def ask(self, name: str, *, headers: dict[str, str] | None = None, **how) -> Answer:
        """Sends what `events/<name>.json` says, once."""
        event = api_event(name, **how)
        request_id = f"chaos-{next(_numbers):08}"
        event["requestContext"]["requestId"] = request_id
        for header, value in (headers or {}).items():
            event["headers"][header] = value
            event["multiValueHeaders"][header] = [value]
        function = name.split("/")[0]
        if function not in self._functions:
            self._functions[function] = self._start(function)
        said = json.loads(self._functions[function].invoke(event)[1])
        given = {key: values[0] for key, values in (said.get("multiValueHeaders") or {}).items() if values}
        lower = {key.lower(): value for key, value in (given | (said.get("headers") or {})).items()}
        status = said.get("statusCode") or UNAVAILABLE
        answer = Answer(name, request_id, status, lower, said.get("body") or "", (headers or {}).get("Idempotency-Key"))
        if event["httpMethod"] != "GET":
            self._book.write(answer)
        return answer

    def insist(self, name: str, **how) -> Answer:
        """Asks again until the answer is one that stays."""
        until = time.monotonic() + PATIENCE
        while True:
            answer = self.ask(name, **how)
            if not answer.may_pass or time.monotonic() > until:
                return answer
            time.sleep(PAUSE)

    def pages(self, name: str, *, query: dict[str, str] | None = None, **how) -> Iterator[dict]:
        """The items of a list, from page to page."""
        query = dict(query or {})
        while True:
            answer = self.insist(name, query=query, **how)
            if not answer.ok:
                raise RuntimeError(f"{name} {how}: {answer.status} {answer.text[:300]}")
            page = answer.body
            yield from page["items"]
            if not page.get("next_cursor"):
                return
            query["cursor"] = page["next_cursor"]
