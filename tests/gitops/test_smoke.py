"""After a deployment the endpoint must answer the stack's own request, soon."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gitops.deploy import ask_endpoint, deploy
from gitops.errors import UserError
from gitops.records import Status
from gitops.run import Run
from gitops.smoke import smoke
from gitops.targets import discover
from tests.gitops.endpoint import serving

PAYLOAD = b'{"instances": [[7]]}'
PROGRAM = """
    import pulumi, pulumi_aws as aws
    aws.sns.Topic("news")
    pulumi.export("invoke", {"url": pulumi.Config().require("url"), "auth": "none"})
"""


class Clock:
    """Time that passes by sleeping only."""

    seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.mark.parametrize(
    ("answers", "status", "asked"),
    [
        ((200,), 200, 1),
        ((503, 403, 404, 200), 200, 4),
        ((503, 400, 200), 400, 2),
        ((503,), 503, 5),
    ],
)
def test_an_endpoint_is_asked_until_it_answers_or_time_is_over(
    answers: tuple[int, ...], status: int, asked: int
) -> None:
    clock = Clock()
    with serving(*answers) as endpoint:
        how = {"url": endpoint.url, "auth": "none"}
        answer = smoke(how, PAYLOAD, patience=20, now=clock.now, sleep=clock.sleep)

    assert (answer.status, len(endpoint.seen)) == (status, asked)
    assert {body for _path, _headers, body in endpoint.seen} == {PAYLOAD}


def test_a_new_endpoint_has_minutes_to_be_known_everywhere() -> None:
    clock = Clock()
    with serving(*[403] * 30, 200) as endpoint:
        answer = smoke({"url": endpoint.url, "auth": "none"}, PAYLOAD, now=clock.now, sleep=clock.sleep)

    assert (answer.status, clock.seconds >= 120) == (200, True)


def test_nobody_there_to_the_end_is_an_error() -> None:
    clock = Clock()
    with pytest.raises(UserError, match="no answer"):
        smoke({"url": "http://127.0.0.1:1/x", "auth": "none"}, PAYLOAD, patience=20, now=clock.now, sleep=clock.sleep)
    assert clock.seconds == 20


@pytest.mark.parametrize(
    ("status", "reason"),
    [(200, ""), (400, "deployed, but the endpoint answers 400: ok")],
)
def test_a_deployment_is_as_fine_as_its_endpoints_answer(
    checkout: Callable[..., Path], run_for: Callable[..., Run], status: int, reason: str
) -> None:
    with serving(status) as endpoint:
        root = checkout(PROGRAM, dev=f"web:url: {endpoint.url}")
        (root / "stacks/web/smoke.json").write_bytes(PAYLOAD)
        (done,) = deploy(run_for(root), discover(root), None, lambda _operation: lambda _record: None)
        asked = ask_endpoint(root, done)

    assert done.answer is None
    assert [body for _path, _headers, body in endpoint.seen] == [PAYLOAD]
    assert (asked.fine, asked.reason) == (not reason, reason)
    assert asked.record.status is (Status.FAILED if reason else Status.SUCCEEDED)


def test_a_stack_without_a_request_is_not_asked_and_one_without_an_address_is_told(
    checkout: Callable[..., Path], run_for: Callable[..., Run]
) -> None:
    root = checkout('import pulumi_aws as aws\naws.sns.Topic("news")\n')
    (done,) = deploy(run_for(root), discover(root), None, lambda _operation: lambda _record: None)

    assert ask_endpoint(root, done) is done
    (root / "stacks/web/smoke.json").write_bytes(PAYLOAD)
    assert "no output 'invoke'" in ask_endpoint(root, done).reason
