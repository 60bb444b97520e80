"""Matches a Pulumi property to a CloudFormation property, within one object of a schema.

Pulumi's AWS names are Terraform's: camelCase, plural for a list, and without the resource's name as a prefix (`name`
for `EndpointConfigName`). Exact matches are tried first. A loose match (`subnets` for `SubnetIds`) is good enough to
find create-only properties, but not to check values.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")
_LOOSE_SUFFIXES = ("id", "ids", "arn", "arns", "name", "names", "config", "configuration", "document", "identifier")


@dataclass(frozen=True)
class Match:
    """A CloudFormation property. `exact` is true if the same rules certainly apply to its values and to Pulumi's."""

    name: str
    exact: bool


def match(
    name: str, candidates: Collection[str], resource: str = "", renamed: Mapping[str, str] | None = None
) -> Match | None:
    """Returns the candidate that corresponds to the Pulumi property `name`, or None.

    At the top level, `resource` is the last part of the CloudFormation type. This name or its end may be a prefix of a
    property's name (`EndpointConfigName`, `StatementName` of a PreparedStatement). `renamed` maps Pulumi's names to
    CloudFormation's for the exceptions.
    """
    if renamed and renamed.get(name) in candidates:
        return Match(renamed[name], exact=True)
    folded = {candidate.lower(): candidate for candidate in candidates}
    for spelling in _exact_spellings(name.lower(), resource):
        if spelling in folded:
            return Match(folded[spelling], exact=True)
    for spelling in _loose_spellings(name.lower()):
        if spelling in folded:
            return Match(folded[spelling], exact=False)
    return None


def _exact_spellings(name: str, resource: str) -> Iterator[str]:
    yield name
    yield from _other_number(name)
    words = _WORD.findall(resource)
    for first in range(len(words)):
        yield "".join(words[first:]).lower() + name


def _loose_spellings(name: str) -> Iterator[str]:
    for stem in (name, *_other_number(name)):
        for suffix in _LOOSE_SUFFIXES:
            yield stem + suffix
            if stem.endswith(suffix):
                yield stem.removesuffix(suffix)


def _other_number(name: str) -> Iterator[str]:
    """Yields the possible plurals of a singular and singulars of a plural."""
    if name.endswith("ies"):
        yield name.removesuffix("ies") + "y"
    elif name.endswith("s"):
        yield name.removesuffix("s")
    elif name.endswith("y"):
        yield name.removesuffix("y") + "ies"
    yield name + "s"
