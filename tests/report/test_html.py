"""The page: everything said, nothing fetched, readable without colour or script; a browser, if any, confirms it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import html5lib
import pytest
from playwright.sync_api import Browser, sync_playwright

from gitops.records import Exemption, Op
from gitops.report.formats import html
from gitops.report.formats.html import MOST_CHANGES
from gitops.report.model.report import build
from tests.report import cases, factories
from tests.report.screenshot import chromium, flags

PAGE = html.render(build(cases.mixed(), factories.CONTEXT))


@pytest.mark.parametrize("case", cases.CASES)
def test_every_case_is_strict_html5(case: str) -> None:
    page = html.render(build(cases.CASES[case](), factories.CONTEXT))

    html5lib.HTMLParser(strict=True).parse(io.StringIO(page))


def test_the_page_asks_nobody_for_anything() -> None:
    assert not re.search(r"<(script|link|img|iframe|object|embed|video|audio|base|form)\b", PAGE)
    assert not re.search(r"url\(|@import|\bsrc=|\bon\w+=", PAGE)
    assert "default-src 'none'" in PAGE


def test_the_page_says_what_the_report_says() -> None:
    text = " ".join(re.sub(r"<[^>]+>", " ", PAGE).split())

    for said in (
        "Failed azureml_endpoint/prod could not be run (1 of 15 targets)",
        "± replace endpoint",
        "every object stored in it",
        "Set scaling.min to 2 or more",
        "stacks/sagemaker_endpoint/Pulumi.prod.yaml:14",
        "3–12 → 1–12",
        "A partner&#39;s client speaks only TLS 1.2",
        "known only after apply",
        "Unchanged: azureml_endpoint/dev",
    ):
        assert said in text


def test_headings_descend_one_level_at_a_time() -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])", PAGE)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_changed_box_carries_a_mark() -> None:
    changed = re.findall(r'<g class="on-(create|update|replace|delete|import)".*?</g>', PAGE)
    marked = re.findall(r'<g class="on-(?!same)\w+".*?class="mark"', PAGE)

    assert changed
    assert len(marked) == len(changed)


def test_a_page_of_20_000_changes_shows_a_part_and_counts_the_rest() -> None:
    page = html.render(build(cases.huge(40, 20_000), factories.CONTEXT))
    shown = page.count("<details")
    left_out = sum(int(n.replace(",", "")) for n in re.findall(r"([\d,]+) more changes not shown", page))

    assert shown <= MOST_CHANGES
    assert shown + left_out == 20_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not chromium():
        pytest.skip("no Chromium on PATH; the structural tests above and in test_hostile.py carry the load")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium(), args=flags())
        yield opened
        opened.close()


@pytest.mark.parametrize("case", cases.CASES)
def test_no_sideways_scrolling_of_the_page(browser: Browser, tmp_path: Path, case: str) -> None:
    (tmp_path / "index.html").write_text(html.render(build(cases.CASES[case](), factories.CONTEXT)), encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")

    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


def test_on_a_phone_a_changed_line_begins_beside_its_sign(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto((tmp_path / "index.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    page.evaluate("document.querySelector('pre .add').textContent = '+ ' + 'a'.repeat(99)")
    top = """index => {
      const range = document.createRange(), text = document.querySelector('pre .add').firstChild;
      range.setStart(text, index);
      range.setEnd(text, index + 1);
      return range.getBoundingClientRect().top;
    }"""

    assert page.evaluate(top, 0) == page.evaluate(top, 2)
    page.close()


def test_on_a_phone_the_tables_need_no_scrolling_either(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto((tmp_path / "index.html").as_uri())
    widths = "[...document.querySelectorAll('.scroll:has(table)')].map(box => [box.scrollWidth, box.clientWidth])"

    assert all(inside <= box for inside, box in page.evaluate(widths))
    page.close()


CONTRAST = """() => {
  const luminance = color => {
    const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$|transparent/.test(color)) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const poor = [];
  document.querySelectorAll("details").forEach(fold => { fold.open = true });
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim() && n.textContent.trim() !== "·");
    if (!own || e.closest("svg")) continue;
    const [a, b] = [luminance(getComputedStyle(e).color), luminance(behind(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${e.tagName}.${e.className} ${ratio.toFixed(2)} ${e.textContent.slice(0, 30)}`);
  }
  return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(browser: Browser, tmp_path: Path, scheme: str) -> None:
    """4.5 to 1: https://www.w3.org/TR/WCAG22/#contrast-minimum."""
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    page = browser.new_page(color_scheme="dark" if scheme == "dark" else "light")
    page.goto((tmp_path / "index.html").as_uri())

    assert page.evaluate(CONTRAST) == []
    page.close()


def test_on_paper_every_detail_is_open_and_nothing_is_cut_off(browser: Browser, tmp_path: Path) -> None:
    new = cases.all_creates()[0].model_copy(update={"stack": "new_service"})
    text = html.render(build((*cases.mixed(), new), factories.CONTEXT))
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    page = browser.new_page(viewport={"width": 703, "height": 1000})  # A4 within margins of 12 mm
    page.goto((tmp_path / "index.html").as_uri())
    folded = "[...document.querySelectorAll('details > div, details > ul')]"
    hidden = f"{folded}.filter(part => !part.checkVisibility({{contentVisibilityAuto: true}})).length"

    assert page.evaluate(hidden) > 0
    page.evaluate("document.querySelector('pre span').textContent = 'an address without a space '.repeat(9)")
    page.emulate_media(media="print")
    page.wait_for_function(f"{hidden} === 0")  # from the next frame on
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("document.querySelector('details:has(> div > details > div)').classList.add('many')")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate(hidden) > 0
    assert not page.locator("pre.paste").first.is_visible(), "nobody pastes from paper"
    assert page.evaluate("getComputedStyle(document.querySelector('.targets td.found')).whiteSpace") == "normal"


@pytest.mark.parametrize(("most", "folded"), [(10, False), (9, True)])
def test_of_many_new_resources_only_the_names_are_printed(
    monkeypatch: pytest.MonkeyPatch, most: int, folded: bool
) -> None:
    monkeypatch.setattr(html, "MOST_NEW_ON_PAPER", most)
    page = html.render(build(cases.all_creates(), factories.CONTEXT))

    assert ('<details class="many">' in page) == folded


def test_a_resource_that_changes_otherwise_in_each_environment_is_one_entry() -> None:
    records = (cases.update(), cases.update("prod"))
    edited = {"diffs": (factories.diff("cpu", 1, 2),)}
    steps = tuple(step.model_copy(update=edited) if step.name == "task" else step for step in records[1].steps)
    page = html.render(build((records[0], records[1].model_copy(update={"steps": steps})), factories.CONTEXT))

    (entry,) = re.findall(
        r"<details open><summary><span class=\"op update\">~ update</span> <b>task</b>.*?</details>", page, re.S
    )
    assert "aws.ecs.TaskDefinition in dev and prod" in entry
    assert re.findall(r'<p class="soft">([^<]+)</p>', entry) == ["In dev", "In prod"]
    assert entry.count("<pre") == 2


@pytest.mark.parametrize(("updates", "opened"), [(html.MOST_CHANGES_OPEN, True), (html.MOST_CHANGES_OPEN + 1, False)])
def test_few_changes_are_shown_opened(updates: int, opened: bool) -> None:
    record = cases.update()
    update = next(step for step in record.steps if step.op == Op.UPDATE)
    names = [f"{update.name}-{number}" for number in range(updates)]
    steps = tuple(update.model_copy(update={"name": name, "urn": f"{update.urn}-{name}"}) for name in names)
    page = html.render(build((record.model_copy(update={"steps": steps}),), factories.CONTEXT))

    assert page.count('<details open><summary><span class="op update">') == (updates if opened else 0)


@pytest.mark.parametrize(("exemptions", "opened"), [(html.MOST_OPEN, True), (html.MOST_OPEN + 1, False)])
def test_a_long_list_beside_the_findings_is_folded(exemptions: int, opened: bool) -> None:
    covered = Exemption(rule="r", message="m", urn="u", reason="why", owner="us", expires="2027-01-01")
    used = tuple(covered.model_copy(update={"rule": f"rule-{number}"}) for number in range(exemptions))
    record = cases.update().model_copy(update={"exemptions": used})

    page = html.render(build((record,), factories.CONTEXT))

    assert (f"<details open>\n<summary>Exemptions used <small>{exemptions}" in page) == opened
    assert f"<summary>Exemptions used <small>{exemptions}" in page


def test_all_that_is_superseded_is_listed() -> None:
    report = build(cases.release(), factories.CONTEXT)

    page = html.render(report)

    names = [name for _, listed in report.succession_notes for name in listed]
    assert len(names) > len(report.succession_notes)
    assert all(f"<li>{name}</li>" in page for name in names)


def test_every_jump_has_its_section() -> None:
    page = html.render(build(cases.mixed(), factories.CONTEXT))

    jumps = re.findall(r'href="#([a-z]+)"', page)
    assert jumps == re.findall(r'<h2 id="([a-z]+)"', page)
    assert len(jumps) > 5


def test_the_rules_that_block_are_named_on_the_first_screen_and_lead_to_their_findings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = html.render(build(cases.mixed(), factories.CONTEXT))

    header, body = page.split("</header>")
    named = re.findall(r'<a href="#(finding-\d+)">([^<]+)</a> <small>\d+ place', header)
    assert named == re.findall(r'<h3 id="(finding-\d+)">([^<]+) <span class="tag mandatory">', body)
    assert len(named) >= 2
    monkeypatch.setattr(html, "MOST_REASONS", 1)
    assert f">{len(named) - 1} more rule" in html.render(build(cases.mixed(), factories.CONTEXT))
    assert "<li>" not in html.render(build(cases.updates(), factories.CONTEXT)).split("</header>")[0]
