"""The resource graph, made small: what is drawn, what is folded, and that nothing is lost without being counted."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from gitops.records import Op, Operation, RunRecord, Status, Step
from gitops.report.diagram import mermaid
from gitops.report.diagram.diagram import Diagram, draw_diagram, draw_diagrams
from gitops.report.diagram.folding import MOST_NODES
from gitops.report.diagram.layout import BOX_HEIGHT, BOX_WIDTH, lay_out
from tests.report import cases, factories


def names(drawn: Diagram) -> set[str]:
    return {node.name for node in drawn.nodes}


def arrows(drawn: Diagram) -> set[tuple[str, str]]:
    return {(drawn.nodes[a].name, drawn.nodes[b].name) for a, b in drawn.edges}


def test_arrows_run_from_what_is_needed_to_what_needs_it() -> None:
    drawn = draw_diagram(cases.replacement())

    assert ("config", "endpoint") in arrows(drawn)
    assert {node.name: node.op for node in drawn.nodes}["endpoint"] is Op.REPLACE


def test_an_arrow_that_a_longer_way_explains_is_left_out() -> None:
    """The execution policy needs the bucket, the bucket its key: the bucket's arrow from the key is enough."""
    record = run(("key", ()), ("bucket", ("key",)), ("policy", ("bucket", "key")))

    assert arrows(draw_diagram(record)) == {("key", "bucket"), ("bucket", "policy")}


def test_children_hang_on_their_parents() -> None:
    parent = Step(op=Op.SAME, urn="p", type="aws:s3/bucket:Bucket", name="bucket")
    child = Step(op=Op.SAME, urn="c", type="aws:s3/bucketPolicy:BucketPolicy", name="policy", parent="p")

    assert arrows(draw_diagram(of(parent, child))) == {("bucket", "policy")}


def test_components_and_the_engine_s_own_resources_are_no_boxes() -> None:
    component = Step(op=Op.SAME, urn="a", type="awsx:lb:ApplicationLoadBalancer", name="edge", custom=False)
    provider = Step(op=Op.SAME, urn="b", type="pulumi:providers:aws", name="aws")
    resource = Step(op=Op.SAME, urn="c", type="aws:lb/loadBalancer:LoadBalancer", name="lb", parent="a")

    assert names(draw_diagram(of(component, provider, resource))) == {"lb"}


def test_one_diagram_per_stack_from_the_environment_that_changes_most() -> None:
    (drawn,) = draw_diagrams([factories.record("sagemaker_endpoint", "prod"), cases.replacement("staging")])

    assert (drawn.environment, drawn.changed) == ("staging", True)


def test_among_equals_production_is_drawn() -> None:
    (drawn,) = draw_diagrams(factories.record("lambda_api", env) for env in ("dev", "prod", "staging"))

    assert (drawn.environment, drawn.changed) == ("prod", False)


def test_satellites_are_folded_first_and_changed_resources_stay() -> None:
    policies = [(f"alarm-{n}", ("service",)) for n in range(40)]
    record = run(("cluster", ()), ("service", ("cluster",)), *policies, changed="alarm-7")
    drawn = draw_diagram(record)
    service = next(node for node in drawn.nodes if node.name == "service")

    assert names(drawn) == {"cluster", "service", "alarm-7"}
    assert service.folded == 39


def test_resources_that_find_no_place_are_counted() -> None:
    alone = [
        Step(op=Op.UPDATE if n == 7 else Op.SAME, urn=f"{n}", type=f"aws:x/y:Z{n}", name=f"n{n}") for n in range(40)
    ]
    drawn = draw_diagram(of(*alone))

    assert (names(drawn), drawn.hidden) == ({"n7"}, 39)


def test_mermaid_draws_marks_and_classes_for_changes_only() -> None:
    text = mermaid.render(draw_diagram(cases.replacement()))

    assert '["± Endpoint<br/>endpoint"]:::replace' in text
    assert '["Model<br/>model"]\n' in text
    assert "classDef create" not in text


def run(*resources: tuple[str, tuple[str, ...]], changed: str = "") -> RunRecord:
    steps = [
        Step(op=Op.UPDATE if name == changed else Op.SAME, urn=name, type="aws:x/y:Z", name=name, depends_on=needs)
        for name, needs in resources
    ]
    return of(*steps)


def of(*steps: Step) -> RunRecord:
    return RunRecord(
        stack="s", environment="prod", operation=Operation.PREVIEW, rehearsal=True, status=Status.SUCCEEDED, steps=steps
    )


@st.composite
def graphs(draw: st.DrawFn) -> RunRecord:
    """Any graph, cycles and dangling references included."""
    count = draw(st.integers(0, 60))
    reference = st.integers(0, max(count, 1)).map(str)
    steps = [
        Step(
            op=draw(st.sampled_from(list(Op))),
            urn=str(index),
            type=draw(st.sampled_from(["aws:a/b:C", "aws:a/b:D", "aws:iam/role:Role"])),
            name=f"n{index}",
            parent=draw(st.none() | reference),
            depends_on=tuple(draw(st.lists(reference, max_size=3))),
        )
        for index in range(count)
    ]
    return of(*steps)


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_every_graph_becomes_a_small_acyclic_one_that_counts_all(record: RunRecord) -> None:
    drawn = draw_diagram(record)

    assert len(drawn.nodes) <= MOST_NODES
    assert sum(node.count + node.folded for node in drawn.nodes) + drawn.hidden == len(record.steps)
    assert all(drawn.nodes[a].layer < drawn.nodes[b].layer for a, b in drawn.edges)


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_no_two_boxes_overlap_and_all_are_inside(record: RunRecord) -> None:
    plan = lay_out(draw_diagram(record))
    boxes = sorted((box.x, box.y) for box in plan.boxes)

    for (x, y), (next_x, next_y) in pairwise(boxes):
        assert next_x > x or next_y >= y + BOX_HEIGHT
    assert all(0 <= x <= plan.width - BOX_WIDTH and 0 <= y <= plan.height - BOX_HEIGHT for x, y in boxes)


def test_layout_follows_the_layers_from_left_to_right() -> None:
    drawn = draw_diagram(cases.replacement())
    plan = lay_out(drawn)
    x = {drawn.nodes[box.index].name: box.x for box in plan.boxes}

    assert x["execution"] < x["model"] < x["config"] < x["endpoint"] < x["capacity"]
