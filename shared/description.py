"""What is wrong with `model/model.toml`, all of it at once and before an engine starts.

The app reads the same keys without these types (serving/description.py): it runs where only the standard library is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from math import inf
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from shared.block import Block
from shared.container import Container
from shared.ownership import Tags
from shared.problem import Problem
from shared.reading import Fault, read_blocks
from shared.release import VERSION
from shared.request_schema import FILE

Sizes = tuple[Annotated[int, Field(ge=1)], ...]


class Input(Block):
    """A tensor that the model takes; without `shape` a single number."""

    name: str
    shape: Sizes = ()
    lowest: float | None = None
    highest: float | None = None
    integer: bool = False


class Output(Block):
    """A tensor that the model gives."""

    name: str
    shape: Sizes = ()
    labels: tuple[str, ...] = ()


class Canary(Block):
    """An instance, and what the prediction for it must hold."""

    instance: Any
    answer: dict[str, Any]


class Description(Block):
    """The file as a whole. The stacks' configs carry name and version."""

    name: Annotated[str, *Tags.model_fields["model"].metadata]
    version: str = Field(pattern=VERSION)
    most_instances: int = Field(default=256, ge=1)
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    canary: Canary
    container: Container | None = None


def find_problems(file: Path = FILE) -> list[Problem]:
    """Everything that is wrong with the description in a file, each with its line."""
    shown = f"{file.parent.name}/{file.name}"
    try:
        text = file.read_text(encoding="utf-8")
        values = tomllib.loads(text)
    except OSError as error:
        return [Problem.of(file=shown, key="", line=0, found=f"{error.strerror}".lower(), expected="a description")]
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"at line (\d+)", str(error))
        line, hint = int(match[1]) if match else 0, str(error)
        return [Problem.of(file=shown, key="", line=line, found="no TOML", expected="a well-formed file", hint=hint)]
    blocks, faults = read_blocks(Description, values)
    if not faults:
        faults = list(contradictions(Description(**blocks)))
    return [
        Problem.of(
            file=shown,
            line=find_line(text, fault.path),
            key=".".join(map(str, fault.path)),
            found=fault.found,
            expected=fault.expected,
            hint=fault.message,
        )
        for fault in faults
    ]


def contradictions(described: Description) -> Iterator[Fault]:
    """What cannot be, of keys that are each valid."""
    for key, tensors in (("inputs", described.inputs), ("outputs", described.outputs)):
        names = [tensor.name for tensor in tensors]
        if not names:
            yield Fault((key,), "an empty list", f"a table [[{key}]] at least")
            return
        for index, name in enumerate(names):
            if name in names[:index]:
                yield Fault((key, index, "name"), repr(name), "a name that no other has")
    for index, tensor in enumerate(described.inputs):
        if tensor.lowest is not None and tensor.highest is not None and tensor.lowest > tensor.highest:
            yield Fault(("inputs", index, "lowest"), f"{tensor.lowest:g}", f"at most highest ({tensor.highest:g})")
            return
    yield from misfits(described.canary.instance, described.inputs)
    outputs = {output.name for output in described.outputs}
    for name in described.canary.answer.keys() - outputs:
        yield Fault(("canary", "answer", name), repr(name), f"one of outputs: {', '.join(sorted(outputs))}")


def misfits(instance: Any, inputs: Sequence[Input]) -> Iterator[Fault]:
    """Where the canary is no instance: a value of the only input, or a table of the inputs. Of each the first alone."""
    path = ("canary", "instance")
    if len(inputs) == 1:
        yield from islice(misfits_of_tensor(instance, inputs[0], inputs[0].shape, path), 1)
        return
    names = [tensor.name for tensor in inputs]
    if not isinstance(instance, dict) or {*instance} != {*names}:
        found = f"a table of {', '.join(instance)}" if isinstance(instance, dict) else describe(instance)
        yield Fault(path, found, f"a table of {', '.join(names)}")
        return
    for tensor in inputs:
        yield from islice(misfits_of_tensor(instance[tensor.name], tensor, tensor.shape, (*path, tensor.name)), 1)


def misfits_of_tensor(value: Any, tensor: Input, shape: Sequence[int], path: tuple[str | int, ...]) -> Iterator[Fault]:
    if shape:
        if not isinstance(value, list) or len(value) != shape[0]:
            yield Fault(path, describe(value), f"a list of {shape[0]}")
            return
        for index, inner in enumerate(value):
            yield from misfits_of_tensor(inner, tensor, shape[1:], (*path, index))
        return
    kinds = (int,) if tensor.integer else (int, float)
    low = -inf if tensor.lowest is None else tensor.lowest
    high = inf if tensor.highest is None else tensor.highest
    if type(value) not in kinds or not low <= value <= high:
        yield Fault(path, describe(value), f"a {'whole ' if tensor.integer else ''}number from {low:g} to {high:g}")


def describe(value: Any) -> str:
    return f"a list of {len(value)}" if isinstance(value, list) else repr(value)


def find_line(text: str, path: Iterable[str | int]) -> int:
    """Line (from 1) of the key, or of the nearest table around it that the text has; tables of a list are counted."""
    wanted = [str(part) for part in path]
    table, seen, nearest, length = list[str](), dict[str, int](), 1, 0
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([\w.-]+)\s*\]", line):
            table = header[2].split(".")
            if header[1] == "[[":
                seen[header[2]] = seen.get(header[2], -1) + 1
                table.append(str(seen[header[2]]))
            here = table
        elif key := re.match(r"\s*([\w.-]+)\s*=", line):
            here = [*table, *key[1].split(".")]
        else:
            continue
        if len(here) > length and wanted[: len(here)] == here:
            nearest, length = number, len(here)
    return nearest
