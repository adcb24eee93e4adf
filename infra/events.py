"""Events as API Gateway sends them, made of those in events/."""

import json
from pathlib import Path

EVENTS = Path(__file__).resolve().parent.parent / "events"


def api_event(
    name: str, ids: dict[str, str] | None = None, query: dict[str, str] | None = None, body: dict | None = None
) -> dict:
    """The event `events/<name>.json` with other ids in its path, another query, and another body if one is given."""
    event = json.loads((EVENTS / f"{name}.json").read_text())
    for parameter, example in (event["pathParameters"] or {}).items():
        event["path"] = event["path"].replace(example, (ids or {})[parameter])
        event["pathParameters"][parameter] = ids[parameter]
    event["queryStringParameters"] = query
    event["multiValueQueryStringParameters"] = query and {parameter: [value] for parameter, value in query.items()}
    if body is not None:
        event["body"] = json.dumps(body)
    return event
