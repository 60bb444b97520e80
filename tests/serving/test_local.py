"""`make serve BACKEND=…`: an adapter behind its emulator, kept running and asked as a caller would."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from urllib.request import Request, urlopen

import pytest

from serving import environments, local
from serving.description import DESCRIBED
from tests.serving.conftest import Artefacts


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


def test_a_container_of_ones_own_is_not_served_by_the_app(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["serving.local", "ecs_service"])
    monkeypatch.setattr(local, "DESCRIBED", replace(DESCRIBED, container={"port": 8000}))

    assert local.main() == 2
    assert "container of its own (model/model.toml)" in capsys.readouterr().err
