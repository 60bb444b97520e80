"""What answers in place of the endpoints of the rehearsal clouds."""

from __future__ import annotations

import base64
import json
from http.client import HTTPConnection
from pathlib import Path

import pytest

from rehearsal.endpoints import DATA_KEY, ENDPOINT, FAULT, SLOT, respond, start
from rehearsal.inventory import Entry, Inventory

HOST = "churn.westeurope.inference.ml.azure.com"


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    made = Inventory(tmp_path)
    for name, host in (("churn", HOST), ("other", "other.westeurope.inference.ml.azure.com")):
        outputs = {"name": name, "properties": {"scoringUri": f"https://{host}/score"}}
        made.create(Entry(ENDPOINT, "subscription", name, f"urn:{name}", outputs=outputs))
    for endpoint, slot in (("churn", "blue"), ("other", "green")):
        inputs = {"endpointName": endpoint, "deploymentName": slot}
        made.create(Entry(SLOT, "subscription", f"{endpoint}/{slot}", f"urn:{endpoint}-{slot}", inputs=inputs))
    return made


@pytest.mark.parametrize(
    ("host", "slot", "fault", "status"),
    [
        (HOST, "blue", "", 200),
        (HOST, "blue", FAULT, 424),
        (HOST, "blue", "throttled", 200),
        (HOST, "green", "", 404),
        (HOST, "", "", 404),
        ("elsewhere.westeurope.inference.ml.azure.com", "blue", "", 404),
    ],
)
def test_a_slot_that_is_there_answers_by_its_name(
    inventory: Inventory, host: str, slot: str, fault: str, status: int
) -> None:
    assert respond(inventory, host, slot, fault).status == status


def test_a_vault_answers_with_a_key_of_the_length_that_the_engine_s_cipher_wants(inventory: Inventory) -> None:
    vault = HTTPConnection(start(inventory, ""))
    vault.request("PUT", "/v1/transit/decrypt/rehearsal", b'{"ciphertext": "anything"}')
    answer = json.loads(vault.getresponse().read())
    vault.request("PUT", "/v1/transit/encrypt/rehearsal", b'{"plaintext": "anything"}')

    assert base64.b64decode(answer["data"]["plaintext"]) == DATA_KEY
    assert (len(DATA_KEY), vault.getresponse().status) == (32, 404)
