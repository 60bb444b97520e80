"""Contradictions that every backend refuses; a stack adds its own in its `settings.py`."""

from __future__ import annotations

from collections.abc import Iterator

from shared.availability import Availability
from shared.container import Chip, Container
from shared.environments import is_production
from shared.ownership import Alarms
from shared.problem import did_you_mean
from shared.regions import REGIONS, Cloud
from shared.release import Release, Strategy
from shared.scaling import Scaling
from shared.settings import Check, Contradiction, StackSettings


def min_below_max(scaling: Scaling) -> Iterator[Contradiction]:
    if scaling.min > scaling.max:
        yield Contradiction("scaling.min", scaling.min, f"at most scaling.max ({scaling.max})")
    for name, schedule in scaling.schedules.items():
        bounds, key = scaling.bounds(schedule), f"scaling.schedules.{name}"
        if bounds.min <= bounds.max:
            continue
        if schedule.min is not None:
            limit = "scaling.max" if schedule.max is None else f"{key}.max"
            yield Contradiction(f"{key}.min", bounds.min, f"at most {limit} ({bounds.max})")
        elif schedule.max is not None:
            yield Contradiction(f"{key}.max", bounds.max, f"at least scaling.min ({bounds.min})")


def scale_in_not_faster_than_out(scaling: Scaling) -> Iterator[Contradiction]:
    cooldowns = scaling.cooldowns
    if cooldowns.scale_in < cooldowns.scale_out:
        yield Contradiction(
            "scaling.cooldowns.scale_in",
            cooldowns.scale_in,
            f"at least scaling.cooldowns.scale_out ({cooldowns.scale_out})",
            "if instances are removed faster than they are added, the number oscillates",
        )


def metrics_the_backend_has(scaling: Scaling, backend: type[StackSettings]) -> Iterator[Contradiction]:
    if scaling.metric in scaling.also:
        key = f"scaling.also.{scaling.metric}"
        yield Contradiction(key, scaling.also[scaling.metric], f"another metric than scaling.metric ({scaling.metric})")
    known = ", ".join(backend.metrics)
    for metric, target in scaling.targets.items():
        main = metric == scaling.metric
        span = backend.metrics.get(metric)
        if span is None:
            key = "scaling.metric" if main else f"scaling.also.{metric}"
            yield Contradiction(key, str(metric), f"one of {known}", "this backend cannot scale on it")
        elif not span.low <= target <= span.high:
            key = "scaling.target" if main else f"scaling.also.{metric}"
            yield Contradiction(key, target, f"{span.low:g} to {span.high:g} for {metric}")


def floor_is_kept(scaling: Scaling, availability: Availability) -> Iterator[Contradiction]:
    floor = availability.min_instances
    for key, minimum in scaling.minima.items():
        if minimum < floor:
            yield Contradiction(key, minimum, f"at least availability.min_instances ({floor})")


def never_at_zero(why: str) -> Check:
    """A check of every `min`, for a backend that cannot scale to zero."""

    def check(scaling: Scaling) -> Iterator[Contradiction]:
        for key, least in scaling.minima.items():
            if least < 1:
                yield Contradiction(key, least, "at least 1", why)

    return check


def regions_exist(availability: Availability, backend: type[StackSettings]) -> Iterator[Contradiction]:
    known = REGIONS[backend.cloud]
    for index, region in enumerate(availability.regions):
        if region not in known:
            key = f"availability.regions.{index}"
            yield Contradiction(key, region, f"a region of {backend.cloud}", did_you_mean(region, known))
    if len(set(availability.regions)) < len(availability.regions):
        yield Contradiction("availability.regions", list(availability.regions), "each region once")


def region_count_fits(availability: Availability, backend: type[StackSettings]) -> Iterator[Contradiction]:
    count = len(availability.regions)
    if backend.multi_region and count < 2:
        yield Contradiction("availability.regions", list(availability.regions), "at least two regions")
    if not backend.multi_region and count > 1:
        yield Contradiction(
            "availability.regions", list(availability.regions), "one region: this backend serves from one region only"
        )


def zone_ids_are_as_many(availability: Availability, backend: type[StackSettings]) -> Iterator[Contradiction]:
    named, wanted = len(availability.zone_ids), availability.zones * len(availability.regions)
    if named and backend.cloud is not Cloud.AWS:
        yield Contradiction("availability.zone_ids", list(availability.zone_ids), "nothing: only AWS's zones have ids")
    elif named and named != wanted:
        expected = f"{wanted}: availability.zones ({availability.zones}) for each of availability.regions"
        yield Contradiction("availability.zone_ids", list(availability.zone_ids), expected)


