"""`python -m tests.bench.policies`: what the judge costs: its start, a resource, a check, ten times the resources."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from statistics import median

from policies.examples import Raw
from tests.policies.mutations import inventory, targets
from tests.policies.test_start import PACK, command
from tests.policies.wire import host, judge

ROUNDS = 5


def start_seconds() -> float:
    """From starting the process to the port it prints."""
    begin = time.monotonic()
    process = subprocess.Popen(
        command(PACK), cwd=PACK, stdout=subprocess.PIPE, text=True, env={**os.environ, "PULUMI_STACK": "prod"}
    )
    try:
        assert process.stdout
        int(process.stdout.readline())
        return time.monotonic() - begin
    finally:
        process.terminate()
        process.wait(timeout=10)


def times(raw: Raw, factor: int) -> Raw:
    """A stack of that many copies of another, each copy referring within itself."""

    def named(key: str, copy: int) -> str:
        return f"{key}-{copy}"

    return {
        named(key, copy): {
            **each,
            "name": named(each.get("name", key), copy),
            "parent": named(each["parent"], copy) if each.get("parent") else "",
            "links": {path: [named(to, copy) for to in keys] for path, keys in each.get("links", {}).items()},
        }
        for copy in range(factor)
        for key, each in raw.items()
    }


def judged_seconds(raw: Raw, target: str) -> float:
    stack, _, environment = target.partition("/")
    pack = host(environment)
    begin = time.process_time()
    judge(raw, pack, environment, stack)
    return time.process_time() - begin


def checks(raw: Raw, target: str) -> int:
    """How many times a rule is asked about a resource."""
    types = [each["type"] for each in raw.values()]
    levels = host(target.partition("/")[2]).judge.levels
    return sum(types.count(type_) for rule, level in levels.items() if level.value != "disabled" for type_ in rule.on)


def main() -> None:
    print(f"pack start           {median(start_seconds() for _ in range(ROUNDS)):.2f} s, median of {ROUNDS}")
    every = {target: inventory(target) for target in targets()}
    seconds = median(sum(judged_seconds(raw, target) for target, raw in every.items()) for _ in range(ROUNDS))
    resources = sum(len(raw) for raw in every.values())
    asked = sum(checks(raw, target) for target, raw in every.items())
    print(f"{len(every)} targets           {seconds:.2f} s of CPU for {resources} resources and {asked} checks")
    print(f"per resource         {1000 * seconds / resources:.2f} ms")
    print(f"checks per second    {asked / seconds:.0f}")
    raw = every["ecs_service/prod"]
    once = median(judged_seconds(raw, "ecs_service/prod") for _ in range(ROUNDS))
    tenfold = judged_seconds(times(raw, 10), "ecs_service/prod")
    print(f"ten times resources  {tenfold / once:.1f} x the time of one ({once:.3f} s, {tenfold:.3f} s)")


if __name__ == "__main__":
    sys.exit(main())
