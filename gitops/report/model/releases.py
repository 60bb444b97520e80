"""A release of a model: from which version to which, how traffic moves, what watches it and how one goes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil

from gitops.records import Operation, RunRecord
from gitops.releases import Release, read_release, serves_another
from gitops.report.text.words import join_arrow

DIGITS = 12
"""Of a digest: as many as tell two apart."""


@dataclass(frozen=True)
class ModelRelease:
    """What a stack serves next, in one or more environments; `sizes` are the artefacts' bytes, None if not known."""

    stack: str
    environments: tuple[str, ...]
    before: Release
    after: Release
    sizes: tuple[int | None, int | None] = (None, None)

    @property
    def version(self) -> str:
        return join_arrow(self.before.model_version, self.after.model_version)

    @property
    def content(self) -> str:
        """Digests of the model and of the image, if there is one, and the model's size if the new one is known."""
        model = join_arrow(abbreviate(self.before.artefact_digest), abbreviate(self.after.artefact_digest))
        was, is_now = abbreviate(self.before.image), abbreviate(self.after.image)
        image = "the same image" if was and was == is_now else is_now and f"image {join_arrow(was, is_now)}"
        sizes = [format_size(size) if size else "" for size in self.sizes]
        return ", ".join(filter(None, (model and f"model {model}", sizes[1] and join_arrow(*sizes), image)))

    @property
    def traffic(self) -> str:
        return "; ".join(describe_traffic(self.before, self.after))

    @property
    def watch(self) -> str:
        """What is alarmed on, and what an alarm does."""
        alarms = self.after.alarms
        if alarms is None:
            return ""
        limits = f"more than {alarms.error_percent:g} % errors or a 99th percentile over {alarms.latency_ms:g} ms"
        return f"{limits} {'reverts it' if self.after.alarms_turn_back else 'sends mail and reverts nothing'}"

    @property
    def way_back(self) -> str:
        """The page that says how to go back."""
        return f"stacks/{self.stack}/README.md"


def collect_releases(records: Iterable[RunRecord], sizes: Mapping[str, int]) -> tuple[ModelRelease, ...]:
    """The stacks that serve another model or image afterwards; the same release in several environments once.

    `sizes` are bytes by digest (`sha256:…`).
    """
    merged: dict[tuple[str, str, str], ModelRelease] = {}
    for record in records:
        before, after = read_release(record.outputs_before), read_release(record.outputs)
        if record.operation not in (Operation.PREVIEW, Operation.UPDATE) or not (before and after):
            continue
        if not serves_another(before, after):
            continue
        bytes_of = sizes.get(before.artefact_digest), sizes.get(after.artefact_digest)
        new = ModelRelease(record.stack, (record.environment,), before, after, bytes_of)
        key = (record.stack, repr(before), repr(after))
        known = merged.get(key)
        merged[key] = replace(known, environments=(*known.environments, record.environment)) if known else new
    return tuple(merged.values())


def describe_traffic(before: Release, after: Release) -> Iterator[str]:
    """`canary: 10 % first, watched for 5 min, then the rest`; where there are slots, how their shares move."""
    steps = after.steps
    if after.traffic:
        was, is_now = (", ".join(f"{slot} {share} %" for slot, share in r.traffic.items()) for r in (before, after))
        yield f"traffic stays: {is_now}" if was == is_now else join_arrow(was, is_now)
        return
    match after.strategy:
        case "canary" if steps.wait:
            yield f"canary: {steps.percent} % first, watched for {format_time(steps.wait)}, then the rest"
        case "canary":
            yield f"canary: {steps.percent} % first; the rest moves with a later change"
        case "linear":
            total = format_time(steps.wait * (ceil(100 / steps.percent) - 1))
            yield f"linear: {steps.percent} % every {format_time(steps.wait)}, all of it after {total}"
        case "rolling":
            yield f"rolling: {steps.percent} % of the instances at a time"
        case "blue_green" | "all_at_once":
            yield f"{after.strategy.replace('_', ' ')}: all of it in one step"
    if after.steps.bake:
        yield f"the old version stays for {format_time(after.steps.bake)} more"


def abbreviate(digest: str) -> str:
    """`sha256:ef0bdb6e3dce95…` or `host/name@sha256:ef0b…` → `ef0bdb6e3dce`."""
    return digest.rpartition("sha256:")[2][:DIGITS] if "sha256:" in digest else ""


def format_time(seconds: int) -> str:
    """`90 s`, `5 min`."""
    return f"{seconds // 60} min" if seconds >= 60 and seconds % 60 == 0 else f"{seconds} s"


def format_size(count: int) -> str:
    """`1.8 MB`, `7 GB`: powers of ten, as disks and clouds count."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} B"
