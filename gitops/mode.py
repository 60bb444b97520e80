"""Which clouds an environment's variables mean: the real ones or rehearsal ones, never some of each.

A variable that is missing in one environment would else rehearse there for ever, green and without a change.
"""

from __future__ import annotations

from collections.abc import Mapping

from gitops.errors import UserError

VARIABLE, REAL, REHEARSAL = "GITOPS_CLOUDS", "real", "rehearsal"
IDENTITIES = ("AWS_ROLE_ARN", "AZURE_CLIENT_ID")
BACKEND = "PULUMI_BACKEND_URL"


def find_mode(variables: Mapping[str, str], before: str = "") -> str:
    """`real` or `rehearsal`. `before` is the mode of the environment promoted from, empty for the first.

    Raises `UserError` where the variables contradict each other or the environment before.
    """
    wanted = variables.get(VARIABLE, "") or REHEARSAL
    if wanted not in (REAL, REHEARSAL):
        raise UserError(
            f"found {wanted!r}, expected {REAL!r} or nothing", where=VARIABLE, hint=f"Set it to {REAL}, or remove it."
        )
    given = [name for name in (BACKEND, *IDENTITIES) if variables.get(name)]
    if wanted == REHEARSAL and given:
        raise UserError(
            f"not {REAL!r}, but {', '.join(given)} is set: this would rehearse where it should deploy",
            where=VARIABLE,
            hint=f"Set {VARIABLE} to {REAL} for this environment, or remove the others.",
        )
    if wanted == REAL and (BACKEND not in given or len(given) < 2):
        missing = BACKEND if BACKEND not in given else " or ".join(IDENTITIES)
        raise UserError(f"{REAL!r}, but {missing} is not set", where=VARIABLE, hint="See docs/workflows.md.")
    if before and before != wanted:
        raise UserError(
            f"{wanted} clouds here, {before} ones in the environment before: nothing can be promoted from it",
            where=VARIABLE,
            hint=f"Give every environment the same {VARIABLE}.",
        )
    return wanted
