"""Reads which inputs exclude or need each other from the SDK's documentation.

pulumi-aws takes its documentation from the Terraform provider, which states the checks of its schemas in fixed
phrases: "Conflicts with `cidr`.", "Exactly one of `id` or `name` must be specified.". Only a sentence that is or ends
with such a phrase is read. One with a condition ("unless", "if") counts for nothing, and neither does a name that is no
input of the same object. "Cannot be used with" and "Required if" are not read: neither the provider nor AWS enforces
all of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from rehearsal.sdk.case import camel_case
from rehearsal.sdk.documented import read_descriptions
from rehearsal.sdk.types import Property

_SENTENCES = re.compile(r"(?<=[.;*])\s+(?=[A-Z>*`]|see )|(?<=`)\s+(?=[A-Z>])|\s+>\s+")
_QUOTED = re.compile(r"`([^`]+)`")
_CONDITION = re.compile(r"\b(?:if|when|unless|except|setting)\b", re.IGNORECASE)
# Every resource has its own region, whatever the documentation says that it needs.
_NEVER = "region"
# Statements that AWS does not hold to.
_WRONG = frozenset(
    {
        # A number beside the primary address: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/
        # API_InstanceNetworkInterfaceSpecification.html (SecondaryPrivateIpAddressCount)
        ("ipv4AddressCount", "ipv4Addresses"),
        # Augmented manifests need neither: https://docs.aws.amazon.com/comprehend/latest/APIReference/
        # API_EntityRecognizerInputDataConfig.html (DataFormat)
        ("annotations", "entityList"),
    }
)


@dataclass(frozen=True)
class Group:
    """Inputs of one object of which at most one (`exclusive`), or at least one (`needed`), or both, must be given."""

    names: tuple[str, ...]
    exclusive: bool = False
    needed: bool = False


def _phrase(pattern: str) -> re.Pattern[str]:
    given = r"(?:specified|configured|provided|set|defined)"
    names = r"(?P<names>`[^`]+`(?:(?:,? (?:and|or|and a) |, ?| ?& ?)`[^`]+`)*)(?: blocks?| attributes?| arguments?)?"
    end = r"(?P<both>,? \(?but not both\)?)?(?:,? (?:as|so|because|and requires)\b.*|: this determines .*)?[.;*]*"
    return re.compile(r"(?P<before>(?:.*[\s*:])?)" + pattern.replace("GIVEN", given).replace("NAMES", names) + end)


# Which inputs the described input excludes.
_EXCLUDED = (
    _phrase(r"[Cc]onflicts? w(?:ith|th|/)\*{0,2} (?:the )?NAMES"),
    _phrase(r"[Mm]utually exclusive with NAMES"),
    _phrase(r"If you specify `\w+`, you can't specify NAMES"),
)
# Alternatives: whether they exclude each other, and whether one of them is needed.
_ALTERNATIVES = (
    (_phrase(r"[Oo]nly one of (?:either )?NAMES (?:can|may|must|should) be GIVEN"), True, False),
    (_phrase(r"[Ee]xactly one of NAMES can be GIVEN"), True, False),
    (_phrase(r"[Yy]ou (?:(?:must|can) specify either|must provide(?: the)?) NAMES"), False, False),
    (_phrase(r"Either NAMES (?:must be GIVEN|is required)"), False, True),
    (_phrase(r"(?:At least one|One) of (?:either )?NAMES (?:(?:must|has to) be GIVEN|(?:is )?required)"), False, True),
    (_phrase(r"Exactly one of NAMES (?:must be GIVEN(?: per condition)?|is required)"), True, True),
)


def read_groups(documentation: str, inputs: Mapping[str, Property]) -> tuple[Group, ...]:
    """Returns the groups that the documentation of an object's inputs states, one for the same inputs."""
    merged: dict[tuple[str, ...], Group] = {}
    for name, text in read_descriptions(documentation).items():
        if name in inputs and "`" in text:
            for sentence in _SENTENCES.split(" ".join(text.split())):
                for group in _read(name, sentence, inputs) if "`" in sentence else ():
                    known = merged.get(group.names, group)
                    both = Group(group.names, group.exclusive or known.exclusive, group.needed or known.needed)
                    merged[group.names] = both
    return tuple(group for names, group in merged.items() if _NEVER not in names and names not in _WRONG)


def _read(name: str, sentence: str, inputs: Collection[str]) -> Iterator[Group]:
    for phrase in _EXCLUDED:
        for other in _find(_match(phrase, sentence), inputs):
            if other and other != name:
                yield Group(_sort(name, other), exclusive=True)
    for phrase, exclusive, needed in _ALTERNATIVES:
        found = _match(phrase, sentence)
        names = _find(found, inputs)
        group = Group(_sort(*names), exclusive or bool(found and found["both"]), needed and all(names))
        if len(group.names) > 1 and (group.exclusive or group.needed):
            yield group


def _match(phrase: re.Pattern[str], sentence: str) -> re.Match[str] | None:
    found = phrase.fullmatch(sentence)
    return None if found and _CONDITION.search(found["before"]) else found


def _find(found: re.Match[str] | None, inputs: Collection[str]) -> list[str | None]:
    """Returns the input for each name that was found, None where there is none."""
    return [_find_input(camel_case(name), inputs) for name in _QUOTED.findall(found["names"])] if found else []


def _find_input(name: str, inputs: Collection[str]) -> str | None:
    """Lists have a plural in Pulumi: `vpc_zone_identifier`."""
    spellings = (name, f"{name}s", f"{name}es", f"{name.removesuffix('y')}ies")
    return next((spelling for spelling in spellings if spelling in inputs), None)


def _sort(*names: str | None) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}))
