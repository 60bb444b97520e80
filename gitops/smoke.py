"""The smoke check of a deployment: a stack's own request, `stacks/<stack>/smoke.json`, to the endpoint it deployed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gitops.errors import UserError
from gitops.invoke import Answer, call
from gitops.targets import Target

FILE = "smoke.json"

PATIENCE = 300.0
"""Seconds until an endpoint must answer: new DNS names, roles and certificates take minutes to be known everywhere."""

PAUSE = 5.0

FINAL = frozenset({400, 405, 411, 413, 415, 422})
"""Answers that waiting does not change: the endpoint is there and does not take this request."""


def request_file(root: Path, target: Target) -> Path:
    return target.folder(root) / FILE


def smoke(
    how: Mapping[str, Any],
    payload: bytes,
    *,
    patience: float = PATIENCE,
    send: Callable[[Mapping[str, Any], bytes], Answer] = call,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Answer:
    """The first 2xx answer; or the last one, when waiting does not help or `patience` seconds are over.

    Raises `UserError` when to the end nobody answered.
    """
    until = now() + patience
    while True:
        try:
            answer = send(how, payload)
        except UserError:
            if now() + PAUSE > until:
                raise
        else:
            if answer.fine or answer.status in FINAL or now() + PAUSE > until:
                return answer
        sleep(PAUSE)
