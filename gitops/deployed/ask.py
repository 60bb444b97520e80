"""`python -m gitops.deployed.ask STACK/ENVIRONMENT HOW SECONDS`: one endpoint's answer to the target's smoke request.

For programs that may only continue once something answers, such as a slot that is about to get traffic. The
working directory is the checkout; HOW is a mapping as the output `invoke` has it, as JSON. Exit 0 for a 2xx answer
within so many seconds, else 1 with the reason on standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gitops.checkout.targets import Target
from gitops.deployed.invoke import Answer, call
from gitops.deployed.smoke import request_of, smoke
from gitops.deployed.verify import SHOWN, printable
from gitops.engine.environment import ENDPOINTS
from gitops.errors import UserError
from gitops.redaction import credentials, take_out


def ask(root: Path, target: Target, how: Mapping[str, Any], seconds: float, environ: Mapping[str, str]) -> str:
    """Why the endpoint is not fine, empty if it is. Raises `UserError` when it cannot be asked or nobody answers."""
    payload = request_of(root, target)
    if payload is None:
        hint = "Describe a canary in model/model.toml, or give the stack a smoke.json."
        raise UserError("there is no request to ask it with", where=str(target), hint=hint)
    stand_in = environ.get(ENDPOINTS, "")

    def send_to_stand_in(how: Mapping[str, Any], payload: bytes) -> Answer:
        return call(in_rehearsal(how), payload, f"http://{stand_in}{urlsplit(how['url']).path}")

    answer = smoke(how, payload, patience=seconds, send=send_to_stand_in if stand_in else call)
    if answer.fine:
        return ""
    return f"answers {answer.status}: {printable(take_out(answer.body, credentials(environ)))[:SHOWN]}"


def in_rehearsal(how: Mapping[str, Any]) -> Mapping[str, Any]:
    """The mapping that calls the rehearsal clouds instead: with the endpoint's host, without a login."""
    return {**how, "auth": "none", "headers": {**how.get("headers", {}), "Host": urlsplit(how["url"]).netloc}}


def main(name: str, how: str, seconds: str) -> int:
    stack, environment = name.split("/")
    try:
        reason = ask(Path.cwd(), Target(stack, environment), json.loads(how), float(seconds), os.environ)
    except UserError as error:
        reason = error.located
    if reason:
        print(reason, file=sys.stderr)
    return 1 if reason else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
