"""What Azure would refuse on creation, or take and do something else with: each with the page that says so."""

from __future__ import annotations

from tests.stacks.azureml.program import Program

SLOTS = ("serving-blue-deployment", "serving-green-deployment")


def test_the_managed_network_is_there_before_a_deployment(prod: Program) -> None:
    """learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints#error-workspacemanagednetworknotready"""
    assert prod["ml-workspace"].inputs["provisionNetworkNow"] is True
    for slot in SLOTS:
        assert {"ml-workspace", "ml-builders"} <= prod[slot].after
