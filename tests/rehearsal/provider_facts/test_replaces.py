from __future__ import annotations

from collections.abc import Iterator

import pytest

from rehearsal.provider_facts import replaces
from tests.rehearsal.provider_facts import replacement_facts


def facts() -> Iterator[tuple[str, str, bool]]:
    for package, table in (("aws", replacement_facts.AWS), ("azure-native", replacement_facts.AZURE)):
        for name, (replacing, updating) in table.items():
            yield from ((f"{package}:{name}", path, True) for path in replacing.split())
            yield from ((f"{package}:{name}", path, False) for path in updating.split())


FACTS = list(facts())


@pytest.mark.parametrize(("token", "path", "expected"), FACTS)
def test_a_change_does_what_the_cloud_does(token: str, path: str, expected: bool) -> None:
    assert replaces(token, path) is expected


def test_both_answers_are_well_covered() -> None:
    assert sum(expected for _, _, expected in FACTS) >= 150
    assert sum(not expected for _, _, expected in FACTS) >= 150


def test_a_quoted_key_with_dots_is_one_name() -> None:
    assert replaces("aws:sagemaker/model:Model", 'primaryContainer.environment["a.b"]')


@pytest.mark.parametrize("path", ["tags", "tagsAll.x", "tags[0]"])
def test_tags_never_replace(path: str) -> None:
    assert not replaces("aws:sagemaker/endpointConfiguration:EndpointConfiguration", path)


def test_a_type_nobody_knows_is_updated() -> None:
    assert not replaces("aws:nowhere/thing:Thing", "name")
    assert not replaces("random:index/randomId:RandomId", "byteLength")
