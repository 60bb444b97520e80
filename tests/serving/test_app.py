"""The running app besides its predictions: health, request ids, logs, metrics, settings, refusals by route."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from pathlib import Path

import pytest

from serving.emulators.process import free_port
from serving.environments import ROOT
from serving.server.settings import available_cores
from tests.serving import running
from tests.serving.conftest import Artefacts, Reference
from tests.serving.running import Server


@pytest.mark.parametrize("path", ["/health", "/ready", "/ping"])
def test_health(path: str, app: Server) -> None:
    assert app.send("GET", path).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "field"),
    [
        ("GET", "/invocations", 405, "method"),
        ("PUT", "/inference", 405, "method"),
        ("POST", "/ping", 405, "method"),
        ("GET", "/", 404, "path"),
        ("POST", "/invocations/", 404, "path"),
        ("GET", "/../etc/passwd", 404, "path"),
    ],
)
def test_wrong_routes_name_path_or_method(method: str, path: str, status: int, field: str, app: Server) -> None:
    answer = app.send(method, path)
    assert (answer.status, answer.document["error"]["field"]) == (status, field)


def test_the_request_id_joins_answer_and_log(app: Server, reference: Reference) -> None:
    headers = {"Content-Type": "application/json", "X-Request-Id": "order-4711"}
    answer = app.send("POST", "/inference", reference.bodies()[0], headers)

    line = app.line_of("order-4711")
    assert answer.headers["x-request-id"] == "order-4711"
    assert (line["method"], line["path"], line["status"], line["level"]) == ("POST", "/inference", 200, "info")
    assert 0 < line["ms"] < 10_000


def test_sagemakers_custom_attributes_carry_the_request_id(app: Server) -> None:
    answer = app.send("POST", "/invocations", b"{}", {"X-Amzn-SageMaker-Custom-Attributes": "from-the-router"})
    assert answer.headers["x-request-id"] == "from-the-router"


@pytest.mark.parametrize("forged", ["a b", "x" * 129, '{"level":"error"}', "<b>"])
def test_an_id_that_could_forge_a_log_line_is_replaced(forged: str, app: Server) -> None:
    answer = app.send("GET", "/health", headers={"X-Request-Id": forged})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


def test_metrics_count_what_was_served(app: Server, reference: Reference) -> None:
    def value(series: str) -> float:
        text = app.send("GET", "/metrics").body.decode()
        found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    good, bad = (f'inference_requests_total{{route="/inference",status="{status}"}}' for status in (200, 400))
    series = (good, bad, "inference_instances_total", 'inference_request_seconds_count{route="/inference"}')
    before = [value(name) for name in series]
    app.predict(reference.bodies()[0], "/inference")
    app.predict(json.dumps({"instances": reference.instances[:1] * 3}).encode(), "/inference")
    app.predict(b"{}", "/inference")
    after = [value(name) for name in series]

    assert [a - b for a, b in zip(after, before, strict=True)] == [2, 1, 4, 3]
    assert value("inference_in_flight") == 0


def test_metrics_are_not_for_the_load_balancers_callers(app: Server) -> None:
    answer = app.send("GET", "/metrics", headers={"X-Forwarded-For": "203.0.113.7"})
    assert (answer.status, answer.document["error"]["field"]) == (404, "path")


def test_unknown_paths_do_not_make_new_series(app: Server) -> None:
    app.send("GET", "/wp-admin/setup.php")
    text = app.send("GET", "/metrics").body.decode()
    assert "wp-admin" not in text
    assert 'route="other",status="404"' in text


def test_several_workers_share_one_listener_and_sum_their_metrics(
    app_python: Path, artefacts: Artefacts, reference: Reference, tmp_path: Path
) -> None:
    with running.app(app_python, artefacts.folder, tmp_path / "log", WORKERS="2") as server:
        server.wait_for("Started server process", 2)
        for body in reference.bodies():
            assert server.predict(body).status == 200
        served = f'inference_requests_total{{route="/invocations",status="200"}} {float(len(reference.bodies()))}'
        # a worker counts a request once its answer is sent, and the other one may be asked before
        summed = (served in server.send("GET", "/metrics").body.decode() for _ in range(200))
        assert any(summed)
        started = set(server.messages("Started server process"))
    assert len(started) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "65536"),
        ("WORKERS", "0"),
        ("WORKERS", "1.5"),
        ("MAX_CONCURRENCY", "-1"),
        ("BODY_TIMEOUT_SECONDS", "nan"),
        ("DRAIN_SECONDS", "inf"),
        ("LOG_LEVEL", "loud"),
        ("SAGEMAKER_BIND_TO_PORT", "x"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(name: str, value: str, app_python: Path) -> None:
    done = subprocess.run([app_python, "-m", "serving"], env={name: value}, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{name}: expected")
    assert repr(value) in done.stderr


@pytest.mark.parametrize(
    ("quota", "share"), [("max 100000", None), ("100000 100000", 1), ("50000 100000", 1), ("6400000 100000", None)]
)
def test_a_containers_cpu_quota_bounds_the_workers(quota: str, share: int | None, tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text(f"{quota}\n")
    assert available_cores(tmp_path / "cpu.max") == (share or len(os.sched_getaffinity(0)))
    assert available_cores(tmp_path / "none") == len(os.sched_getaffinity(0))


def test_a_missing_model_ends_the_server_and_says_what_to_do(app_python: Path, tmp_path: Path) -> None:
    environment = {"MODEL_DIR": str(tmp_path), "PORT": str(free_port()), "WORKERS": "1"}
    done = subprocess.run([app_python, "-m", "serving"], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"{tmp_path}/model.onnx: no such file" in done.stderr
    assert "make artefacts" in done.stderr


def test_a_file_that_is_no_model_ends_the_server(app_python: Path, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    environment = {"MODEL_DIR": str(tmp_path), "PORT": "0", "WORKERS": "1"}
    done = subprocess.run([app_python, "-m", "serving"], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"{tmp_path}/model.onnx: not an ONNX model" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "request_line",
    [
        b"GARBAGE\r\n\r\n",
        b"POST /invocations HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        b"GET / HTTP/1.1\r\nBad Header\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused(request_line: bytes, app: Server) -> None:
    with socket.create_connection(("127.0.0.1", app.port), timeout=30) as sender:
        sender.sendall(request_line)
        assert running.receive(sender).status == 400
    assert app.send("GET", "/health").status == 200


def test_another_model_than_the_reviewed_one_ends_the_server(
    app_python: Path, artefacts: Artefacts, tmp_path: Path
) -> None:
    environment = {"MODEL_DIR": str(artefacts.folder), "PORT": "0", "WORKERS": "1", "MODEL_SHA256": "f" * 64}
    done = subprocess.run([app_python, "-m", "serving"], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"expected sha256 {'f' * 64}" in done.stderr


def test_a_taken_port_is_named(app: Server, app_python: Path, artefacts: Artefacts) -> None:
    environment = {"MODEL_DIR": str(artefacts.folder), "PORT": str(app.port)}
    done = subprocess.run([app_python, "-m", "serving"], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"PORT={app.port}: cannot listen" in done.stderr
