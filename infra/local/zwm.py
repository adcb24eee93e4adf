"""The local stack from the command line: `zwm.py run | stop | logs | test | rehearse | screenshots | secrets | advisories | web | tools NAME...`."""

import json
import signal
import sys
import time

import toolbox
from console import Failed, elapsed, say
from processes import Processes, stop_orphans, stop_recorded
from settings import Stack, run_stack, test_stack

DEMO_WORKFLOWS = 250


def main(arguments: list[str]) -> int:
    # SIGINT too, because it is ignored in what a shell starts in the background.
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        match arguments:
            case ["run"]:
                _prepare()
                _run(run_stack())
            case ["test"]:
                _prepare()
                from check import check_everything

                return check_everything(test_stack())
            case ["screenshots"]:
                _prepare()
                _take_screenshots(test_stack())
            case ["logs"]:
                _prepare()
                import logs

                logs.follow(run_stack())
            case ["secrets"]:
                import scan

                scan.write_baseline()
            case ["rehearse"]:
                _prepare()
                from scan import check_security

                check_security()
            case ["advisories"]:
                toolbox.check_machine()
                from advisories import check_advisories

                check_advisories()
            case ["web"]:
                toolbox.check_machine()
                from web import build_web

                build_web()
            case ["stop"]:
                found = [stack.name for stack in (run_stack(), test_stack()) if stop_recorded(stack)]
                say(f"Stopped {' and '.join(found)}." if found else "Nothing was running.")
            case ["tools", *names]:
                toolbox.check_machine()
                for name in names:
                    toolbox.environment(name)
                    if name == "cross":
                        toolbox.cross_target()
            case _:
                say(__doc__)
                return 2
    except KeyboardInterrupt:
        return 130
    except Failed as failure:
        say(f"\nFAILED after {elapsed():.0f}s: {failure}")
        return 1
    return 0


def _prepare() -> None:
    toolbox.check_machine()
    toolbox.environment("emulator")
    toolbox.continue_in_environment("sam")


def _run(stack: Stack) -> None:
    import demo
    import people
    from build import build
    from stack import bring_up, write_stack_file

    stop_orphans(stack)
    toolbox.check_free(*stack.ports)
    stack.stack_file.unlink(missing_ok=True)
    build(all_targets=False)
    processes = Processes(stack)
    try:
        description, credentials = bring_up(stack, processes, DEMO_WORKFLOWS)
        token = people.id_token(stack, description["user_pool_client_id"], description["password"])
        customer = demo.create_and_sync(stack, description["api_url"], token, *credentials)
        write_stack_file(stack, description)
        say()
        demo.show_stats(customer)
        _explain(stack, description, customer)
        while not (name := processes.dead()):
            time.sleep(0.5)
        raise Failed(f"The {name} ended by itself. Its log: {stack.home / (name + '.log')}")
    finally:
        # A second Ctrl-C must not stop the cleaning up.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        stack.stack_file.unlink(missing_ok=True)
        processes.stop_all()
        say("\nStopped; nothing is left running.")


def _take_screenshots(stack: Stack) -> None:
    """On the stack of `make test` if it is up, or else on a fresh one."""
    from build import build
    from panel import take_screenshots
    from stack import fresh, write_stack_file

    if stack.stack_file.exists() and toolbox.is_taken(stack.emulator):
        return take_screenshots(stack)
    toolbox.environment("faults")
    build(all_targets=False)
    with fresh(stack) as description:
        write_stack_file(stack, description)
        try:
            take_screenshots(stack)
        finally:
            stack.stack_file.unlink(missing_ok=True)


def _explain(stack: Stack, description: dict, customer: dict) -> None:
    request = json.dumps(
        {
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": description["user_pool_client_id"],
            "AuthParameters": {"USERNAME": description["username"], "PASSWORD": description["password"]},
        }
    )
    say(f"""
  Panel     {description["panel_url"]}
  API       {description["api_url"]}
  Login     {description["username"]} / {description["password"]}
  Simulator {stack.simulator_url}
  Details   {stack.stack_file}

Paste these:

  API={description["api_url"]}
  TOKEN=$(curl -s {stack.emulator_url}/ -H 'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth' \\
    -H 'Content-Type: application/x-amz-json-1.1' -d '{request}' \\
    | python3 -c 'import json,sys; print(json.load(sys.stdin)["AuthenticationResult"]["IdToken"])')
  curl -s -H "Authorization: Bearer $TOKEN" $API/v1/customers
  curl -s -H "Authorization: Bearer $TOKEN" "$API/v1/customers/{customer["id"]}/workflows?limit=5"
  curl -s -H "Authorization: Bearer $TOKEN" -X POST $API/v1/customers/{customer["id"]}/sync
  curl -s -H "Authorization: Bearer $TOKEN" "$API/v1/jobs?customer_id={customer["id"]}"

Ready after {elapsed():.0f}s. Ctrl-C ends everything.""")


def _interrupt(*_) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
