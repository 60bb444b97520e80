"""What one run of the load test measured, as it is kept in serving/loadtest.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from serving.loadtest.targets import Level


@dataclass(frozen=True, slots=True)
class OpenLevel:
    """An open-loop measurement: `share` of the sustainable throughput was offered, as requests per second."""

    share: float
    offered: float
    answered: float
    p50: float
    p95: float
    p99: float
    failed: int


@dataclass(frozen=True, slots=True)
class LambdaTimes:
    """Seconds. `cold` is from process start to the first poll, `cold_uncompiled` without any cached bytecode."""

    cold: list[float]
    cold_uncompiled: list[float]
    warm_p50: float
    warm_p95: float
    warm_p99: float


@dataclass(frozen=True, slots=True)
class Machine:
    """`load` is the one-minute load average before the run, other work on the machine included."""

    processor: str
    cores: int
    python: str
    load: float


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes: the image's packages, its code and model; the Lambda archives; one worker's resident memory after load."""

    image_packages: int
    image_code_and_model: int
    lambda_layer: int
    lambda_function: int
    worker_resident: int


@dataclass(frozen=True, slots=True)
class Results:
    """`batch` is instances per second in requests of 32 of them, `client_cpu` the client's own share of its core."""

    date: str
    machine: Machine
    closed: list[Level]
    opened: list[OpenLevel]
    batch: float
    azureml: list[Level]
    on_lambda: LambdaTimes
    sizes: Sizes
    client_cpu: float

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"


def from_json(text: str) -> Results:
    """The results that `to_json` wrote."""
    document: Mapping[str, Any] = json.loads(text)
    return Results(
        date=document["date"],
        machine=Machine(**document["machine"]),
        closed=[Level(**level) for level in document["closed"]],
        opened=[OpenLevel(**level) for level in document["opened"]],
        batch=document["batch"],
        azureml=[Level(**level) for level in document["azureml"]],
        on_lambda=LambdaTimes(**document["on_lambda"]),
        sizes=Sizes(**document["sizes"]),
        client_cpu=document["client_cpu"],
    )
