"""What the fork's environments may release: each another build, but never two contents under one name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from gitops.checkout.targets import discover
from tests.stacks.configs import on_disk
from tests.worlds import ROOT


def releases(value: Any) -> Iterator[tuple[str, str]]:
    """Every artefact in a store that a config names, at any depth, with the digest beside it.

    A path in the checkout is inside an image: what lies there is whatever was built last.
    """
    if isinstance(value, Mapping):
        if "://" in value.get("artefact", "") and "artefact_digest" in value:
            yield value["artefact"], value["artefact_digest"]
        for inner in value.values():
            yield from releases(inner)


def contents(configs: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, list[str]]]:
    """Artefact → digest → the targets that say so, of every artefact with more than one digest."""
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for target, config in configs.items():
        for artefact, digest in releases(config):
            said[artefact][digest].append(target)
    return {artefact: dict(digests) for artefact, digests in said.items() if len(digests) > 1}


def test_an_artefact_has_one_content_whoever_releases_it() -> None:
    assert contents({str(target): on_disk(target) for target in discover(ROOT)}) == {}


def test_two_contents_of_one_artefact_are_seen_and_two_artefacts_are_not() -> None:
    old, new = ({"web:release": {"artefact": "s3://models/1", "artefact_digest": digest}} for digest in "ab")
    other = {"web:release": {"artefact": "s3://models/2", "artefact_digest": "b"}}

    assert contents({"dev": other, "prod": old}) == {}
    assert contents({"dev": new, "prod": old}) == {"s3://models/1": {"b": ["dev"], "a": ["prod"]}}
