"""The stack's program, run once for all tests that ask what it asks of Azure."""

from __future__ import annotations

import pytest

from tests.stacks.azureml_endpoint.program import Program, ask


@pytest.fixture(scope="session")
def prod() -> Program:
    return ask("prod")
