"""What stands in the emulator's table, read and written past all counters."""

import json
import urllib.request

from .deployed import Deployed

# The states of jobs that have not ended.
OPEN = ("queued", "waiting", "running")


def jobs_in(deployed: Deployed, state: str) -> list[dict]:
    """The jobs in a state."""
    return _all(
        deployed,
        "query",
        IndexName="GSI1",
        KeyConditionExpression="GSI1PK = :pk",
        ExpressionAttributeValues={":pk": f"JOBS#{state}"},
    )


def customers_in(deployed: Deployed, state: str) -> list[str]:
    """The customers of the jobs in a state."""
    condition = {"KeyConditionExpression": "GSI1PK = :pk", "ExpressionAttributeValues": {":pk": f"JOBS#{state}"}}
    found = _all(deployed, "query", IndexName="GSI1", ProjectionExpression="PK", **condition)
    return [item["PK"].removeprefix("CUSTOMER#") for item in found]


def jobs_of(deployed: Deployed) -> list[dict]:
    """All jobs of all customers."""
    values = {":pk": "CUSTOMER#", ":sk": "JOB#"}
    return _all(
        deployed, "scan", FilterExpression="begins_with(PK, :pk) AND begins_with(SK, :sk)", ExpressionAttributeValues=values
    )


def token_slots(deployed: Deployed) -> dict[int, int]:
    """How many tokens were asked for in the slots that begin at these seconds."""
    items = _all(deployed, "scan", FilterExpression="begins_with(PK, :pk)", ExpressionAttributeValues={":pk": "LIMIT#token#"})
    return {int(item["PK"].split("#")[2]): int(item["n"]) for item in items}


def everything(deployed: Deployed, table: str) -> list[dict]:
    """All items of a table of the stack."""
    paginator = deployed.table.meta.client.get_paginator("scan")
    return [item for page in paginator.paginate(TableName=table) for item in page["Items"]]


def partition(deployed: Deployed, customer: str) -> list[dict]:
    """All items of a customer's partition."""
    values = {":pk": f"CUSTOMER#{customer}"}
    return _all(deployed, "query", KeyConditionExpression="PK = :pk", ExpressionAttributeValues=values)


def partition_as_json(deployed: Deployed, key: str) -> list[dict]:
    """All items of a partition, in DynamoDB's JSON."""
    asked = {
        "TableName": deployed.table.name,
        "KeyConditionExpression": "PK = :pk",
        "ExpressionAttributeValues": {":pk": {"S": key}},
    }
    return raw(deployed, "Query", json.dumps(asked))["Items"]


def raw(deployed: Deployed, operation: str, body: str) -> dict:
    """A call of DynamoDB in its own words. The emulator looks at no signature."""
    headers = {
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none",
    }
    request = urllib.request.Request(deployed.stack.emulator_url, body.encode(), headers)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=120) as answer:
        return json.load(answer)


def _all(deployed: Deployed, operation: str, **asked) -> list[dict]:
    paginator = deployed.table.meta.client.get_paginator(operation)
    return [item for page in paginator.paginate(TableName=deployed.table.name, **asked) for item in page["Items"]]
