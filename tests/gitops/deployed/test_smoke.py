"""After a deployment the endpoint must answer the stack's own request, soon."""

from __future__ import annotations

import pytest

from gitops.deployed.smoke import smoke
from gitops.errors import UserError
from tests.gitops.endpoint import serving

PAYLOAD = b'{"instances": [[7]]}'


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
