"""Loaded by the emulator's Python at start. Its runtime API answers in two small writes, and Nagle's algorithm would hold the
second one back for 40 ms in every invocation of a function. And what each session is allowed to do is written down, once, for
`rights.py`: the emulator itself does not say which rights were used."""

import os
import socketserver

socketserver.StreamRequestHandler.disable_nagle_algorithm = True


def note_used_rights(path: str) -> None:
    from ministack.core import iam_evaluator
    from ministack.services import sts

    decide, known = iam_evaluator.enforce, set()

    def enforce(access_key_id, iam_action, service, region, resource_arn="*", *more, **named):
        denied = decide(access_key_id, iam_action, service, region, resource_arn, *more, **named)
        session = sts._sessions.get(access_key_id)
        if denied is None and session:
            line = f"{session['Arn']} {iam_action} {resource_arn}"
            if line not in known:
                known.add(line)
                with open(path, "a") as file:
                    file.write(f"{line}\n")
        return denied

    iam_evaluator.enforce = enforce


if path := os.environ.get("ZWM_USED_RIGHTS"):
    note_used_rights(path)
