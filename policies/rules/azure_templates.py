"""Templates that a program deploys: what they say of resources that the program declares itself."""

from __future__ import annotations

from collections.abc import Iterator

from ..azure_traffic import TEMPLATE
from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import lifecycle


@lifecycle.medium(
    TEMPLATE,
    reference="https://learn.microsoft.com/en-us/azure/azure-resource-manager/templates/deployment-modes",
    fix="Give the template's resource the value that the program's has, or leave the property to one of them.",
)
def azure_template_agrees_with_the_program(template: Resource, stack: Stack) -> Iterator[str]:
    """A template does not contradict the program about a resource that both have.

    A resource that exists is updated with what the template says. The two then overwrite each other: the program shows
    a closed endpoint, and what was deployed last has opened it.
    """
    for nested in template.children("properties.template.resources"):
        for own in _find_declared(nested, stack):
            for path, said in _list_values(nested):
                declared = [own.child("").raw.get(path), own.child("properties").raw.get(path)]
                other = next((str(value) for value in declared if isinstance(value, str | bool)), said)
                if other.casefold() != said.casefold() and own.known(path) and own.known(f"properties.{path}"):
                    yield f'{path} is "{said}" in the template and "{other}" of {own}, wanted the same'


@lifecycle.high(
    TEMPLATE,
    reference="https://learn.microsoft.com/en-us/azure/azure-resource-manager/templates/deployment-modes",
    fix="Set mode to Incremental.",
)
def azure_template_deletes_nothing_else(template: Resource) -> Iterator[str]:
    """A template that a program deploys leaves what it does not name alone.

    In the mode Complete, Azure deletes every resource of the group that the template does not name: all that the
    program has made in it, and what others have. Nothing of it is in the preview. It is advice: a group may belong to
    the template alone.
    """
    if template.text("properties.mode") == "Complete":
        yield 'properties.mode is "Complete", which deletes what the template does not name, wanted "Incremental"'


def _find_declared(nested: Properties, stack: Stack) -> Iterator[Resource]:
    """The resources of the program that have the name and the type of a template's."""
    kind, name = nested.text("type") or "", (nested.text("name") or "").rpartition("/")[2].casefold()
    module, last = kind.partition("/")[0].partition(".")[2].casefold(), kind.rpartition("/")[2].casefold()
    for own in stack.resources:
        provider, _, type_ = own.type.rpartition(":")
        if provider == f"azure-native:{module}" and last.startswith(type_[:-1].casefold()) and name:
            names = (own.text_if_known(key) or "" for key in own.raw if key.endswith("Name"))
            if name in {each.casefold() for each in names}:
                yield own


def _list_values(nested: Properties) -> Iterator[tuple[str, str]]:
    """The texts and flags among a template's properties, without expressions, which begin with a bracket."""
    for path, value in nested.child("properties").raw.items():
        if isinstance(value, str | bool) and nested.known(f"properties.{path}") and not str(value).startswith("["):
            yield path, str(value)
