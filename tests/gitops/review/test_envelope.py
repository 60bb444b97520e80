"""An approval holds for exactly what was sealed: every field in turn is changed, and every change is refused."""

from __future__ import annotations

import random
from typing import Any

import pytest

from gitops.deploy import refusal
from gitops.digest import change_digest
from gitops.records import SECRET, UNKNOWN, Diagnostic, Op, PropertyDiff, RunRecord, Status, Step
from gitops.review.envelope import HOURS, Circumstances, Envelope, Review, bind, refuse, seal

KEY = b"the key of both jobs"
NOW = 1_800_000_000.0
HERE = Circumstances(
    environment="prod",
    rehearsal=False,
    commit="a" * 40,
    policies="p1",
    engine="3.257.0",
    backend="s3://state",
    accounts="aws 1",
    run="17",
    attempt=1,
)


def step(**more: object) -> Step:
    diff = PropertyDiff(path="desiredCount", kind="update", before=2, after=3)
    fields = {"op": Op.UPDATE, "urn": "urn:web::service", "type": "aws:ecs/service:Service", "name": "service"}
    return Step.model_validate({**fields, "diffs": (diff,), "inputs": {"desiredCount": 3}, **more})


def record(**more: object) -> RunRecord:
    fields = {"stack": "web", "environment": "prod", "operation": "preview", "rehearsal": False}
    held = {"status": Status.SUCCEEDED, "steps": (step(),), "state": "s1", "secrets": {"urn:web::service env": "h1"}}
    return RunRecord.model_validate({**fields, **held, **more})


def review(found: RunRecord | None = None, key: bytes = KEY) -> Review:
    found = found or record()
    return Review({found.target: found}, bind([found], HERE, NOW, key))


def test_what_was_sealed_is_admitted_until_it_expires() -> None:
    held = [refuse(review(), HERE, NOW + seconds, KEY) for seconds in range(0, HOURS * 3600, 977)]

    assert len(held) > 200
    assert set(held) == {""}
    assert "hours" in refuse(review(), HERE, NOW + HOURS * 3600, KEY)
    assert "hours" in refuse(review(), HERE, NOW - 3600, KEY)


OTHER: dict[str, object] = {
    "environment": "dev",
    "rehearsal": True,
    "commit": "b" * 40,
    "policies": "p2",
    "engine": "3.258.0",
    "backend": "s3://other",
    "accounts": "aws 2",
    "run": "18",
    "attempt": 0,
}


@pytest.mark.parametrize("field", Circumstances.model_fields)
def test_another_circumstance_is_refused(field: str) -> None:
    assert refuse(review(), HERE.model_copy(update={field: OTHER[field]}), NOW, KEY)


def test_the_job_that_deploys_may_be_run_again() -> None:
    assert refuse(review(), HERE.model_copy(update={"attempt": 3}), NOW, KEY) == ""


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, (*path, key))]
    if isinstance(value, list):
        return [leaf for index, item in enumerate(value) for leaf in leaves(item, (*path, index))]
    return [path]


def change(document: Any, path: tuple[str | int, ...], how: int) -> Any:
    head, *rest = path
    copy: Any = list(document) if isinstance(document, list) else dict(document)
    copy[head] = change(copy[head], tuple(rest), how) if rest else other(copy[head], how)
    return copy


def other(value: Any, how: int) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + how + 1
    text = str(value)
    place = how % max(1, len(text))
    return f"{text[:place]}{'x' if text[place : place + 1] != 'x' else 'y'}{text[place + 1 :]}"


ENVELOPE = review().envelope.model_dump(mode="json")


@pytest.mark.parametrize("path", leaves(ENVELOPE), ids=lambda path: ".".join(map(str, path)))
def test_an_envelope_that_was_touched_is_refused(path: tuple[str | int, ...]) -> None:
    for how in range(12):
        forged = Envelope.model_validate(change(ENVELOPE, path, how))

        assert refuse(Review(review().records, forged), HERE, NOW, KEY)
        resealed = forged.model_copy(update={"seal": seal(forged, b"a guess")})
        assert "seal" in refuse(Review(review().records, resealed), HERE, NOW, KEY)


