"""No rule waits for a type that does not exist: every token is a resource of an installed SDK."""

from __future__ import annotations

import ast
import importlib.util
from functools import cache
from pathlib import Path

import pytest

from policies.rule import STACK, Rule
from policies.rules import catalogue

DISTRIBUTIONS = {"aws": "pulumi_aws", "awsx": "pulumi_awsx", "azure-native": "pulumi_azure_native"}


@cache
def tokens(package: str) -> frozenset[str]:
    """Every resource token that a package's SDK registers, read from its source without importing it."""
    spec = importlib.util.find_spec(DISTRIBUTIONS[package])
    assert spec
    assert spec.origin
    text = Path(spec.origin).read_text(encoding="utf-8")
    start = text.index("_utilities.register(")
    call = ast.parse(text[start:]).body[0]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    modules = next(k.value for k in call.value.keywords if k.arg == "resource_modules")
    assert isinstance(modules, ast.Constant)
    import json

    return frozenset(token for module in json.loads(modules.value) for token in module["classes"])


@pytest.mark.parametrize("rule", catalogue(), ids=lambda rule: rule.name)
def test_every_judged_type_exists(rule: Rule) -> None:
    unknown = [t for t in rule.on if t != STACK and t not in tokens(t.partition(":")[0])]

    assert unknown == []
