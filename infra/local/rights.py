"""Least privilege from the other side: every right that a function's role has was used by its function on the test stack.

`tests/e2e/roles.rs` shows that a role can do nothing beyond its list; that less would do, only the use of it can show. The emulator
notes what each session was allowed to do (`emulator_site/`); sessions that tests opened by themselves do not count.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from console import Failed, say, step
from deploy import client
from settings import Stack

# The emulator writes a function's log, and takes messages for `sync` from its queues, without asking for the role's rights.
BY_THE_SERVICE = ("logs:CreateLogStream", "logs:PutLogEvents")
# What no function is seen to do, as the beginning of `function action resource`, with the reason.
UNSEEN = {
    "sync sqs:ReceiveMessage": "the event source mapping does it",
    "sync sqs:DeleteMessage": "as above",
    "sync sqs:GetQueueAttributes": "as above",
    "relay dynamodb:": "the event source mappings read the streams",
    "jobs sqs:DeleteMessage ": "in batches, for which the emulator asks by the call's name",
    "schedule sqs:DeleteMessage ": "as above",
    "relay sqs:DeleteMessage ": "as above",
    "sync sqs:SendMessage": "a question that has to wait: tests/e2e/questions.rs, in the tests' own process",
    "schedule sqs:SendMessage": "a question that fell silent: shared/src/app/sweep/tests.rs",
    "schedule dynamodb:PutItem": "a batch is recorded for each customer: tests/e2e/fleet.rs, in the tests' own process",
}
SESSIONS_OF_TESTS = "/test"


def check_rights(stack: Stack, description: dict) -> None:
    """Fails if a role has a right that its function did not use."""
    with step("Rights that no function used"):
        used = _used(stack)
        rights = [right for name, arn in description["role_arns"].items() for right in _rights(stack, name, arn)]
        unused = [" ".join((name, *right[1:])) for name, *right in rights if not _is_used(used, tuple(right))]
        unexpected = [line for line in unused if not line.startswith(tuple(UNSEEN))]
        if unexpected:
            raise Failed(
                "Take these rights from the roles, or say in infra/local/rights.py why they stay:\n  " + "\n  ".join(unexpected)
            )
    say(f"           {len(rights)} rights, {len(rights) - len(unused)} of them used")


def _used(stack: Stack) -> set[tuple[str, str, str]]:
    """Role, action and resource of what functions did."""
    lines = stack.used_rights.read_text().splitlines()
    parts = [line.split(" ") for line in lines]
    # arn:aws:sts::000000000000:assumed-role/<role>/<session>
    return {(who.split("/")[1], action, resource) for who, action, resource in parts if not who.endswith(SESSIONS_OF_TESTS)}


def _rights(stack: Stack, name: str, arn: str) -> Iterator[tuple[str, str, str, str]]:
    iam, role = client(stack, "iam"), arn.rsplit("/", 1)[-1]
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        for statement in iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]["Statement"]:
            for action in statement["Action"]:
                for resource in statement["Resource"]:
                    # An index is queried and nothing else, whatever its statement lists for the table beside it.
                    if action not in BY_THE_SERVICE and ("/index/" not in resource or action == "dynamodb:Query"):
                        yield name, role, action, resource


def _is_used(used: set[tuple[str, str, str]], right: tuple[str, str, str]) -> bool:
    role, action, resource = right
    return any((who, what) == (role, action) and fnmatchcase(which, resource) for who, what, which in used)
