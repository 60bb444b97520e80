"""Step Functions: the fields of a state machine's states, and their expressions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rehearsal.judge.program import Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.tables import read_table

_MACHINE = "aws:sfn/stateMachine:StateMachine"
_TABLE = read_table(Path(__file__).with_name("states.toml"))
_PROCESSOR = {*_TABLE["machine"], "ProcessorConfig"} - {"QueryLanguage"}
_ENDLESS = ("Choice", "Succeed", "Fail")
_RESOURCE = re.compile(r"arn:aws[a-z-]*:[a-z-]+:[a-z0-9-]*:[0-9]*:[a-z0-9-]+:[\w.-]+(:(\$LATEST|[\w.-]+))?")
_COMPARED = re.compile(
    r"And|Or|Not|StringMatches|Is(Boolean|Null|Numeric|Present|String|Timestamp)|BooleanEquals(Path)?"
    r"|(String|Numeric|Timestamp)(Equals|(Less|Greater)Than(Equals)?)(Path)?"
)
_EXPRESSION = re.compile(r"\{%\s*(.*?)\s*%\}", re.DOTALL)
_UNFINISHED = re.compile(r"(:=|[+\-&=<>(,\[{])$")
_CLOSED = {")": "(", "]": "[", "}": "{"}

_Wrong = Iterator[tuple[str, str]]
"""Where in the definition, and what is wrong there."""


@rule(
    _MACHINE,
    source="https://github.com/awslabs/statelint/blob/0b0425f03770e02a584eaa5829a43525e60df454/data/StateMachine.j2119",
)
def fields_of_states(it: Resource) -> Found:
    machine = _read(it)
    if isinstance(machine, Mapping):
        language = "JSONata" if machine.get("QueryLanguage") == "JSONata" else "JSONPath"
        for at, wrong in _machine(machine, "", language, set(_TABLE["machine"])):
            code = "" if "JSONATA_EXPRESSION: " in wrong else "SCHEMA_VALIDATION_FAILED: "
            yield "definition", f"InvalidDefinition: Invalid State Machine Definition: '{code}{wrong} at {at or '/'}'"


@rule(_MACHINE, source="https://github.com/aws-cloudformation/cfn-lint/issues/3616")
def states_have_names_of_their_own(it: Resource) -> Found:
    names = list(_names(_read(it)))
    for name in sorted({name for name in names if names.count(name) > 1}):
        message = "InvalidDefinition: Invalid State Machine Definition: 'DUPLICATE_STATE_NAME: Duplicate State name"
        yield "definition", f"{message}: {name}'"


def _names(machine: Any) -> Iterator[str]:
    """The names of states, also of nested ones; a distributed Map runs its own in other executions."""
    states = machine.get("States") if isinstance(machine, Mapping) else None
    for name, state in states.items() if isinstance(states, Mapping) else ():
        yield name
        branches = state.get("Branches") if isinstance(state, Mapping) else None
        for branch in branches if isinstance(branches, list) else ():
            yield from _names(branch)
        for kind in ("ItemProcessor", "Iterator") if isinstance(state, Mapping) else ():
            inside = state.get(kind)
            if isinstance(inside, Mapping) and "ProcessorConfig" not in inside:
                yield from _names(inside)


def _read(it: Resource) -> Any:
    try:
        return json.loads(it.text("definition") or "null")
    except ValueError:
        return None


def _machine(machine: Mapping[str, Any], at: str, language: str, known: set[str]) -> _Wrong:
    yield from _unsupported(machine, known, at)
    yield from _missing(machine, ("StartAt", "States"), at)
    yield from _numbers({name: machine[name] for name in machine if name == "TimeoutSeconds"}, at, "JSONPath")
    states = machine.get("States")
    for name, state in states.items() if isinstance(states, Mapping) else ():
        if not isinstance(state, Mapping):
            yield f"{at}/States/{name}", "a state is an object"
            continue
        yield from _state(state, f"{at}/States/{name}", language)
        for kind in ("ItemProcessor", "Iterator"):
            if isinstance(state.get(kind), Mapping):
                yield from _machine(state[kind], f"{at}/States/{name}/{kind}", language, _PROCESSOR)
        branches = state.get("Branches")
        for index, branch in enumerate(branches if isinstance(branches, list) else ()):
            if isinstance(branch, Mapping):
                yield from _machine(branch, f"{at}/States/{name}/Branches[{index}]", language, set(_TABLE["machine"]))


def _state(state: Mapping[str, Any], at: str, language: str) -> _Wrong:
    kind = state.get("Type")
    if not isinstance(kind, str) or kind not in _TABLE["fields"]:
        yield at, f"Type is one of {', '.join(_TABLE['fields'])}, not {kind!r}"
        return
    if language == "JSONata" and state.get("QueryLanguage") == "JSONPath":
        yield at, "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"
    language = "JSONata" if "JSONata" in (language, state.get("QueryLanguage")) else "JSONPath"
    yield from _unsupported(state, {*_TABLE["every"], *_TABLE["fields"][kind]}, at)
    yield from _missing(state, _TABLE["required"].get(kind, ()), at)
    for other in _TABLE["languages"].keys() - {language}:
        for field in sorted(state.keys() & set(_TABLE["languages"][other]) & set(_TABLE["fields"][kind])):
            message = f"but field '{field}' is only supported for the '{other}' QueryLanguage"
            yield at, f"The QueryLanguage is set to '{language}', {message}"
    yield from _ends(state, at)
    yield from _values(state, at, language)
    yield from _entries(state, at, language)
    if language == "JSONata":
        yield from _expressions({name: value for name, value in state.items() if name not in _INSIDE}, at)


_INSIDE = ("Catch", "ItemProcessor", "Iterator", "Branches")
"""What holds other states, or knows other values."""


def _unsupported(holder: Mapping[str, Any], known: set[str], at: str) -> _Wrong:
    yield from ((at, f"Field '{field}' is not supported") for field in holder if field not in known)


def _missing(holder: Mapping[str, Any], names: tuple[str, ...], at: str) -> _Wrong:
    yield from ((at, f"Missing field '{name}'") for name in names if holder.get(name) in (None, "", []))


def _ends(state: Mapping[str, Any], at: str) -> _Wrong:
    if state["Type"] not in _ENDLESS and (state.get("End") is True) == ("Next" in state):
        yield at, "a state has either a Next, or an End that is true"
    if state["Type"] == "Map" and ("ItemProcessor" in state) == ("Iterator" in state):
        yield at, "a Map has either an ItemProcessor or an Iterator"


def _values(state: Mapping[str, Any], at: str, language: str) -> _Wrong:
    yield from _numbers(state, at, language)
    for name in state:
        if f"{name}Path" in state and name not in ("Input", "Output", "Result"):
            yield at, f"There should only be one of the following fields: [{name}, {name}Path]"
    for name in ("InputPath", "OutputPath", "ResultPath"):
        if state.get(name) is not None and not str(state[name]).startswith("$"):
            yield f"{at}/{name}", "Value is not a valid JSONPath"
    resource = state.get("Resource")
    if resource and not (isinstance(resource, str) and _RESOURCE.fullmatch(resource)):
        yield f"{at}/Resource", "Value is not a valid resource ARN"


def _numbers(holder: Mapping[str, Any], at: str, language: str) -> _Wrong:
    for name, (least, greatest) in _TABLE["numbers"].items():
        value = holder.get(name, least)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            if not (language == "JSONata" and isinstance(value, str) and _EXPRESSION.fullmatch(value)):
                yield f"{at}/{name}", f"Expected a number, and not {value!r}"
        elif value < least:
            yield f"{at}/{name}", f"Minimum value is {least}"
        elif value > greatest:
            yield f"{at}/{name}", f"Maximum value is {greatest}"


def _entries(state: Mapping[str, Any], at: str, language: str) -> _Wrong:
    """Yields what is wrong in the retriers, the catchers and the choices of a state."""
    required = {"Retry": ("ErrorEquals",), "Catch": ("ErrorEquals", "Next"), "Choices": ("Next",)}
    for kind, names in required.items():
        listed = state.get(kind)
        for index, entry in enumerate(listed if isinstance(listed, list) else ()):
            here = f"{at}/{kind}[{index}]"
            if not isinstance(entry, Mapping):
                yield here, "an object is expected"
                continue
            yield from _missing(entry, names, here)
            if kind == "Retry":
                yield from _numbers(entry, here, language)
            elif kind == "Choices" and language == "JSONata":
                yield from _unsupported(entry, {"Assign", "Comment", "Condition", "Next", "Output"}, here)
                yield from _missing(entry, ("Condition",), here)
            elif kind == "Choices":
                yield from _compared(entry, here)


def _compared(entry: Mapping[str, Any], at: str) -> _Wrong:
    found = [name for name in entry if _COMPARED.fullmatch(name)]
    if len(found) != 1:
        yield at, f"a choice compares once, not {len(found)} times"
    if not str(entry.get("Variable", "$")).startswith("$"):
        yield f"{at}/Variable", "Value is not a valid JSONPath"
    for name in found:
        kind: tuple[type, ...] = (bool,) if re.fullmatch("Is.*|BooleanEquals", name) else (str,)
        kind = (int, float) if re.fullmatch("Numeric.*(Than|Equals)", name) else kind
        if name not in ("And", "Or", "Not") and type(entry[name]) not in kind:
            yield f"{at}/{name}", f"{entry[name]!r} is of another type"
        for inside in entry[name] if name in ("And", "Or") and isinstance(entry[name], list) else ():
            if isinstance(inside, Mapping):
                yield from _compared(inside, at)
        if name == "Not" and isinstance(entry[name], Mapping):
            yield from _compared(entry[name], at)


def _expressions(value: Any, at: str) -> _Wrong:
    """Yields JSONata that does not parse or names what it has not: https://github.com/floci-io/floci/issues/2670."""
    for name, inside in value.items() if isinstance(value, Mapping) else ():
        yield from _expressions(inside, f"{at}/{name}")
    for index, inside in enumerate(value if isinstance(value, list) else ()):
        yield from _expressions(inside, f"{at}[{index}]")
    found = _EXPRESSION.fullmatch(value) if isinstance(value, str) else None
    if found and not re.search("[\"'`/]", found[1]):
        text = found[1]
        if re.fullmatch(r"[A-Za-z_]\w*(\.\w+)*", text) and text not in ("true", "false", "null"):
            yield at, f"UNSUPPORTED_JSONATA_EXPRESSION: Reference to '{text}' at the top level is not supported."
        if re.search(r"\$\$(?![\w$])", text) or "$states.errorOutput" in text:
            yield at, "UNSUPPORTED_JSONATA_EXPRESSION: the value is not offered there"
        if _UNFINISHED.search(text) or not _is_balanced(text):
            yield at, "INVALID_JSONATA_EXPRESSION: Unexpected end of expression"


def _is_balanced(text: str) -> bool:
    opened: list[str] = []
    for letter in re.findall(r"[()\[\]{}]", text):
        if letter in _CLOSED.values():
            opened.append(letter)
        elif not opened or opened.pop() != _CLOSED[letter]:
            return False
    return not opened
