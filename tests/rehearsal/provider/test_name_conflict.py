"""A name that another target's rehearsal holds is refused with who holds it and where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from rehearsal.cloud import Cloud, PlannedResource
from rehearsal.inventory import Entry, Inventory
from rehearsal.provider.name_conflict import already_exists, describe_holder, find_conflict
from rehearsal.values import UNKNOWN

TOKEN = "aws:s3/bucket:Bucket"


@dataclass
class Kind:
    token: str = TOKEN


class ByName:
    def identity(self, planned: PlannedResource) -> str:
        return planned.inputs["bucket"]


def plan(environment: str, name: object) -> PlannedResource:
    urn = f"urn:pulumi:{environment}::web::{TOKEN}::store"
    return PlannedResource(cast(Any, Kind()), urn, "store", {"bucket": name}, "us-east-1")


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    made = Inventory(tmp_path)
    held = plan("staging", "models")
    made.create(Entry(TOKEN, held.scope, "models", held.urn))
    return made


def conflict(inventory: Inventory, planned: PlannedResource) -> Entry | None:
    return find_conflict(cast(Cloud, ByName()), inventory, planned)


def test_another_environments_name_is_refused_with_who_holds_it_and_where(inventory: Inventory) -> None:
    planned = plan("qa", "models")

    said = already_exists(planned, "models", conflict(inventory, planned))

    assert "'models' exists in us-east-1, held by 'store' of web/staging;" in said


@pytest.mark.parametrize(("environment", "name"), [("staging", "models"), ("qa", "others"), ("qa", UNKNOWN)])
def test_ones_own_a_free_and_an_unknown_name_are_no_conflict(
    inventory: Inventory, environment: str, name: object
) -> None:
    assert conflict(inventory, plan(environment, name)) is None


def test_a_holder_without_a_target_is_named_as_it_is() -> None:
    assert describe_holder("somebody") == "somebody"
