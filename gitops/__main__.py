"""`python -m gitops` and the command `gitops`: asks for a temporary folder before anything is imported that needs one.

Importing pulumi imports dill, which looks for it at once: a full disk would end in a traceback of theirs.
"""

from __future__ import annotations

import sys
import tempfile

from gitops import storage


def main() -> None:
    try:
        tempfile.gettempdir()
    except OSError as error:
        print(f"error: {storage.explain(error) or error}", file=sys.stderr)
        sys.exit(2)
    from gitops import cli

    cli.main()


if __name__ == "__main__":
    main()
