"""Whatever a pull request's text holds, every format keeps the structure it has for harmless text."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import html5lib
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from gitops.report.formats import github_annotations, html, junit, sarif, terminal
from gitops.report.formats.markdown import page as markdown
from gitops.report.text.escape import commands, mermaid, text
from gitops.report.text.escape import markdown as escape
from tests.report.hostile import HARMLESS, NASTY, TEXT, report

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
ALLOWED_HTML = re.compile(r"</?(details|summary|code|sub)>|<br>|<!-- gitops:report -->")
SLOW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def inline(tokens: list[Token]) -> list[Token]:
    return [child for token in tokens for child in token.children or ()]


def structure(tokens: list[Token]) -> list[str]:
    return [f"{token.type} {token.tag} {token.info}" for token in tokens]


@SLOW
@given(TEXT)
def test_markdown_blocks_are_ours(hostile: str) -> None:
    tokens = MARKDOWN.parse(markdown.summary(report(hostile)))

    assert structure(tokens) == structure(MARKDOWN.parse(markdown.summary(HARMLESS)))


@SLOW
@given(TEXT)
def test_markdown_formatting_and_html_are_ours(hostile: str) -> None:
    tokens = MARKDOWN.parse(markdown.summary(report(hostile)))
    formatting = [t.type for t in inline(tokens) if t.type not in ("text", "text_special", "softbreak", "entity")]
    expected = MARKDOWN.parse(markdown.summary(HARMLESS))
    html_tags = [t.content for t in [*inline(tokens), *tokens] if t.type in ("html_inline", "html_block")]

    assert formatting == [
        t.type for t in inline(expected) if t.type not in ("text", "text_special", "softbreak", "entity")
    ]
    for content in html_tags:
        assert "<" not in ALLOWED_HTML.sub("", content)


@SLOW
@given(TEXT)
def test_markdown_notifies_and_links_nobody(hostile: str) -> None:
    tokens = MARKDOWN.parse(markdown.summary(report(hostile)))
    blocks = ("".join(t.content for t in inline([block]) if t.type in ("text", "text_special")) for block in tokens)
    shown = "\n".join(blocks)
    folded = unescape("".join(t.content for t in tokens if t.type == "html_block"))
    addresses = [str(t.attrs["href"]) for t in inline(tokens) if t.type == "link_open"]

    for words in (shown, folded):
        assert not re.search(r"@\S|#\d|\bGH-\d|www\.\S|://", words.replace(escape.BREAK, " "))
    assert all(re.match(r"https://(github\.com/example/inference|docs\.example\.com)/", a) for a in addresses)
    assert not any(t.type == "image" for t in inline(tokens))


@pytest.mark.parametrize("write", [escape.prose, escape.code, escape.raw])
@pytest.mark.parametrize("hostile", ["@octocat", "@org/team", "#12", "GH-2", "https://a.example", "www.a.example"])
def test_what_notifies_or_links_is_broken_wherever_text_is_written(hostile: str, write: Callable[..., str]) -> None:
    shown = unescape(write(hostile)).replace("\\", "").replace(escape.BREAK, " ")

    assert not re.search(r"@\S|#\d|\bGH-\d|www\.\S|://", shown)


@SLOW
@given(TEXT)
def test_markdown_tables_keep_their_columns(hostile: str) -> None:
    for block in re.findall(r"(?:^\|.*\n)+", markdown.render(report(hostile)), re.MULTILINE):
        columns = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}

        assert len(columns) == 1


@pytest.mark.parametrize("hostile", NASTY)
def test_marker_is_in_the_comment_once(hostile: str) -> None:
    assert markdown.render(report(hostile)).count(markdown.MARKER) == 1


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def elements(page: str) -> Elements:
    parsed = Elements()
    parsed.feed(page)
    return parsed


@SLOW
@given(TEXT)
def test_html_has_no_element_or_attribute_that_came_from_data(hostile: str) -> None:
    page = html.render(report(hostile))
    found, expected = elements(page), elements(html.render(HARMLESS))

    html5lib.HTMLParser(strict=True).parse(io.StringIO(page))
    assert found.tags == expected.tags
    assert all(
        link.startswith(("https://github.com/example/inference/", "https://docs.example.com/"))
        for link in found.links
        if not link.startswith("#")
    )
    assert [link for link in found.links if link[0] == "#"] == [link for link in expected.links if link[0] == "#"]


@SLOW
@given(TEXT)
def test_html_and_markdown_show_no_deceiving_character(hostile: str) -> None:
    for written in (html.render(report(hostile)), markdown.render(report(hostile))):
        assert not text.DECEIVING.search(written.replace(escape.BREAK, ""))


@SLOW
@given(TEXT)
def test_sarif_is_json_that_any_reader_takes(hostile: str) -> None:
    written = sarif.render(report(hostile))

    assert len(json.loads(written)["runs"][0]["results"]) == 2
    written.encode("utf-8")


@SLOW
@given(TEXT)
def test_junit_is_xml(hostile: str) -> None:
    assert tags(junit.render(report(hostile))) == tags(junit.render(HARMLESS))


def tags(xml: str) -> list[str]:
    return [element.tag for element in ET.fromstring(xml.encode("utf-8")).iter()]  # noqa: S314 (our own text)


COMMAND = re.compile(r"::(error|warning|notice) (file=[^,:]*,line=\d+,)?title=[^,:]*::")


@SLOW
@given(TEXT)
def test_annotations_are_our_commands_only(hostile: str) -> None:
    lines = github_annotations.render(report(hostile)).split("\n")

    assert len(lines) == len(github_annotations.render(HARMLESS).split("\n"))
    assert all(COMMAND.match(line) for line in lines[:-1])


@SLOW
@given(TEXT)
def test_terminal_gets_no_escape_and_no_command(hostile: str) -> None:
    written = terminal.render(report(hostile))

    assert not text.DECEIVING.search(written.replace(commands.JOINER, ""))
    assert not re.search(r"^(?:\s|\x1b\[[0-9;]*m)*::", written, re.MULTILINE)
    assert "##[" not in written


@pytest.mark.parametrize("start", ["", "  ", "\t", "\x1b[2m", " \x1b[1;31m "])
def test_a_command_at_the_start_of_a_line_is_disarmed_and_a_urn_is_left_alone(start: str) -> None:
    assert commands.disarm(f"{start}::error::x") == f"{start}:{commands.JOINER}:error::x"
    assert commands.disarm(f"{start}urn:pulumi:prod::web") == f"{start}urn:pulumi:prod::web"


@given(st.text())
def test_clean_twice_is_clean_once(hostile: str) -> None:
    assert text.clean(text.clean(hostile)) == text.clean(hostile)


@given(TEXT)
@example('a"]; click a "javascript:alert(1)')
def test_mermaid_labels_hold_nothing_mermaid_reads(hostile: str) -> None:
    assert re.fullmatch(r"(?:[\w ,./×+±~−–…-]|#\d+;)*", mermaid.label(hostile))


@given(TEXT)
def test_command_data_is_one_line(hostile: str) -> None:
    assert not re.search(r"[\r\n]", commands.data(hostile))
    assert not re.search(r"[\r\n:,]", commands.value(hostile))


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://docs.example.com/a?b=c#d", "https://docs.example.com/a?b=c#d"),
        ("javascript:alert(1)", ""),
        ("https://user@evil.example/", ""),
        ("https://a.example/ <b>", "https://a.example/%20%3Cb%3E"),
        ("https://a.example/x)[y](z", "https://a.example/x%29%5By%5D%28z"),
        ("data:text/html,x", ""),
    ],
)
def test_only_plain_web_addresses_are_linked(url: str, safe: str) -> None:
    assert escape.safe_url(url) == safe


def test_deceiving_characters_are_shown_not_dropped() -> None:
    assert text.clean("a\u202eb") == "a⟨U+202E⟩b"
    assert text.clean("\x1b[31mred\x1b[0m") == "red"
