"""Former names of rules: exemptions, suppressions and baselines that a team wrote under them still hold.

A policy config is refused with the present name: the engine gives a name that it does not know no level, and a
threshold that was set under it would come as advice.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .tables import read_table

RENAMED: Mapping[str, str] = {
    former: name.text() for former, name in read_table(Path(__file__).with_name("renamed.yaml")).items()
}


def current_name(rule: str) -> str:
    """What a rule is called now."""
    return RENAMED.get(rule, rule)
