"""`python -m tests.policies.conditions [MODULE …]`: changes each condition of the rules in turn and asks who notices.

A change that no row of data notices is printed. If the condition decides nothing, remove it; if no row holds it, add
one to `conditions/`. What needs neither is in `unnoticed.yaml`, with its reason.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from types import FrameType
from typing import Any

from tests.files import read_yaml
from tests.policies.changed_code import FOLDER, MODULES, Mutant, mutants
from tests.policies.questions import Question, questions

REASONS: dict[str, list[str]] = read_yaml(Path(__file__).with_name("unnoticed.yaml"))
UNNOTICED = {change: reason for reason, changes in REASONS.items() for change in changes}


def trace(question: Question) -> set[tuple[str, int]]:
    """The lines of the pack that run for a question. Raises AssertionError: the rules answer it otherwise."""
    seen = set[tuple[str, int]]()

    def line(frame: FrameType, _event: str, _argument: Any) -> Any:
        seen.add((frame.f_code.co_filename, frame.f_lineno))
        return line

    def call(frame: FrameType, event: str, argument: Any) -> Any:
        return line(frame, event, argument) if frame.f_code.co_filename.startswith(str(FOLDER)) else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        assert question.holds(), question
    finally:
        sys.settrace(before)
    return seen


def unnoticed(modules: list[str]) -> tuple[int, list[Mutant]]:
    """How many changes there are, and those that no question notices."""
    near = defaultdict[tuple[str, int], list[Question]](list)
    for question in questions():
        for place in trace(question):
            near[place].append(question)
    tried, lost = 0, list[Mutant]()
    for mutant in (mutant for module in modules for mutant in mutants(module)):
        tried += 1
        original = mutant.function.__code__
        asked = {id(each): each for line in mutant.lines for each in near[original.co_filename, line]}
        mutant.function.__code__ = mutant.code
        try:
            if all(question.holds() for question in asked.values()):
                lost.append(mutant)
        finally:
            mutant.function.__code__ = original
    return tried, lost


def main() -> None:
    tried, lost = unnoticed(sys.argv[1:] or list(MODULES))
    for mutant in (each for each in lost if str(each) not in UNNOTICED):
        print(f"policies/{mutant.module.replace('.', '/')}.py:{mutant.lines.start}: nothing notices {mutant}")
    listed = sum(str(mutant) in UNNOTICED for mutant in lost)
    print(f"{tried - len(lost)} of {tried} changed conditions are noticed, {listed} have a reason not to be")


if __name__ == "__main__":
    main()
