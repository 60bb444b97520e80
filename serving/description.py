"""What is served: `model/model.toml`, typed. Every adapter, check and package follows from it.

    python -m serving.description --canary     # the request that health and smoke checks send

Standard library only: the Lambda router imports it as well.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

FILE = Path(__file__).resolve().parents[1] / "model" / "model.toml"
FLOAT32 = 3.4028234663852886e38
"""The largest number that a model's 32-bit input can hold."""


class BadDescription(ValueError):
    """The file is not what is expected; the message names it and the key."""


@dataclass(frozen=True)
class Input:
    """A tensor that the model takes. `shape` is of one instance; `lowest` to `highest` are allowed, both included."""

    name: str
    shape: list[int] = field(default_factory=list)
    lowest: float = -FLOAT32
    highest: float = FLOAT32
    integer: bool = False

    @property
    def kind(self) -> str:
        """`a number from 0 to 16`, as an error says it."""
        kind = "a whole number" if self.integer else "a number"
        low = f" from {self.lowest:g}" if self.lowest > -FLOAT32 else ""
        high = f" {'to' if low else 'up to'} {self.highest:g}" if self.highest < FLOAT32 else ""
        return kind + low + high


@dataclass(frozen=True)
class Output:
    """A tensor that the model gives. `labels` name the values of a whole number: for 2, `labels[2]` is answered."""

    name: str
    shape: list[int] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Canary:
    """An instance, and what the prediction for it must hold, numbers with a fraction only nearly (`_is_near`)."""

    instance: Any
    answer: dict[str, Any]


@dataclass(frozen=True)
class Description:
    name: str
    version: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    canary: Canary
    most_instances: int = 256
    container: dict[str, Any] = field(default_factory=dict)  # one of one's own: shared/container.py reads it

    @cached_property
    def canary_request(self) -> bytes:
        return json.dumps({"instances": [self.canary.instance]}, separators=(",", ":")).encode()

    def misses_canary(self, prediction: Mapping[str, Any]) -> str:
        """How a prediction for the canary differs from the answer expected; empty if it does not."""
        for name, expected in self.canary.answer.items():
            found = prediction.get(name)
            if not _is_near(found, expected):
                return f"{name}: expected {expected!r}, found {found!r}"
        return ""


def _is_near(found: Any, expected: Any) -> bool:
    """Whether numbers with a fraction, at any depth, differ by 0.001 or a hundred-thousandth of themselves at most, and
    all else is the same: of a 32-bit number's seven digits the processor decides the last ones."""
    if isinstance(expected, list) and isinstance(found, list):
        return len(found) == len(expected) and all(map(_is_near, found, expected))
    if isinstance(expected, float) and isinstance(found, (int, float)):
        return math.isclose(found, expected, rel_tol=1e-5, abs_tol=1e-3)
    return found == expected


T = TypeVar("T")
KINDS = {"str": str, "int": int, "float": (int, float), "bool": bool, "list": list, "dict": dict, "Any": object}


def read(file: Path = FILE) -> Description:
    """The description in a file.

    Raises:
        BadDescription: it is missing, no TOML, or a key is missing, unknown or of another kind.
    """
    where = f"{file.parent.name}/{file.name}"
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadDescription(f"{where}: cannot be read ({error.strerror})") from error
    except tomllib.TOMLDecodeError as error:
        raise BadDescription(f"{where}: no TOML: {error}") from error
    tables = {"inputs": (Input, list), "outputs": (Output, list), "canary": (Canary, dict)}
    for key, (kind, container) in tables.items():
        value = document.get(key)
        if not value or not isinstance(value, container):
            raise BadDescription(f"{where}: {key}: expected {'tables [[' if container is list else 'a table ['}{key}]")
        if isinstance(value, list):
            document[key] = tuple(_typed(kind, each, f"{where}: {key}[{i}]") for i, each in enumerate(value))
        else:
            document[key] = _typed(kind, value, f"{where}: {key}")
    return _typed(Description, document, where)


def _typed(kind: type[T], values: Mapping[str, Any], where: str) -> T:
    known = {each.name: each for each in fields(kind)}  # type: ignore[arg-type]
    for name, value in values.items():
        if name not in known:
            raise BadDescription(f"{where}: {name}: unknown, expected {', '.join(known)}")
        expected = str(known[name].type).partition("[")[0]
        if expected in KINDS and not isinstance(value, KINDS[expected]):
            raise BadDescription(f"{where}: {name}: expected {expected}, found {value!r}")
    for name, each in known.items():
        if name not in values and each.default is MISSING and each.default_factory is MISSING:
            raise BadDescription(f"{where}: {name}: missing")
    return kind(**values)


try:
    DESCRIBED = read()
except BadDescription as error:  # whatever program of serving/ this is, it has nothing to serve
    print(f"error: {error}", file=sys.stderr)
    sys.exit(2)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m serving.description", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--canary", action="store_true", help="print the canary's request")
    if parser.parse_args().canary:
        sys.stdout.write(DESCRIBED.canary_request.decode())
    else:
        print(f"{DESCRIBED.name} {DESCRIBED.version}")


if __name__ == "__main__":
    main()
