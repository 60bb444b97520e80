"""The clouds' inventory: one file per identity, whoever writes at the same time."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.inventory import AlreadyExistsError, Entry, Inventory
from rehearsal.values import Asset

QUEUE = Entry("aws:sqs/queue:Queue", "us-east-1", "https://sqs/1/q", "urn:a::q", "seed", {"name": "q"}, {"url": "u"})


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    return Inventory(tmp_path)


def test_what_is_created_is_found_with_its_values(inventory: Inventory) -> None:
    entry = replace(QUEUE, inputs={"n": 1, "asset": Asset(text="t", hash="h")})
    inventory.create(entry)
    assert inventory.find(entry.type, entry.scope, entry.id) == entry
    assert list(inventory.of_type(entry.type)) == list(inventory.all()) == [entry]


def test_an_identity_is_taken_once_in_its_scope(inventory: Inventory) -> None:
    inventory.create(QUEUE)
    with pytest.raises(AlreadyExistsError):
        inventory.create(replace(QUEUE, urn="urn:b::q"))
    inventory.create(replace(QUEUE, scope="eu-west-1"))
    assert len(list(inventory.all())) == 2


def test_of_many_at_once_one_creates(inventory: Inventory) -> None:
    def create(number: int) -> bool:
        try:
            inventory.create(replace(QUEUE, urn=f"urn:{number}"))
        except AlreadyExistsError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(create, range(40))) == 1


def test_a_replaced_entry_is_whole_for_every_reader(inventory: Inventory) -> None:
    inventory.create(QUEUE)

    def write(number: int) -> None:
        inventory.replace(replace(QUEUE, outputs={"url": "u" * number * 1000}))

    with ThreadPoolExecutor(4) as threads:
        writing = [threads.submit(write, number) for number in range(30)]
        while not all(task.done() for task in writing):
            assert inventory.find(QUEUE.type, QUEUE.scope, QUEUE.id) is not None


def test_deleting_twice_is_fine_and_leaves_no_file(inventory: Inventory, tmp_path: Path) -> None:
    inventory.create(QUEUE)
    inventory.delete(QUEUE.type, QUEUE.scope, QUEUE.id)
    inventory.delete(QUEUE.type, QUEUE.scope, QUEUE.id)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_hostile_identities_stay_inside_the_folder(inventory: Inventory, tmp_path: Path) -> None:
    for identity in ("../../etc/passwd", "/etc/passwd", "..", "a" * 400, "x\n"):
        inventory.create(replace(QUEUE, id=identity))
        assert inventory.path(QUEUE.type, QUEUE.scope, identity).resolve().is_relative_to(tmp_path.resolve())
    assert len(list(inventory.all())) == 5


def test_the_module_lists_what_exists(inventory: Inventory, tmp_path: Path) -> None:
    inventory.create(QUEUE)
    command = [sys.executable, "-m", "rehearsal", "list", str(tmp_path)]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert listed == "aws:sqs/queue:Queue\tus-east-1\thttps://sqs/1/q\turn:a::q\n"