@pytest.mark.parametrize(
    "more",
    [
        {"state": "s2"},
        {"secrets": {"urn:web::service env": "h2"}},
        {"steps": ()},
        {"steps": (step(op=Op.REPLACE),)},
        {"steps": (step(diffs=(PropertyDiff(path="desiredCount", kind="update", before=2, after=300),)),)},
        {"steps": (step(protect=True),)},
        {"providers": (step(urn="urn:web::aws"),)},
        {"outputs": {"url": "other"}},
        {"rehearsal": True},
        {"environment": "dev"},
    ],
)
def test_a_record_that_was_touched_is_refused_whatever_it_says_of_itself(more: dict[str, object]) -> None:
    forged = record(**more).model_copy(update={"digest": change_digest(record())})

    assert refuse(Review({forged.target: forged}, review().envelope), HERE, NOW, KEY)


def test_a_record_too_many_or_too_few_is_refused() -> None:
    another = record(stack="api")

    assert refuse(Review({}, review().envelope), HERE, NOW, KEY)
    assert "api/prod" in refuse(Review({"web/prod": record(), "api/prod": another}, review().envelope), HERE, NOW, KEY)


def test_secrets_of_a_real_cloud_need_a_key_to_be_compared_by() -> None:
    assert "GITOPS_REVIEW_KEY" in refuse(review(key=b""), HERE, NOW, b"")
    assert refuse(review(record(secrets={}), key=b""), HERE, NOW, b"") == ""


def make_random_step(dice: random.Random, number: int, run: int) -> Step:
    """A random step, the same in each `run` of the engine but for the name that its provider makes up."""
    name, op = f"r{number}", dice.choice([Op.CREATE, Op.UPDATE, Op.REPLACE, Op.DELETE, Op.SAME, Op.IMPORT])
    value = dice.choice([dice.randrange(99), dice.random(), None, "é\n<b>", ["a", {"b": True}], UNKNOWN, SECRET])
    diffs = [PropertyDiff(path=f"p[{n}]", kind="update", before=n, after=value) for n in range(dice.randrange(3))]
    made = {"name": f"{name}-{run}a2b3c4"} if op in (Op.CREATE, Op.REPLACE) else {}
    return step(op=op, name=name, urn=f"urn:{name}", inputs={"v": value, **made}, automatic=(*made,), diffs=diffs)


def test_none_of_three_hundred_clean_reviews_is_refused() -> None:
    for seed in range(300):
        dice = random.Random(seed)  # noqa: S311 (the same reviews in each run)
        outputs = {"url": dice.choice(["a", UNKNOWN]), "n": seed}
        secrets = {f"urn:r{n} key": f"h{n}" for n in range(dice.randrange(3))}
        first, second = (
            record(
                steps=[make_random_step(random.Random(f"{seed} {n}"), n, run) for n in range(seed % 7)],  # noqa: S311
                outputs=outputs,
                secrets=secrets,
                state=f"state {seed}",
            )
            for run in (1, 2)
        )
        sealed = bind([first], HERE, NOW, KEY)
        kept = Envelope.model_validate_json(sealed.model_dump_json())
        seen = RunRecord.model_validate_json(first.model_dump_json())
        noise = Diagnostic(severity="warning", message="slow"), step(op=Op.SAME, urn="urn:same", name="same")
        found = second.model_copy(update={"steps": (*second.steps[::-1], noise[1]), "diagnostics": noise[:1]})

        assert refuse(Review({seen.target: seen}, kept), HERE, NOW + dice.randrange(HOURS * 3600), KEY) == ""
        assert refusal(found, {seen.target: seen}) == "", f"seed {seed}"
