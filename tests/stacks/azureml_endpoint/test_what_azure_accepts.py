"""What Azure would refuse on creation, or take and do something else with: each with the page that says so."""

from __future__ import annotations

from tests.stacks.azureml_endpoint.program import ROOT, Asked, Program, ask

# learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication#workspace
WORKSPACE_ROLES = {
    ("mlstore", "17d1049b-9a84-46fb-8f53-869881c3d3ab"),  # Storage Account Contributor
    ("mlstore", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"),  # Storage Blob Data Contributor
    ("mlvault", "f25e0fa2-a7c8-4377-a976-54943a77a395"),  # Key Vault Contributor
    ("mlvault", "00482a5a-887f-4fb3-b363-3b7fe8e74483"),  # Key Vault Administrator
    ("mlimages", "3bc748fc-213d-45c1-8d91-9da5725539b9"),  # Container Registry Contributor and …
    ("base-insights", "ae349356-3a1b-4a5e-921d-050484c6347e"),  # Application Insights Component Contributor
    ("ml-workspace", "f6c7c914-8db3-469d-8ca1-694a8f32e121"),  # AzureML Data Scientist
}
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
        assert all(version.retained for version in versions)
        assert {version.inputs["version"].partition("-")[0] for version in versions} == {"1", "2"}


def test_assets_go_with_their_workspace(prod: Program) -> None:
    """The service deletes no container of assets: github.com/Azure/azure-powershell/issues/24018"""
    for kind in ("ModelContainer", "CodeContainer", "EnvironmentContainer", "EnvironmentVersion"):
        assert {each.deleted_with for each in prod.of_type(f"machinelearningservices:{kind}")} == {"ml-workspace"}


def dimensions(alert: Asked) -> dict[str, list[str]]:
    (criterion,) = alert.inputs["criteria"]["allOf"]
    return {dimension["name"]: dimension["values"] for dimension in criterion["dimensions"]}


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


def roles(program: Program, identity: str) -> set[tuple[str, str]]:
    """(what the role is for, the role's id) of every assignment to the identity."""
    return {
        (assignment.inputs["scope"].removeprefix("id-of:"), assignment.inputs["roleDefinitionId"].rpartition("/")[2])
        for assignment in program.of_type("authorization:RoleAssignment")
        if assignment.inputs["principalId"] == f"principal-of:{identity}"
    }


def test_the_workspace_has_every_role_of_microsofts_table(prod: Program) -> None:
    assert roles(prod, "workspace-identity") >= WORKSPACE_ROLES
    first = {"workspace-manages-storage", "workspace-administers-vault", "workspace-manages-registry"}
    assert first <= prod["ml-workspace"].after
    assert "workspace-uses-workspace" in prod["serving-blue-deployment"].after


def test_the_endpoint_has_the_roles_that_azure_would_give_its_own_identity(prod: Program) -> None:
    """learn.microsoft.com/azure/machine-learning/concept-endpoints-online-auth#automatic-role-assignment-for-endpoint-identity"""
    assert roles(prod, "server-identity") >= {
        ("mlimages", "7f951dda-4ed3-4680-a7ca-43fe172d538d"),  # AcrPull
        ("mlstore", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"),  # Storage Blob Data Reader
        ("ml-workspace", "635dd51f-9968-44d3-b7fb-6d9a6bd613ae"),  # AzureML Metrics Writer (preview)
    }
    assert "server-writes-metrics" in prod["serving-endpoint"].after


def test_the_endpoint_may_read_code_beside_the_models_and_in_the_workspaces_own_account(prod: Program) -> None:
    """Nobody says whether Azure takes code of another account than the workspace's: `release.code` may name either."""
    reader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
    places = {scope.rpartition("/")[2] for scope, role in roles(prod, "server-identity") if role == reader}
    assert places == {"mlstore", "models"}


def test_no_series_of_a_metric_dilutes_another(prod: Program) -> None:
    """Averages go over every value of a dimension that is not named: answers by status code, instances by state."""
    for setting in prod.of_type("monitor:AutoscaleSetting"):
        triggers = [rule["metricTrigger"] for rule in setting.inputs["profiles"][0]["rules"]]
        requests = [trigger for trigger in triggers if trigger["metricName"] == "RequestsPerMinute"]
        assert requests
        assert all(request["dimensions"][0]["dimensionName"] == "envoy_response_code" for request in requests)
    for slot in ("blue", "green"):
        full = prod[f"watch-{slot}-full"].inputs
        assert full["scopes"] == [f"id-of:scaling-{slot}"]
        assert full["criteria"]["allOf"][0]["metricName"] == "ObservedCapacity"


def test_an_image_built_elsewhere_says_where_its_server_answers(prod: Program) -> None:
    """The port is the one that `serving/Dockerfile.azureml` exposes."""
    dockerfile = (ROOT / "serving" / "Dockerfile.azureml").read_text(encoding="utf-8")
    for environment in prod.of_type("machinelearningservices:EnvironmentVersion"):
        routes = environment.inputs["properties"]["inferenceConfig"]
        assert {name: route["path"] for name, route in routes.items()} == {
            "livenessRoute": "/",
            "readinessRoute": "/",
            "scoringRoute": "/score",
        }
        assert all(f"EXPOSE {route['port']:.0f}\n" in dockerfile for route in routes.values())


def test_a_copy_goes_to_the_slot_without_traffic() -> None:
    (sent,) = ask("prod", {"rollout.mirror_percent": 20})["serving-traffic-split"].inputs["properties"]["template"][
        "resources"
    ]
    assert sent["properties"]["traffic"] == {"blue": 100, "green": 0}
    assert sent["properties"]["mirrorTraffic"] == {"green": 20}


def test_existing_zones_are_used_instead_of_a_second_one_of_the_name() -> None:
    """A network links to one zone of a name: learn.microsoft.com/azure/dns/private-dns-virtual-network-links"""
    prefix = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/hub/providers/Microsoft.Network"
    zones = {
        "api": f"{prefix}/privateDnsZones/privatelink.api.azureml.ms",
        "notebooks": f"{prefix}/privateDnsZones/privatelink.notebooks.azure.net",
    }
    found = ask("dev", {"workspace.dns_zones": zones})

    assert found.of_type("privatedns:PrivateZone") == []
    configs = found["access-names"].inputs["privateDnsZoneConfigs"]
    assert {config["name"]: config["privateDnsZoneId"] for config in configs} == zones
