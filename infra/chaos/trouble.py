"""What goes wrong besides kills: AWS and Zuora fail in all the ways that they are known to."""

import json
import urllib.request
from random import Random

from scale.deployed import Deployed

from .tenants import Tenants

# The calls that the functions make, and how each service says that it is too busy.
SERVICES = {
    "dynamodb": (
        "ProvisionedThroughputExceededException",
        ["GetItem", "PutItem", "Query", "UpdateItem", "TransactWriteItems", "BatchGetItem", "BatchWriteItem"],
    ),
    "sqs": ("ServiceUnavailable", ["SendMessage"]),
    "kms": ("ThrottlingException", ["Encrypt", "Decrypt"]),
    "secretsmanager": ("ThrottlingException", ["GetSecretValue"]),
}
# Of a hundred faults, so many concern each service.
WEIGHTS = (82, 8, 8, 2)
# A rule that nothing met is gone after so many seconds.
LIFE = 30
ROUTES = ("token", "list", "get", "export")
ODD = ("proxy_404", "firewall_403", "maintenance_200", "empty_200", "json_404_of_a_gateway", "unsuccessful_empty_export")
BUSY = {"reasons": [{"code": 70, "message": "API rate limit exceeded"}]}


class Aws:
    """The proxy between the functions and the emulator."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/_microburst"

    def fail(self, rng: Random) -> None:
        """Adds one fault that strikes a few times."""
        self._tell("PATCH", [_aws_fault(rng)])

    def heal(self) -> None:
        self._tell("POST", [])

    def struck(self) -> int:
        """How many requests have failed so far."""
        return self._tell("GET", path="stats")["requests"]["faulted"]

    def _tell(self, method: str, rules: list[dict] | None = None, path: str = "rules"):
        data = None if rules is None else json.dumps(rules).encode()
        request = urllib.request.Request(f"{self._url}/{path}", data, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")


def _aws_fault(rng: Random) -> dict:
    [service] = rng.choices(list(SERVICES), WEIGHTS)
    busy, operations = SERVICES[service]
    operation = rng.choice(operations)
    kinds = [
        {"error": {"code": busy} | ({"status": 503} if service == "sqs" else {})},
        {"reset": True},
        # It was done, and nobody hears of it.
        {"response": {"abort_bytes": 0}},
        {"latency": {"min": 100, "max": 3000}},
    ]
    if operation == "TransactWriteItems":
        reasons = [{"Code": "TransactionConflict", "Message": "busy"}]
        kinds.append({"error": {"code": "TransactionCanceledException", "fields": {"CancellationReasons": reasons}}})
    # The SDK asks three times: what strikes oftener in a row is an error of the call.
    times = rng.choices((1, 2, 4, 8), (50, 25, 15, 10))[0]
    return {"service": service, "operation": operation, "times": times, "ttl_s": LIFE} | rng.choice(kinds)


class Zuora:
    """Faults of the simulated Zuora, of one tenant or of all."""

    def __init__(self, deployed: Deployed, tenants: Tenants) -> None:
        self._deployed, self._tenants = deployed, tenants
        self.faults = 0

    def fail(self, rng: Random) -> None:
        self.faults += 1
        tenant = self._tenants.any(rng)
        if rng.random() < 0.1:
            self._deployed.zuora("DELETE", f"tenants/{tenant}/tokens")
        elif rng.random() < 0.03:
            # All of Zuora is away for a moment.
            self._deployed.zuora("POST", "faults", {"times": rng.randint(10, 60), "effect": {"respond": {"status": 503}}})
        else:
            self._deployed.zuora("POST", f"tenants/{tenant}/faults", _zuora_fault(rng))

    def heal(self) -> None:
        self._deployed.zuora("DELETE", "faults")
        for tenant in self._tenants.names():
            self._deployed.zuora("DELETE", f"tenants/{tenant}/faults")
            self._deployed.zuora("PUT", f"tenants/{tenant}/conditions", {})


def _zuora_fault(rng: Random) -> dict:
    fault = {"on": {"route": rng.choice(ROUTES)}, "after": rng.randint(0, 6), "times": rng.randint(1, 6)}
    wait = {"Retry-After": str(rng.randint(1, 4))}
    kinds = [
        {"effect": {"respond": {"status": rng.choice((500, 502, 503, 504))}}},
        {"effect": {"respond": {"status": 429, "headers": wait, "body": BUSY}}},
        {"effect": {"odd": rng.choice(ODD)}, "foreign": True},
        {"effect": rng.choice(("reset", "truncate_body", "truncate_json"))},
        {"delay_ms": rng.randint(500, 8000)},
    ]
    return fault | rng.choice(kinds)
