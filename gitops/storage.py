"""A file that this machine refuses to write, as an error that the user can mend."""

from __future__ import annotations

import errno

from gitops.errors import UserError

# A quota (EDQUOT) and a size limit of the process (EFBIG) are a full disk to whoever meets them.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
REFUSED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
NO_TEMPORARY_FOLDER = "No usable temporary directory found in "
"""How Python's tempfile begins when no folder takes a file: https://docs.python.org/3/library/tempfile.html"""


def explain(error: OSError) -> UserError | None:
    """What to do about a full disk or a folder that cannot be written to; None for any other error."""
    reason, where = error.strerror or str(error), str(error.filename or "")
    if reason.startswith(NO_TEMPORARY_FOLDER):
        return UserError(
            f"no temporary folder is writable and has room: {reason.removeprefix(NO_TEMPORARY_FOLDER)}",
            hint="Free some space in one of them, or name another folder in the environment variable TMPDIR.",
        )
    if error.errno in FULL:
        return UserError(
            f"no room to write: {reason}",
            where=where,
            hint="Free some space (`df -h` shows which disk is full); TMPDIR names another folder for temporary files.",
        )
    if error.errno in REFUSED:
        return UserError(
            f"this user may not write here: {reason}",
            where=where,
            hint="Make it writable, or name other folders where the command takes them (`--out`, `--sandbox`).",
        )
    return None
