"""The page docs/load-test.md: a pure function of the results, formulas shown, so that every number can be checked."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from serving.loadtest.results import OpenLevel, Results
from serving.loadtest.targets import (
    P99_LIMIT_SECONDS,
    PROVISIONED_UTILISATION,
    REQUESTS_PER_ENVIRONMENT,
    SAFETY,
    Level,
    concurrency,
    per_minute,
    sustainable,
)

CORES = {"1 (Fargate `cpu: 1024`)": 1, "2 (`ml.c7i.large`)": 2, "4 (`ml.c7i.xlarge`)": 4}
# for all deployments of one managed endpoint; the stack's own setting is `limits.requests_per_second`
AZURE_REQUESTS_PER_SECOND = 500
AZURE_LIMITS = "https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas"
LAMBDA_RATES = (10, 100, 500, 1000, 5000)


def render(results: Results) -> str:
    """The whole page as Markdown."""
    best = sustainable(results.closed)
    azure = sustainable(results.azureml)
    sections = [
        _head(results),
        _describe_closed(results.closed, best, results.batch),
        _describe_open(results.opened),
        _targets(best, azure),
        _lambda(results),
        _azure(results.azureml),
        _sizes(results),
    ]
    return "\n\n".join(sections) + "\n"


def _head(results: Results) -> str:
    machine = results.machine
    shared = (
        f"Other work ran on it at the same time (load average {machine.load:.2f} before the start), "
        "so the numbers are low."
        if machine.load >= 1
        else f"No core was kept busy by other work (load average {machine.load:.2f} before the start)."
    )
    return f"""# Load test

Written by `make loadtest` from `serving/loadtest.json`; do not edit. It measures the reference model on one machine and
derives the scaling targets that the stacks' YAML files cite. A model of your own needs its own run, on the instance
type it will have: replace `serving/`'s model, run `make loadtest` there, commit both files.

Measured on {results.date}: {machine.processor}, {machine.cores} cores, Python {machine.python}. {shared}
One worker process on one core, the load client on another ({results.client_cpu:.0%} of its core busy), all on the
loopback interface; one instance per request unless said otherwise."""


def _describe_closed(levels: Sequence[Level], best: Level, batch: float) -> str:
    return f"""## Closed loop: each connection waits for its answer before it asks again

{_table("concurrency | requests/s per core | p50 ms | p95 ms | p99 ms", map(_level_row, levels))}

**Sustainable throughput per core: {best.throughput:,.0f} requests/s**, the highest with p99 within
{P99_LIMIT_SECONDS * 1000:.0f} ms (at concurrency {best.concurrency}).
In requests of 32 instances the same core predicts {batch:,.0f} instances/s."""


def _describe_open(levels: Sequence[OpenLevel]) -> str:
    rows = (f"{o.share:.0%} | {o.offered:,.0f} | {o.answered:,.0f} | {_latencies(o)} | {o.failed}" for o in levels)
    header = "of the sustainable throughput | offered/s | answered/s | p50 ms | p95 ms | p99 ms | failed"
    return f"""## Open loop: requests arrive at random moments, answered or not

Latency counts from the moment of arrival, so waiting is part of it.

{_table(header, rows)}"""


def _targets(best: Level, azure: Level) -> str:
    rows = (
        f"{name} | {per_minute(best.throughput, n):,} | {per_minute(azure.throughput, n):,}"
        for name, n in CORES.items()
    )
    return f"""## Targets: requests per minute that one instance is scaled at

    target = sustainable throughput per core x vCPUs x 60 s x {SAFETY}      (rounded down to two digits)

{SAFETY} is the factor of AWS's guide to load testing endpoints: the other half carries the minutes until the next
instance serves. `WORKERS` defaults to one process per vCPU, hence the factor of vCPUs.

{_table("vCPUs | SageMaker `InvocationsPerInstance`, ECS `RequestCountPerTarget` | Azure ML requests per minute", rows)}

CPU targets stay at 60 to 70 % for the same reason; on both metrics the autoscaler follows whichever asks for more.

Azure lets {AZURE_REQUESTS_PER_SECOND} requests/s through to one endpoint until it has raised that
[limit]({AZURE_LIMITS}): no instance is ever asked for more than
{AZURE_REQUESTS_PER_SECOND} x 60 / `scaling.max` requests per minute, and a target above that is refused."""


def _lambda(results: Results) -> str:
    times = results.on_lambda
    cold = (
        _seconds_row("cold start, packages compiled", times.cold),
        _seconds_row("cold start, no bytecode (as in the layer)", times.cold_uncompiled),
    )
    rows = (f"{rate:,} | {rate * times.warm_p95:.2f} | {concurrency(rate, times.warm_p95)}" for rate in LAMBDA_RATES)
    each, target = REQUESTS_PER_ENVIRONMENT, 60 * REQUESTS_PER_ENVIRONMENT * PROVISIONED_UTILISATION
    percent = f"{PROVISIONED_UTILISATION:.0%}"
    return f"""## Lambda

{_table("what | median | slowest", cold)}

Cold start is from the start of the process to the first poll of the Runtime API: the interpreter, the packages, the
model. Lambda adds the time to place the environment and to fetch the archives.
A warm call, Runtime API included, takes {_ms(times.warm_p50)} ms (p50), {_ms(times.warm_p95)} ms (p95),
{_ms(times.warm_p99)} ms (p99).

    environments = max(requests/s x p95 duration, requests/s / {each}) / {PROVISIONED_UTILISATION}

The first is Little's law. The second is Lambda's own: it admits {each} requests a second for each unit of concurrency,
so calls shorter than {1000 / each:.0f} ms use up the rate long before the environments are busy. Both at {percent}.

{_table("requests/s | environments busy | provisioned concurrency", rows)}

In `stacks/lambda_api` the target is {target:.0f} requests a minute for each warm copy, and {percent} of the copies in
use for requests that take longer. An environment alone could answer {1 / times.warm_p95:,.0f} requests/s."""


def _azure(levels: Sequence[Level]) -> str:
    return f"""## Azure ML's server (gunicorn and Flask, one worker on one core)

{_table("concurrency | requests/s per core | p50 ms | p95 ms | p99 ms", map(_level_row, levels))}"""


def _sizes(results: Results) -> str:
    sizes = results.sizes
    rows = [
        f"image, packages on top of its base | {_megabytes(sizes.image_packages)}",
        f"image, code and model | {_megabytes(sizes.image_code_and_model)}",
        f"Lambda layer, unpacked | {_megabytes(sizes.lambda_layer)}",
        f"Lambda function and model | {_megabytes(sizes.lambda_function)}",
        f"one worker's memory after the load | {_megabytes(sizes.worker_resident)}",
    ]
    return f"""## Sizes

{_table("what | MB", rows)}

Lambda's limit for function and layers together is 250 MB unpacked. The base image is not counted: there is no container
engine where this was measured."""


def _table(header: str, rows: Iterable[str]) -> str:
    columns = header.count("|") + 1
    return "\n".join(f"| {line} |" for line in [header, " | ".join(["---"] * columns), *rows])


def _level_row(level: Level) -> str:
    return f"{level.concurrency} | {level.throughput:,.0f} | {_latencies(level)}"


def _latencies(level: Level | OpenLevel) -> str:
    return " | ".join(_ms(seconds) for seconds in (level.p50, level.p95, level.p99))


def _seconds_row(name: str, seconds: Sequence[float]) -> str:
    return f"{name} | {statistics.median(seconds):.2f} s | {max(seconds):.2f} s"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f}"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f}"
