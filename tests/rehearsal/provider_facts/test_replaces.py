from __future__ import annotations

from collections.abc import Iterator

import pytest

from rehearsal.provider_facts import replaces
from rehearsal.provider_facts.replacement import most_specific
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
@pytest.mark.parametrize("token", ["sagemaker/endpointConfiguration:EndpointConfiguration", "ec2/keyPair:KeyPair"])
def test_tags_never_replace(token: str, path: str) -> None:
    """Not even where CloudFormation cannot change them in place, as those of a key pair."""
    assert not replaces(f"aws:{token}", path)


@pytest.mark.parametrize(
    ("replacing", "updating", "verdict"),
    [
        ([("a",)], [("a", "b")], False),
        ([("a", "b")], [("a",)], True),
        ([("a",)], [], True),
        ([], [("a",)], False),
        ([("c",)], [("c",)], None),
    ],
)
def test_the_most_specific_path_decides(
    replacing: list[tuple[str, ...]], updating: list[tuple[str, ...]], verdict: bool | None
) -> None:
    assert most_specific(("a", "b"), replacing, updating) is verdict


def test_a_type_nobody_knows_is_updated() -> None:
    assert not replaces("aws:nowhere/thing:Thing", "name")
    assert not replaces("random:index/randomId:RandomId", "byteLength")
