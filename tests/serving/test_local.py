"""`make serve BACKEND=…`: an adapter behind its emulator, kept running and asked as a caller would."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from urllib.request import Request, urlopen

import pytest

from gitops.checkout.targets import discover
from serving import environments, local, release
from serving.description import DESCRIBED
from tests.serving.conftest import Artefacts

FIRST = discover(environments.ROOT)[0]


@pytest.mark.parametrize(
    ("program", "arguments", "said"),
    [
        (local, ["lambda_ap"], "no backend is called 'lambda_ap'\n  Did you mean 'lambda_api'?"),
        (release, ["xyz"], "no environment is called 'xyz'\n  Known: "),
        (release, [FIRST.environment, f"{FIRST.stack}s"], f"called '{FIRST.stack}s'\n  Did you mean '{FIRST.stack}'?"),
    ],
)
def test_a_misspelt_name_is_said_and_the_nearest_offered(
    program: ModuleType,
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", ["program", *arguments])

    with pytest.raises(SystemExit):
        program.main()

    assert said in capsys.readouterr().err


def test_a_backend_serves_until_it_is_interrupted(artefacts: Artefacts) -> None:
    """Lambda's, which needs the most around it; that all five answer alike is asked of them elsewhere."""
    environment = {**os.environ, "PORT": "0"}
    command = [sys.executable, "-m", "serving.local", "lambda_api", "--folder", str(artefacts.folder)]
    # where the tests run in the background, interrupts are ignored, and whoever is started by them inherits that
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        command, cwd=environments.ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        line = server.stdout.readline()
        try:
            found = re.fullmatch(r"lambda_api on (http://127\.0\.0\.1:\d+/) takes POST; Ctrl-C ends it\n", line)
            assert found, server.stderr.read() if server.stderr else line
            for _ in range(2):
                with urlopen(Request(found[1], DESCRIBED.canary_request), timeout=60) as answer:  # noqa: S310 (our own)
                    (prediction,) = json.load(answer)["predictions"]
                assert DESCRIBED.misses_canary(prediction) == ""
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=30) == 130
        finally:
            server.kill()


def test_artefacts_that_cannot_be_built_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """`gitops invoke --local` shows the last line: it was a CalledProcessError."""
    monkeypatch.setattr(local, "DESCRIBED", replace(DESCRIBED, container={}))
    monkeypatch.setattr(local, "FOLDER", tmp_path)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 1))

    monkeypatch.setattr(sys, "argv", ["serving.local", "ecs_service", "--folder", str(tmp_path)])
    assert local.main() == 2
    assert capsys.readouterr().err == "the artefacts cannot be built; `make artefacts` says why\n"


def test_uv_reads_the_systems_root_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a proxy that inspects TLS `gitops invoke --local` could install nothing, where `make` could."""
    monkeypatch.delenv("UV_SYSTEM_CERTS", raising=False)
    told: list[dict[str, str]] = []
    done = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(subprocess, "run", lambda *_, env, **__: told.append(env) or done)

    environments.uv("--version")

    assert told[0]["UV_SYSTEM_CERTS"] == "1"


def test_a_container_of_ones_own_is_not_served_by_the_app(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["serving.local", "ecs_service"])
    monkeypatch.setattr(local, "DESCRIBED", replace(DESCRIBED, container={"port": 8000}))

    assert local.main() == 2
    assert "container of its own (model/model.toml)" in capsys.readouterr().err
