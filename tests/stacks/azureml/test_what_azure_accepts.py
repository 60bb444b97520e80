"""What Azure would refuse on creation, or take and do something else with: each with the page that says so."""

from __future__ import annotations

from tests.stacks.azureml.program import Asked, Program

SLOTS = ("serving-blue-deployment", "serving-green-deployment")


def test_the_managed_network_is_there_before_a_deployment(prod: Program) -> None:
    """learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints#error-workspacemanagednetworknotready"""
    assert prod["ml-workspace"].inputs["provisionNetworkNow"] is True
    for slot in SLOTS:
        assert {"ml-workspace", "ml-builders"} <= prod[slot].after


def test_models_are_registered_under_whole_numbers(prod: Program) -> None:
    """learn.microsoft.com/azure/machine-learning/reference-yaml-model; github.com/Azure/azureml-examples/issues/2725"""
    registered = prod.of_type("machinelearningservices:ModelVersion")

    assert {each.inputs["version"] for each in registered} == {"1", "2"}
    assert {each.inputs["properties"]["tags"]["version"] for each in registered} == {"1.0.0", "1.0.0-rc.1"}


def test_a_model_is_named_in_its_workspace(prod: Program) -> None:
    """The service knows no short form: azure-ai-ml's `LONG_URI_FORMAT`; and the datastore it names is there first."""
    model = prod["assets-model-2"]

    assert model.inputs["properties"]["modelUri"] == (
        "azureml://subscriptions/00000000/resourcegroups/azureml-endpoint-prod/workspaces/azureml-endpoint-prod"
        "/datastores/models/paths/digits/1.0.0/model.onnx"
    )
    assert "ml-models" in model.after


def test_as_many_workers_as_requests_are_let_in(prod: Program) -> None:
    """learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-managed-online, RequestSettings."""
    for slot in SLOTS:
        properties = prod[slot].inputs["properties"]
        admitted = properties["requestSettings"]["maxConcurrentRequestsPerInstance"]
        assert properties["environmentVariables"]["WORKER_COUNT"] == f"{admitted:.0f}" == "4"


def test_what_was_served_stays_registered_under_a_number_of_its_own(prod: Program) -> None:
    """The provider creates nothing that exists: a name that is used once is never in the way (`CanCreate`)."""
    for kind in ("Model", "Code", "Environment"):
        versions = prod.of_type(f"machinelearningservices:{kind}Version")
        assert all(each.retained for each in versions)
        assert {each.inputs["version"].partition("-")[0] for each in versions} == {"1", "2"}


def test_assets_go_with_their_workspace(prod: Program) -> None:
    """The service deletes no container of assets: github.com/Azure/azure-powershell/issues/24018"""
    for kind in ("ModelContainer", "CodeContainer", "EnvironmentContainer", "EnvironmentVersion"):
        assert {each.deleted_with for each in prod.of_type(f"machinelearningservices:{kind}")} == {"ml-workspace"}


def dimensions(alert: Asked) -> dict[str, list[str]]:
    (criterion,) = alert.inputs["criteria"]["allOf"]
    return {each["name"]: each["values"] for each in criterion["dimensions"]}


def test_what_azure_answers_in_place_of_5xx_raises_alerts(prod: Program) -> None:
    """learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints#http-status-codes"""
    assert {"408", "429", "500"} <= set(dimensions(prod["watch-endpoint-failures"])["statusCode"])
    assert dimensions(prod["watch-endpoint-model-failures"]) == {
        "statusCode": ["424"],
        "modelStatusCode": ["500", "502", "503", "504"],
    }
    query = prod["watch-failed-share"].inputs["criteria"]["allOf"][0]["query"]
    assert "status in (408, 429) or status >= 500 or (status == 424 and model >= 500)" in query


def test_the_inference_server_can_send_its_traces(prod: Program) -> None:
    """azureml-inference-server-http 1.5.1 has the instrumentation key only, and would send the answers' bodies too."""
    assert prod["base-insights"].inputs["disableLocalAuth"] is False
    for slot in SLOTS:
        properties = prod[slot].inputs["properties"]
        assert properties["appInsightsEnabled"] is True
        assert properties["environmentVariables"]["APP_INSIGHTS_LOG_RESPONSE_ENABLED"] == "false"
