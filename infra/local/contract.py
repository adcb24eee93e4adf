"""The API held to its description: schemathesis makes requests of every kind from docs/openapi.json and judges the answers.

Two runs: as an administrator through everything, and as two users who each may create customers, neither of whom may see the other's.
"""

import json
from pathlib import Path

import people
import toolbox
from console import run, say, step
from demo import call
from settings import LOCAL, ROOT, Stack

CONFIG = ROOT / "tests" / "contract" / "schemathesis.toml"
DESCRIPTION = ROOT / "docs" / "openapi.json"
# Seconds; what is covered does not depend on it, only how many random requests come on top.
BUDGET = {"admin": 60, "peers": 30}
PEERS = ("ada", "bob")


def check_contract(stack: Stack, description: dict) -> None:
    """Fails when an answer is not what the description promises."""
    place = LOCAL / "contract"
    place.mkdir(parents=True, exist_ok=True)
    tokens = {"admin": people.id_token(stack, description["user_pool_client_id"], description["password"])}
    for name in PEERS:
        tokens[name] = _peer(stack, description, tokens["admin"], name)
    (place / "users.json").write_text(json.dumps({"auth": [_user(name, token) for name, token in tokens.items()]}))
    url = description["api_url"]
    _run(place, "admin", url, 'user = "admin"', "all")
    peers = f'user = "{PEERS[0]}"\npeers = {json.dumps(PEERS)}'
    _run(place, "peers", url, peers, "not_a_server_error,object_level_authorization,use_after_free")


def _run(place: Path, name: str, url: str, auth: str, checks: str) -> None:
    config = place / f"{name}.toml"
    config.write_text(f'{CONFIG.read_text()}\n[auth.wfc]\npath = "{place / "users.json"}"\n{auth}\n')
    log = LOCAL / "logs" / f"contract-{name}.log"
    with step(f"Contract as {name} (schemathesis)"):
        tool = toolbox.environment("contract") / "bin" / "schemathesis"
        run(
            [str(tool), f"--config-file={config}", "run", str(DESCRIPTION), f"--url={url}", f"--checks={checks}"]
            # One worker: two at once meet a fault of Python 3.11's parser ("recursion depth mismatch").
            + [f"--max-time={BUDGET[name]}", "--workers=1", "--no-color"],
            log=log,
            advice="Each failure above has a curl line that shows it again.",
            cwd=ROOT / "tests" / "contract",
        )
        text = log.read_text(errors="replace")
        for line in text[text.rfind("= SUMMARY =") :].splitlines()[1:]:
            if line.strip():
                say(f"           {line.strip()}")


def _peer(stack: Stack, description: dict, admin: str, name: str) -> str:
    password = people.create_user(stack, description["user_pool_id"], name)
    token = people.id_token(stack, description["user_pool_client_id"], password, name)
    api = description["api_url"]
    user = call(stack, api, token, "GET", "/v1/me")["user"]
    call(stack, api, admin, "PUT", f"/v1/customers/all/grants/{user}", {"verbs": ["create"]})
    return token


def _user(name: str, token: str) -> dict:
    return {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}
