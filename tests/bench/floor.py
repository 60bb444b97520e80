"""One preview as anybody would write it with the Automation API: the floor that the report is measured against.

`python -m tests.bench.floor ENGINE BACKEND PROVIDERS PACK STACK ENVIRONMENT`, in the checkout.
"""

from __future__ import annotations

import os
import runpy
import shutil
import sys
import tempfile
from pathlib import Path

from pulumi import automation as auto


def main(engine: str, backend: str, providers: str, pack: str, stack: str, environment: str) -> None:
    folder = Path("stacks").resolve() / stack
    os.environ["PATH"] = f"{Path(engine).parent}:{os.environ['PATH']}"
    variables = {
        "PULUMI_BACKEND_URL": backend,
        "PULUMI_CONFIG_PASSPHRASE": "floor",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DEBUG_PROVIDERS": providers,
        "PATH": f"{Path('gitops/engine/analyzer').resolve()}:{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    with tempfile.TemporaryDirectory() as scratch:
        work = shutil.copytree(folder, Path(scratch) / stack)
        sys.path[0:0] = [str(work), os.getcwd()]
        os.chdir(work)
        options = auto.LocalWorkspaceOptions(work_dir=str(work), env_vars=variables)
        made = auto.create_or_select_stack(
            environment,
            project_name=stack,
            program=lambda: runpy.run_path("__main__.py", run_name="__main__"),
            opts=options,
        )
        try:
            made.preview(policy_packs=[pack], on_event=lambda _event: None)
        except auto.CommandError as error:
            if "olicy" not in str(error):
                raise


if __name__ == "__main__":
    main(*sys.argv[1:])
