"""The clouds serve an engine that `gitops` has no part in: one line of environment, the Automation API, no YAML."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from gitops.engine.install import Engine

PROGRAM = """
import json, os
import pulumi, pulumi_aws as aws
from pulumi import automation as auto

def program():
    pulumi.export("url", aws.sqs.Queue("orders", name="orders").url)

settings = auto.ProjectSettings(name="shop", runtime="python")
options = auto.LocalWorkspaceOptions(work_dir=os.getcwd(), project_settings=settings)
stack = auto.create_or_select_stack("dev", project_name="shop", program=program, opts=options)
stack.set_config("aws:region", auto.ConfigValue("eu-west-1"))
print(stack.up().outputs["url"].value)
"""
SCRIPT = """
coproc clouds { exec "$PYTHON" -m rehearsal serve --clouds "$CLOUDS"; }
read -r line <&"${clouds[0]}" && eval "$line"
cd "$WORK" && "$PYTHON" program.py
"""


def test_a_script_evaluates_one_line_and_its_engine_finds_the_clouds(engine: Engine, tmp_path: Path) -> None:
    for folder in ("work", "state"):
        (tmp_path / folder).mkdir()
    (tmp_path / "work" / "program.py").write_text(PROGRAM)
    variables = {
        "PATH": f"{engine.path.parent}:{os.environ['PATH']}",
        "PYTHON": sys.executable,
        "CLOUDS": str(tmp_path / "clouds"),
        "WORK": str(tmp_path / "work"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "alone",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
    (tmp_path / "script").write_text(SCRIPT)  # `bash -c` would replace itself by the last command, and close the pipe
    script = ["bash", str(tmp_path / "script")]
    done = subprocess.run(script, env={**os.environ, **variables}, capture_output=True, text=True)
    assert done.stdout.strip() == "https://sqs.eu-west-1.amazonaws.com/123456789012/orders", done.stderr
    listed = subprocess.run(
        [sys.executable, "-m", "rehearsal", "list", str(tmp_path / "clouds")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.split("\t")[0] for line in listed.stdout.splitlines()] == ["aws:sqs/queue:Queue"]


def test_a_server_with_nothing_to_read_runs_until_it_is_interrupted(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rehearsal", "serve", "--clouds", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert server.stdout.readline().startswith("export PULUMI_DEBUG_PROVIDERS=aws:")
        assert server.poll() is None
        server.send_signal(2)
        assert server.wait(timeout=20) == 0