def production_survives_a_zone(availability: Availability, environment: str) -> Iterator[Contradiction]:
    if not is_production(environment):
        return
    if availability.zones < 2:
        yield Contradiction(
            "availability.zones", availability.zones, f"at least 2 in {environment}", "one zone can fail as a whole"
        )


def strategy_the_backend_has(release: Release, backend: type[StackSettings]) -> Iterator[Contradiction]:
    if release.strategy not in backend.strategies:
        known = ", ".join(sorted(backend.strategies))
        yield Contradiction(
            "release.strategy", str(release.strategy), f"one of {known}", "this backend has no such rollout"
        )


def model_fits_the_backend(
    release: Release, backend: type[StackSettings], container: Container | None
) -> Iterator[Contradiction]:
    largest = backend.largest_in_container_mb if container else backend.largest_model_mb
    if largest and release.model_mb and release.model_mb > largest:
        yield Contradiction("release.model_mb", release.model_mb, f"at most {largest}", GUIDE)


def container_fits_the_backend(
    release: Release, backend: type[StackSettings], container: Container | None
) -> Iterator[Contradiction]:
    if container is None:
        return
    if not backend.largest_in_container_mb:
        expected = "no [container] in model/model.toml: this backend runs the app in serving/ only"
        yield Contradiction("release.artefact", release.artefact, expected, GUIDE)
    elif container.chip not in backend.chips:
        expected = f"a backend with {container.chip}, the container.chip of model/model.toml"
        yield Contradiction("release.artefact", f"one with {', '.join(sorted(backend.chips))}", expected, GUIDE)
    elif container.slowest_seconds > backend.longest_call_seconds:
        expected = f"at most {backend.longest_call_seconds} for container.slowest_seconds of model/model.toml"
        yield Contradiction("release.artefact", container.slowest_seconds, expected, GUIDE)


def folder_is_pinned_and_measured(release: Release, container: Container | None) -> Iterator[Contradiction]:
    """Nothing compares a folder's bytes with its digest, so its name must contain the digest: other bytes, another
    folder."""
    if not release.is_folder:
        return
    if container is None:
        yield Contradiction("release.artefact", release.artefact, "a file", "the app in serving/ loads one ONNX file")
    if f"/{release.digest_hex[:SHORT]}/" not in release.artefact:
        expected = f"…/{release.digest_hex[:SHORT]}/, the first digits of release.artefact_digest"
        yield Contradiction("release.artefact", release.artefact, expected, "a folder is pinned by its name")
    if release.model_mb is None:
        yield Contradiction(
            "release.model_mb", None, "MB of the folder", "the backend must know whether the model fits"
        )


def instances_have_the_chip(
    key: str, instance_type: str, found: Chip, container: Container | None
) -> Iterator[Contradiction]:
    """For a backend whose instance types determine the chip: an unused chip costs money, a missing one fails."""
    wanted = container.chip if container else Chip.CPU
    if found is not wanted:
        serves = "the container of model/model.toml" if container else "the app in serving/"
        yield Contradiction(key, instance_type, f"a type with {wanted}, which {serves} computes on")


def stepped_strategies_have_steps(release: Release) -> Iterator[Contradiction]:
    stepped = {Strategy.CANARY, Strategy.LINEAR, Strategy.ROLLING}
    if release.strategy in stepped and release.steps.percent == 100:
        key = "release.steps.percent"
        yield Contradiction(key, release.steps.percent, f"below 100 for {release.strategy}", "100 is all at once")


def recipients_are_mail_addresses(alarms: Alarms) -> Iterator[Contradiction]:
    for index, address in enumerate(alarms.notify):
        local, at, domain = address.partition("@")
        if not (local and at and "." in domain) or " " in address:
            yield Contradiction(f"alarms.notify.{index}", address, "a mail address such as team@example.com")


GUIDE = "see docs/choose-a-backend.md"
SHORT = 12
"""Digits of a folder's digest in its name."""

COMMON: tuple[Check, ...] = (
    min_below_max,
    scale_in_not_faster_than_out,
    metrics_the_backend_has,
    floor_is_kept,
    regions_exist,
    region_count_fits,
    zone_ids_are_as_many,
    production_survives_a_zone,
    strategy_the_backend_has,
    model_fits_the_backend,
    container_fits_the_backend,
    folder_is_pinned_and_measured,
    stepped_strategies_have_steps,
    recipients_are_mail_addresses,
)
