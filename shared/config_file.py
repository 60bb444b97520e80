"""Reads one stack's `Pulumi.<env>.yaml` into typed settings; every fault comes with its file and line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml

from shared.problem import Problem, did_you_mean
from shared.reading import Fault, read
from shared.regions import REGION_KEY
from shared.settings import StackSettings
from shared.yaml_lines import Document

S = TypeVar("S", bound=StackSettings)
# namespaces that belong to the engine and the providers, not to the stack
PROVIDERS = frozenset({"pulumi", "aws", "awsx", "azure-native", "random", "tls", "docker-build"})


def config_path(folder: Path, environment: str) -> Path:
    return folder / f"Pulumi.{environment}.yaml"


def name_file(path: Path) -> str:
    """`stacks/<name>/Pulumi.<env>.yaml`, wherever the checkout lies."""
    return "/".join(path.parts[-3:])


def check_file(settings: type[S], folder: Path, environment: str) -> tuple[S | None, list[Problem]]:
    """The settings in the file, or None and all its faults. Needs no engine and no cloud SDK."""
    path = config_path(folder, environment)
    try:
        document = Document(path)
    except OSError:
        names = sorted(p.name for p in folder.glob("Pulumi.*.yaml"))
        hint = did_you_mean(path.name, names)
        return None, [_whole_file(path, "no such file", f"one of {', '.join(names)}", hint)]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        return None, [
            _whole_file(path, "invalid YAML", "a well-formed file", getattr(error, "problem", None) or str(error), line)
        ]
    config = document.values.get("config") if isinstance(document.values, Mapping) else None
    if not isinstance(config, Mapping):
        return None, [_whole_file(path, "nothing under `config`", "a mapping", line=1)]
    if former := of_another_project(config, folder.name):
        expected = f"{folder.name}:, the project's name"
        return None, [_whole_file(path, f"keys that begin with {former}:", expected, "rename them all", line=1)]
    result, faults = read(settings, blocks_of(config, folder.name), environment)
    faults += provider_faults(settings, config, folder.name)
    return (None if faults else result), [locate(fault, folder.name, path, document) for fault in faults]


def _whole_file(path: Path, found: str, expected: str, message: str = "", line: int = 0) -> Problem:
    return Problem.of(file=name_file(path), line=line, key="", found=found, expected=expected, hint=message)


def blocks_of(config: Mapping[str, Any], project: str) -> dict[str, Any]:
    """The keys of the project's own namespace; Pulumi reads a key without one as the project's."""
    blocks = {}
    for key, value in config.items():
        namespace, _, name = str(key).rpartition(":")
        if namespace in ("", project):
            blocks[name] = value
    return blocks


def of_another_project(config: Mapping[str, Any], project: str) -> str:
    """The namespace of the stack's own keys if all of them have another project's, as after a renaming; else empty."""
    namespaces = {str(key).rpartition(":")[0] for key in config} - PROVIDERS
    return namespaces.pop() if len(namespaces) == 1 and not namespaces & {"", project} else ""


def provider_faults(settings: type[StackSettings], config: Mapping[str, Any], project: str) -> list[Fault]:
    """Keys of unknown namespaces, and a provider that stands in another region than the stack's first."""
    faults = []
    known = {*PROVIDERS, project}
    for key in map(str, config):
        namespace = key.split(":")[0]
        if ":" in key and namespace not in known:
            expected = f"a key of {project} or of a provider"
            faults.append(Fault((key,), "an unknown namespace", expected, did_you_mean(namespace, known)))
    region_key = REGION_KEY[settings.cloud]
    availability = blocks_of(config, project).get("availability")
    regions = availability.get("regions") if isinstance(availability, Mapping) else None
    first = regions[0] if isinstance(regions, list) and regions else None
    region = config.get(region_key)
    if region is None:
        faults.append(
            Fault((region_key,), "nothing", f"the first of availability.regions ({first})", "the key is missing")
        )
    elif first is not None and region != first:
        faults.append(Fault((region_key,), str(region), f"the first of availability.regions ({first})"))
    return faults


def locate(fault: Fault, project: str, path: Path, document: Document | None) -> Problem:
    """The fault with the file, the line and the key as written in the YAML."""
    block, *rest = fault.path
    qualified = str(block) if ":" in str(block) else f"{project}:{block}"
    line = 0
    if document is not None:
        line = document.line(["config", qualified, *rest])
        if line == document.line(["config"]):
            line = document.line(["config", block, *rest])
    key = ".".join([qualified, *map(str, rest)])
    return Problem.of(
        file=name_file(path), line=line, key=key, found=fault.found, expected=fault.expected, hint=fault.message
    )
