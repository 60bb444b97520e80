"""The state before a change, for the rules that compare: the engine tells a policy pack nothing of it."""

from __future__ import annotations

import os
from pathlib import Path

from .resources import Stack
from .state import BadState, read_state, stack_of

PREVIOUS_STATE = "POLICY_PREVIOUS_STATE"
"""Names the file that `pulumi stack export` wrote before the run."""


def previous_stack() -> Stack | None:
    """The stack as it was deployed; None where no file is named. Raises BadState."""
    file = os.environ.get(PREVIOUS_STATE)
    try:
        return stack_of(read_state(Path(file))) if file else None
    except BadState as error:
        raise BadState(f"{PREVIOUS_STATE}={file}: {error}") from None
