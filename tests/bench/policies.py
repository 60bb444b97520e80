"""`python -m tests.bench.policies`: what the judge costs: its start, a check, ten times the resources; and checkov.

Both judge the 15 recorded targets, in turn within one run of one machine, the median of the rounds counting; seconds
are of processor time, so that what else the machine does changes neither. A check is a rule asked about a resource: for
checkov one that passed or failed, for the pack one whose rule is not disabled there. A round of the pack begins with
the recorded resources and goes through the engine's own messages; a round of checkov begins with the translated files
(tests/bench/checkov/translation.py says how). Starting the process and importing the rules is left out of both rounds
and shown beside them, in wall time.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Mapping
from statistics import median
from typing import Any

from policies.examples import Raw
from tests.bench.checkov.process import Round, running
from tests.policies.mutations import inventory, targets
from tests.policies.test_start import PACK, command
from tests.policies.wire import host, judge

ROUNDS = 5
LARGE = "sagemaker_ha/prod"


def start_seconds() -> float:
    """From starting the process to the port it prints."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        command(PACK), cwd=PACK, stdout=subprocess.PIPE, text=True, env={**os.environ, "PULUMI_STACK": "prod"}
    )
    try:
        assert process.stdout
        int(process.stdout.readline())
        return time.perf_counter() - begin
    finally:
        process.terminate()
        process.communicate(timeout=10)


def times(raw: Raw, factor: int, target: str) -> Raw:
    """A stack of that many copies of a target's, each with names and ids of its own, referring within itself."""
    stem = re.sub("[_/]", "-", target)

    def named(key: str, copy: int) -> str:
        return f"{key}-{copy}"

    return {
        named(key, copy): {
            **resource,
            "name": named(resource.get("name", key), copy),
            "parent": named(resource["parent"], copy) if resource.get("parent") else "",
            "links": {path: [named(to, copy) for to in keys] for path, keys in resource.get("links", {}).items()},
            "properties": with_names_of(copy, resource.get("properties", {}), stem),
            "adds": with_names_of(copy, resource.get("adds", {}), stem),
        }
        for copy in range(factor)
        for key, resource in raw.items()
    }


def with_names_of(copy: int, value: Any, stem: str) -> Any:
    """The value with another number in every name made from the stack's, and another end to every random suffix."""
    if isinstance(value, str):
        suffixed = re.sub(r"\b[0-9a-f]{7,}\b", lambda found: f"{found[0][:-3]}{copy:03x}", value)
        return suffixed.replace(stem, f"{stem}-{copy}")
    if isinstance(value, list):
        return [with_names_of(copy, item, stem) for item in value]
    return {key: with_names_of(copy, item, stem) for key, item in value.items()} if isinstance(value, dict) else value


def measure_judging(raw: Raw, target: str) -> float:
    """Seconds of processor time."""
    stack, _, environment = target.partition("/")
    pack = host(environment)
    begin = time.process_time()
    judge(raw, pack, environment, stack)
    return time.process_time() - begin


def checks(raw: Raw, target: str) -> int:
    """How many times a rule is asked about a resource."""
    types = [resource["type"] for resource in raw.values()]
    levels = host(target.partition("/")[2]).judge.levels
    return sum(types.count(type_) for rule, level in levels.items() if level.value != "disabled" for type_ in rule.on)


def growth(raw: Raw, target: str, rounds: int) -> None:
    """How the time grows with the resources of one stack; the fastest round of each, as noise only adds."""
    seconds: dict[int, float] = {}
    for factor in (1, 2, 5, 10):
        many = times(raw, factor, target)
        seconds[factor] = min(measure_judging(many, target) for _ in range(rounds))
        size = f"{factor:2} x {target}: {len(many):5} resources"
        print(f"  {size}  {seconds[factor]:6.3f} s  {seconds[factor] / seconds[1]:5.1f} x the time of one")


def against_checkov(every: Mapping[str, Raw], rounds: int) -> None:
    asked, resources = sum(checks(raw, target) for target, raw in every.items()), sum(map(len, every.values()))
    ours: list[float] = []
    theirs: list[Round] = []
    with running(every) as checkov:
        checkov.round()  # the first fills its caches; it counts for neither
        for _ in range(rounds):
            ours.append(sum(measure_judging(raw, target) for target, raw in every.items()))
            theirs.append(checkov.round())
    told, name = theirs[0], f"checkov {checkov.version}"
    seconds, their_seconds = median(ours), median(each.seconds for each in theirs)
    print(row("judge", asked, resources, seconds))
    print(row(name, told.checks, told.resources, their_seconds) + f"  ({told.passed} passed, {told.failed} failed)")
    ratio = (asked / seconds) / (told.checks / their_seconds)
    print(
        f"  the judge makes {ratio:.1f} x checkov's checks per second; {1000 * seconds / resources:.2f} ms per resource"
    )
    print(
        f"  start: judge {median(start_seconds() for _ in range(rounds)):.2f} s, checkov {checkov.start_seconds:.2f} s"
    )


def row(name: str, asked: int, resources: int, seconds: float) -> str:
    head = f"  {name:16} {asked:5} checks on {resources} resources"
    return f"{head}  {seconds:6.2f} s  {asked / seconds:6.0f} checks/s"


def main(rounds: int = ROUNDS) -> None:
    every = {target: inventory(target) for target in targets()}
    print(f"the judge on {len(every)} recorded targets, median of {rounds} rounds")
    against_checkov(every, rounds)
    growth(every[LARGE], LARGE, rounds)


if __name__ == "__main__":
    main()
