"""`python -m gitops` and the command `gitops`. It checks for a temporary folder before it imports anything that needs
one.

Importing pulumi imports dill, which looks for that folder at once: on a full disk it would raise a traceback.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack

from gitops import storage
from gitops.temporary import own_folder


def main() -> None:
    with ExitStack() as until_the_end:
        try:
            until_the_end.enter_context(own_folder(os.environ))
        except OSError as error:
            print(f"error: {storage.explain(error) or error}", file=sys.stderr)
            sys.exit(2)
        from gitops import cli

        cli.main()


if __name__ == "__main__":
    main()
