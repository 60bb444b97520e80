"""Batch: queues with their compute environments, and the sizes of jobs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from rehearsal.judge.program import Program, Resource, as_number
from rehearsal.judge.refusal import Found, rule

ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
_API = "https://docs.aws.amazon.com/batch/latest/APIReference"
_INVALID = "ClientException"
_FARGATE_MEMORY: dict[float, tuple[int, ...]] = {
    0.25: (512, 1024, 2048),
    0.5: (1024, 2048, 3072, 4096),
    1: tuple(range(2048, 8193, 1024)),
    2: tuple(range(4096, 16385, 1024)),
    4: tuple(range(8192, 30721, 1024)),
    8: tuple(range(16384, 61441, 4096)),
    16: tuple(range(32768, 122881, 8192)),
    32: (61440, 122880, 249856),
}
"""The MiB of memory that a job on Fargate may have with so many vCPUs."""


@rule("aws:batch/jobQueue:JobQueue", source=f"{_API}/API_CreateJobQueue.html")
def environments_of_one_kind(it: Resource, program: Program) -> Found:
    places = [f"{path}.computeEnvironment" for path, _ in it.blocks("computeEnvironmentOrders")]
    sources = [program.by_urn[urn] for urn in it.sources.get("computeEnvironmentOrders", ()) if urn in program.by_urn]
    made = [source for source in sources if source.type == ENVIRONMENT]
    # Unknown ARNs of a list cannot be told apart, but together they are all that the list holds.
    if len(made) != len(places):
        made = [one for place in places if (one := program.refer(it, place, ENVIRONMENT))]
    types = {one.name: one.text("computeResources.type") for one in made}
    kinds = {name: kind.startswith("FARGATE") for name, kind in types.items() if kind}
    if len(set(kinds.values())) > 1:
        message = f"{_INVALID}: EC2 and Fargate compute environments can't be mixed in a job queue"
        yield "computeEnvironmentOrders", f"{message}: {', '.join(map(repr, kinds))}"


@rule("aws:batch/jobDefinition:JobDefinition", source=f"{_API}/API_ResourceRequirement.html")
def job_fits_fargate(it: Resource) -> Found:
    if it.get("platformCapabilities") != ["FARGATE"]:
        return
    needs = dict(_requirements(it.text("containerProperties")))
    cores, memory = needs.get("VCPU"), needs.get("MEMORY")
    if cores is not None and memory is not None and memory not in _FARGATE_MEMORY.get(cores, ()):
        message = f"Fargate resource requirements ({cores:.2f} vCPU, {memory:g} MiB) not valid."
        yield "containerProperties", f"{_INVALID}: Error executing request, Exception : {message}"


def _requirements(text: str) -> Iterator[tuple[str, float | None]]:
    try:
        properties = json.loads(text or "{}")
    except ValueError:
        return
    listed = properties.get("resourceRequirements") if isinstance(properties, Mapping) else None
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, Mapping):
            yield str(one.get("type")), as_number(one.get("value"))
