"""Which CloudFormation property a Pulumi property is, within one object of a schema.

Pulumi's AWS names are Terraform's: camelCase, plural where a list is meant, and without the resource's own name in
front (`name` for `EndpointConfigName`). A name is matched in that order of trust; what matches only loosely
(`subnets` for `SubnetIds`) is good enough to know what is create-only, not to judge a value by.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")
_LOOSE_SUFFIXES = ("id", "ids", "arn", "arns", "name", "names", "config", "configuration", "document", "identifier")


@dataclass(frozen=True)
class Match:
    """A CloudFormation property; `exact` when its values are known to follow the same rules as Pulumi's."""

    name: str
    exact: bool


def match(
    name: str, candidates: Collection[str], resource: str = "", renamed: Mapping[str, str] | None = None
) -> Match | None:
    """The candidate that `name` means, or None.

    `resource` is the last part of the CloudFormation type at the top level, where its own name or the end of it may
    precede a property's (`EndpointConfigName`, a PreparedStatement's `StatementName`); `renamed` are the exceptions,
    Pulumi's name → CloudFormation's.
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
    """The plural of a singular, the singular of a plural."""
    if name.endswith("ies"):
        yield name.removesuffix("ies") + "y"
    elif name.endswith("s"):
        yield name.removesuffix("s")
    elif name.endswith("y"):
        yield name.removesuffix("y") + "ies"
    yield name + "s"
