"""What every stack's settings have in common: the blocks, and what a backend declares about itself.

A stack's `settings.py` derives one class from `StackSettings`, adds the block of its own, and says which metrics and
strategies its backend can honour. It is imported before the engine starts, so it imports no cloud SDK.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, NamedTuple

from shared.availability import Availability
from shared.block import Block
from shared.container import Chip
from shared.ownership import Alarms, Logs, Tags
from shared.regions import Cloud
from shared.release import ONNX_FILE_MB, Release, Strategy
from shared.scaling import Metric, Scaling


class Contradiction(NamedTuple):
    """Two settings that are each valid and cannot both hold; `key` is the path without the project (`scaling.max`)."""

    key: str
    found: object
    expected: str
    message: str = ""


class Span(NamedTuple):
    """The targets a backend accepts for a metric, both ends included."""

    low: float
    high: float


Check = Callable[..., Iterator[Contradiction]]
"""Parameters name what the check needs: blocks by their key, `environment: str`, `backend: type[StackSettings]`.
`container: Container | None` is the one that model/model.toml describes. A check runs when all the blocks it names
are valid in themselves."""


class StackSettings(Block):
    """The config of one stack in one environment: each field is a top-level key of `Pulumi.<env>.yaml`.

    `alarms_turn_back`: an alarm during a release moves the traffic back automatically. `largest_model_mb` is for the
    app in `serving/`, `largest_in_container_mb` for a container of one's own (0: not supported).
    `longest_call_seconds`: after that time the caller gets an error.
    """

    cloud: ClassVar[Cloud]
    metrics: ClassVar[Mapping[Metric, Span]]
    strategies: ClassVar[frozenset[Strategy]]
    multi_region: ClassVar[bool] = False
    largest_model_mb: ClassVar[int] = ONNX_FILE_MB
    largest_in_container_mb: ClassVar[int] = 0
    chips: ClassVar[frozenset[Chip]] = frozenset({Chip.CPU})
    longest_call_seconds: ClassVar[int] = 60
    alarms_turn_back: ClassVar[bool] = False
    checks: ClassVar[tuple[Check, ...]] = ()

    scaling: Scaling
    availability: Availability
    release: Release
    tags: Tags
    alarms: Alarms
    logs: Logs
