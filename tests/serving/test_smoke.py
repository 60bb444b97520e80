"""The canary is a request that the model answers as described, and what the command line sends as smoke check."""

from __future__ import annotations

from gitops.checkout.targets import Target
from gitops.deployed.smoke import request_of
from serving.description import DESCRIBED
from serving.environments import ROOT
from tests.serving.running import Server


def test_the_smoke_request_of_every_stack_is_the_canary_and_is_answered_as_described(app: Server) -> None:
    request = request_of(ROOT, Target("any_stack", "dev"))
    assert request is not None
    assert request == DESCRIBED.canary_request

    answer = app.predict(request, "/invocations")

    assert answer.status == 200
    assert DESCRIBED.misses_canary(answer.document["predictions"][0]) == ""
