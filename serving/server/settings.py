"""The server's settings, read once from the environment and refused by name when wrong."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class SettingError(ValueError):
    """A variable of the environment is wrong; the message names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Times are seconds, sizes bytes. `workers` processes, each predicting on one thread at a time."""

    host: str
    port: int
    workers: int
    max_concurrency: int
    body_timeout: float
    drain_announce: float
    drain: float
    model_dir: Path
    model_sha256: str | None
    log_level: str


def read(environment: Mapping[str, str]) -> Settings:
    """Read the settings. Raises `SettingError` where a variable is not what is expected.

    `SAGEMAKER_BIND_TO_PORT` wins over `PORT` because SageMaker sets it on containers it runs beside others.
    `MAX_CONCURRENCY` is per worker. `DRAIN_ANNOUNCE_SECONDS` is how long `/ready` says 503 before the listener closes,
    `DRAIN_SECONDS` how long requests in flight may then take; both together must stay under the platform's stop
    timeout (ECS `stopTimeout`, 30 by default).
    """
    port_name = "SAGEMAKER_BIND_TO_PORT" if environment.get("SAGEMAKER_BIND_TO_PORT") else "PORT"
    return Settings(
        host=environment.get("HOST", "127.0.0.1"),
        port=int(_number(environment, port_name, "8080", 0, 65535)),
        workers=int(_number(environment, "WORKERS", str(available_cores()), 1, 256)),
        max_concurrency=int(_number(environment, "MAX_CONCURRENCY", "64", 1, 10_000)),
        body_timeout=_number(environment, "BODY_TIMEOUT_SECONDS", "10", 0.01, 60),
        drain_announce=_number(environment, "DRAIN_ANNOUNCE_SECONDS", "5", 0, 300),
        drain=_number(environment, "DRAIN_SECONDS", "20", 0.1, 300),
        model_dir=Path(environment.get("MODEL_DIR", "/opt/ml/model")),
        model_sha256=environment.get("MODEL_SHA256") or None,
        log_level=_one_of(environment, "LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    )


def available_cores(quota: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """Cores that this process may use: those it may run on, or fewer when a container's CPU quota is smaller.

    `quota` is cgroup v2's file, "<microseconds or max> <microseconds per period>"; without it there is no quota.
    """
    # macOS, where the app is only tried out, knows no affinity
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        allowed, period = quota.read_text().split()
    except OSError:
        return cores
    return cores if allowed == "max" else max(1, min(cores, int(allowed) // int(period)))


def _number(environment: Mapping[str, str], name: str, default: str, lowest: float, highest: float) -> float:
    text = environment.get(name) or default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    whole = name.endswith("_SECONDS") or value == int(value) if value == value else False
    if not (whole and lowest <= value <= highest):
        raise SettingError(f"{name}: expected a number from {lowest} to {highest}, found {text!r}")
    return value


def _one_of(environment: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = environment.get(name) or default
    if value not in allowed:
        raise SettingError(f"{name}: expected one of {', '.join(allowed)}, found {value!r}")
    return value
