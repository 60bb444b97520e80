"""Every key of every stack, broken in every way a key can be: found on disk, so that a new key is covered unasked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.document import load_settings
from shared.keys import Key, keys
from tests.shared.configs import ROOT, STACKS, Config
from tests.stacks.configs import TARGETS


def all_keys() -> list[tuple[str, Key]]:
    return [(stack, key) for stack in STACKS for key in keys(load_settings(ROOT / "stacks" / stack))]


def concrete(config: Config, key: Key) -> list[str]:
    """The key's path with `<name>` replaced by a name that the config has, or by a new one."""
    parts: list[str] = []
    for part in key.path.split("."):
        if part == "<name>":
            container, last = config.at(parts)
            found = container.setdefault(last, {})
            part = next(iter(found), "made_up")
        parts.append(part)
    return parts


def ident(case: Any) -> str:
    return case.path if isinstance(case, Key) else str(case)


EVERY_KEY = pytest.mark.parametrize(("stack", "key"), all_keys(), ids=ident)
REQUIRED = pytest.mark.parametrize(("stack", "key"), [c for c in all_keys() if c[1].default == "required"], ids=ident)
BOUNDED = pytest.mark.parametrize(
    ("stack", "key"), [c for c in all_keys() if c[1].low is not None or c[1].high is not None], ids=ident
)


@pytest.mark.parametrize("target", TARGETS)
def test_the_config_of_the_tests_is_valid(target: str, tmp_path: Path) -> None:
    assert Config(*target.split("/")).problems(tmp_path) == []


@REQUIRED
def test_a_missing_key_is_named(stack: str, key: Key, tmp_path: Path) -> None:
    config = Config(stack)
    path = concrete(config, key)
    container, last = config.at(path)
    if last not in container:
        pytest.skip("the config names no such mapping")
    found = config.remove(path).problems(tmp_path)
    assert [(p.key, p.found) for p in found if p.found == "nothing"] == [(f"{stack}:{'.'.join(path)}", "nothing")]
    assert found[0].expected
    assert found[0].file == f"stacks/{stack}/Pulumi.prod.yaml"


@EVERY_KEY
def test_a_wrong_type_is_refused(stack: str, key: Key, tmp_path: Path) -> None:
    config = Config(stack)
    path = concrete(config, key)
    wrong = ["wrong"] if "mapping" in key.type or "list" not in key.type else {"wrong": 1}
    found = config.set(path, wrong).problems(tmp_path)
    assert any(p.key.startswith(f"{stack}:{'.'.join(path)}") and "wrong" in p.found for p in found), found


@EVERY_KEY
def test_a_misspelt_key_is_refused_and_the_right_one_offered(stack: str, key: Key, tmp_path: Path) -> None:
    config = Config(stack)
    path = concrete(config, key)
    if key.path.endswith("<name>"):
        pytest.skip("any name is right")
    misspelt = [*path[:-1], f"{path[-1]}x"]
    found = [p for p in config.set(misspelt, 1).problems(tmp_path) if p.found == "an unknown key"]
    assert [p.key for p in found] == [f"{stack}:{'.'.join(misspelt)}"]
    assert found[0].message.endswith(f"did you mean {path[-1]!r}?")
    assert found[0].line > 1


@BOUNDED
def test_a_value_out_of_range_is_refused(stack: str, key: Key, tmp_path: Path) -> None:
    for beyond in [key.low - 1 if key.low is not None else None, key.high + 1 if key.high is not None else None]:
        if beyond is None:
            continue
        config = Config(stack)
        path = concrete(config, key)
        found = config.set(path, beyond).problems(tmp_path)
        assert any(p.key == f"{stack}:{'.'.join(path)}" and p.found == str(beyond) for p in found), found


@pytest.mark.parametrize("stack", STACKS)
def test_a_misspelt_block_and_namespace_are_refused(stack: str, tmp_path: Path) -> None:
    config = Config(stack)
    config.values[f"{stack}:scalling"] = {}
    config.values[f"{stack}s:scaling"] = {}
    found = {p.key: p.message.rpartition("; ")[2] for p in config.problems(tmp_path)}
    assert found == {f"{stack}:scalling": "did you mean 'scaling'?", f"{stack}s:scaling": f"did you mean {stack!r}?"}


@pytest.mark.parametrize("stack", STACKS)
def test_every_fault_is_reported_at_once_with_its_line(stack: str, tmp_path: Path) -> None:
    config = Config(stack)
    config.set(["scaling", "min"], "two").set(["availability", "zones"], 0).set(["tags", "owner"], 7)
    config.set(["logs", "retention_days"], 8)
    found = {p.key: p for p in config.problems(tmp_path)}
    expected = {f"{stack}:{k}" for k in ("scaling.min", "availability.zones", "tags.owner", "logs.retention_days")}
    assert expected <= set(found)
    text = (tmp_path / "stacks" / stack / "Pulumi.prod.yaml").read_text().splitlines()
    for key in expected:
        assert text[found[key].line - 1].strip().startswith(key.rsplit(".", 1)[-1] + ":")
