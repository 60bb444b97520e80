"""Measure everything on this machine, in about a minute and a half, and write what it means.

python -m serving.loadtest             # measure, then write serving/loadtest.json and docs/load-test.md
python -m serving.loadtest --render    # only write docs/load-test.md again
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from serving import environments
from serving.description import DESCRIBED
from serving.loadtest import measure
from serving.loadtest.report import render
from serving.loadtest.results import Machine, Results, Sizes, from_json
from serving.packaging.__main__ import FOLDER
from serving.packaging.artefacts import write

RESULTS = environments.ROOT / "serving" / "loadtest.json"
PAGE = environments.ROOT / "docs" / "load-test.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m serving.loadtest", description="Measure the app on this machine.")
    parser.add_argument("--render", action="store_true", help="only write docs/load-test.md from the last results")
    if not parser.parse_args().render:
        if not (FOLDER / "model.onnx").exists():
            print(f"{FOLDER}: no artefacts; run `make artefacts` first", file=sys.stderr)
            return 2
        results = _measure().to_json().encode()
        write(RESULTS, lambda target: target.write(results))
    page = render(from_json(RESULTS.read_text())).encode()
    write(PAGE, lambda target: target.write(page))
    print(f"{PAGE.relative_to(environments.ROOT)} written")
    return 0


def _measure() -> Results:
    for environment in (environments.APP, environments.LAMBDA, environments.AZUREML):
        environments.ensure(environment)
    machine = _machine()
    canary = DESCRIBED.canary_request
    batch_body = json.dumps({"instances": [DESCRIBED.canary.instance] * measure.BATCH}).encode()
    event = {"httpMethod": "POST", "headers": {"Content-Type": "application/json"}, "body": canary.decode()}
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        print("app: closed and open loops", flush=True)
        app = measure.measure_app(FOLDER, canary, batch_body, scratch)
        print("Azure ML's server", flush=True)
        azureml = measure.measure_azureml(FOLDER, FOLDER / "azureml-code.zip", canary, scratch)
        print("Lambda, cold and warm", flush=True)
        on_lambda = measure.measure_lambda(FOLDER / "lambda-function.zip", FOLDER, event, scratch)
    date = datetime.now(UTC).date().isoformat()
    sizes = _sizes(app.worker_resident)
    return Results(date, machine, app.closed, app.opened, app.batch, azureml, on_lambda, sizes, app.client_cpu)


def _machine() -> Machine:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.machine()
    return Machine(processor, len(os.sched_getaffinity(0)), platform.python_version(), os.getloadavg()[0])


def _sizes(worker_resident: int) -> Sizes:
    packages = environments.APP.folder / "lib"
    serving = environments.ROOT / "serving"
    code = [*serving.glob("*.py"), *serving.glob("adapters/*.py"), *serving.glob("server/*.py"), FOLDER / "model.onnx"]
    manifest = json.loads((serving / "artefacts.json").read_text())["files"]
    return Sizes(
        image_packages=sum(file.stat().st_size for file in packages.rglob("*") if file.is_file()),
        image_code_and_model=sum(file.stat().st_size for file in code),
        lambda_layer=manifest["lambda-layer.zip"]["unpacked_bytes"],
        lambda_function=manifest["lambda-function.zip"]["bytes"] + manifest["lambda-model.zip"]["bytes"],
        worker_resident=worker_resident,
    )


if __name__ == "__main__":
    sys.exit(main())
