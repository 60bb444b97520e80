"""Names that a provider makes up where the program gives none: from a seed that is new in every run of the engine.

Two runs of the same change differ only in these names. A value that merely looks like such a name must not be ignored:
it may come from a look-up, which may answer differently after the review.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

Given = Mapping[str, Collection[str]]
"""The properties that the program gives, by URN, of the resources that this process registers itself."""

RANDOM_END = re.compile(r"-?[0-9a-f]{7,8}")
"""How aws and azure-native end such a name: `-1a2b3c4` and `1a2b3c4d`
(https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming)."""
DEFAULTS = "__defaults"
"""Where most types of a provider made from Terraform's note what they filled in; those of the newer plugin framework
do not (https://github.com/pulumi/pulumi-terraform-bridge/blob/master/pkg/tfbridge/info/autonaming.go)."""
RANDOMLY_NAMED = "__createBeforeDelete"
"""What azure-native notes of a resource that it gave a random name
(https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/provider/autonaming_test.go)."""


def find_automatic(urn: str, inputs: Mapping[str, Any], given: Given) -> tuple[str, ...]:
    """The properties of checked inputs, as the engine prints them, whose value is a name that the provider made up.

    Empty for a resource that another process registers (inside a provider's component), because nobody records it
    there.
    """
    name = urn.rsplit("::", 1)[-1]
    return tuple(
        sorted(path for path, value in inputs.items() if looks_made(value, name) and is_left(urn, path, inputs, given))
    )


def looks_made(value: Any, name: str) -> bool:
    return isinstance(value, str) and value.startswith(name) and bool(RANDOM_END.fullmatch(value[len(name) :]))


def is_left(urn: str, path: str, inputs: Mapping[str, Any], given: Given) -> bool:
    """Whether the program leaves the property to the provider."""
    if path in given.get(urn, ()):
        return False
    noted = inputs.get(DEFAULTS)
    if isinstance(noted, list):
        return path in noted
    return urn in given or inputs.get(RANDOMLY_NAMED) is True
