from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from runbook.changes.parts import AccessDiff, Difference, Effect, Grant, Verdict
from runbook.changes.render import terminal
from runbook.changes.render.markdown import code, markdown
from runbook.changes.render.page import page
from runbook.changes.review import Review
from runbook.changes.text import visible
from tests.runbook.changes import samples
from tests.runbook.changes.browser import DARK, look

VOID = {"meta", "input"}


class Text(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT
    file_extension = "txt"


class Comment(Text):
    file_extension = "md"


def printed(review: Review, *, full: bool = False, width: int = 80) -> str:
    out = io.StringIO()
    terminal.present(review, Console(file=out, width=width), full=full)
    return out.getvalue()


# The terminal


def test_the_terminal_shows_every_effect_and_verdict(snapshot: SnapshotAssertion) -> None:
    assert printed(samples.every_effect()) == snapshot(extension_class=Text)


def test_the_terminal_shows_all_when_asked(snapshot: SnapshotAssertion) -> None:
    assert printed(samples.every_effect(), full=True) == snapshot(extension_class=Text)


def test_outputs_that_change_alone_are_shown_everywhere() -> None:
    """CloudFormation lists no change then, and the change set can be executed all the same."""
    record = Difference(path="DmarcRecord", before="p=none", after="p=reject")
    alone = samples.review(samples.stack("mail-us-east-1", outputs=(record,)))
    assert alone.changed == alone.stacks
    for shown in (printed(alone, full=True), "\n".join(markdown(alone)), page(alone)):
        assert "DmarcRecord" in shown
        assert "p=reject" in shown


@pytest.mark.parametrize("full", [False, True])
def test_no_line_ends_with_blanks(full: bool) -> None:
    lines = printed(samples.every_effect(), full=full).splitlines()
    assert not [line for line in lines if line != line.rstrip()]


@pytest.mark.parametrize("full", [False, True])
def test_no_name_or_value_reaches_the_terminal_as_a_command(full: bool) -> None:
    shown = printed(samples.hostile(), full=full)
    assert visible(shown) == shown, "control characters are written out"
    assert max(map(len, shown.splitlines())) <= 80
    assert "[bold red]x[/]" in shown, "a name is no markup"
    assert "\\x1b[31m" in shown
    assert "\\u202e" in shown


def test_a_long_value_is_cut_and_what_is_cut_is_said() -> None:
    assert "é<" * 3_000 not in "".join(printed(samples.hostile()).split())
    assert "(5,760 characters more)" in " ".join(printed(samples.hostile()).split())
    assert "é<" * 3_000 in "".join(printed(samples.hostile(), full=True).split())


def test_what_is_added_is_a_line_an_item_unless_all_is_asked_for() -> None:
    review = samples.every_effect()
    assert "added: senders/helpdesk, 3 resources" in printed(review)
    assert "senders/helpdesk/bounces" not in printed(review)
    assert "senders/helpdesk/bounces (SNS::Topic)" in printed(review, full=True)


# What all of them say


def everywhere(review: Review) -> list[str]:
    """Present a review in every way, spaces and breaks made one."""
    shown = [printed(review, full=True, width=200), "\n".join(markdown(review)), page(review)]
    return [" ".join(re.sub(r"<[^>]*>|[`*]", " ", text).lower().split()) for text in shown]


def test_a_loss_of_data_is_said_first_everywhere() -> None:
    for shown in everywhere(samples.every_effect()):
        assert "data lost in 2 resources, and in 1 more if replaced" in shown
        assert shown.index("data lost in") < shown.index("is updated")


def test_a_review_without_a_loss_says_so_everywhere() -> None:
    for shown in everywhere(samples.harmless()):
        assert "no data is lost" in shown
        assert "data lost" not in shown
        assert "db.t3.micro" in shown


def test_every_verdict_says_where_the_data_is_then() -> None:
    for shown in everywhere(samples.every_effect()):
        assert "data lost, if it is replaced" in shown
        assert "data kept in the old one, which is left behind; the new one is empty" in shown
        assert "data kept, outside of the stack" in shown
        assert "snapshot taken, then deleted" in shown


def test_a_hidden_value_that_changes_is_told_without_the_value() -> None:
    for shown in everywhere(samples.every_effect()):
        assert "masteruserpassword changes; its value is hidden" in shown


def test_a_new_risk_is_told_with_its_end() -> None:
    for shown in everywhere(samples.every_effect()):
        assert "2027-06-30 (in 273 days)" in shown


def test_a_denial_that_ends_is_access_gained() -> None:
    denied = Grant(holder="role", allows="s3:*", on="bucket", denies=True)
    stack = samples.stack("data-us-east-1", permissions=AccessDiff(gained=(denied,)))
    (comment,) = markdown(samples.review(stack))
    assert "1 permission gained" in comment
    assert "- no longer denied: `s3:*`" in comment


def test_a_denial_that_is_added_takes_access() -> None:
    denied = Grant(holder="everybody", allows="s3:*", on="bucket", denies=True)
    stack = samples.stack("data-us-east-1", permissions=AccessDiff(lost=(denied,)))
    review = samples.review(stack)
    assert "− denied from now on: s3:*" in printed(review)
    assert "- denied from now on: `s3:*`" in markdown(review)[0]
    assert "no longer" not in printed(review)


def test_a_stack_that_waits_names_what_for() -> None:
    for shown in everywhere(samples.every_effect()):
        assert "created after data-us-east-1 and mail-us-east-1" in shown


def test_stacks_that_wait_for_nothing_have_no_order_to_tell() -> None:
    stacks = (samples.stack("data-us-east-1"), samples.stack("mail-us-east-1"))
    for shown in everywhere(samples.review(*stacks)):
        assert "updated" in shown
        assert "updated first" not in shown
        assert "no resource changes" in shown, "an output alone, or a tag"


# Comments on a pull request


def test_a_comment_shows_every_effect_and_verdict(snapshot: SnapshotAssertion) -> None:
    (comment,) = markdown(samples.every_effect())
    assert comment == snapshot(extension_class=Comment)


def parsed(comment: str) -> list[Token]:
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(comment)
    return [inner for token in tokens for inner in (token, *(token.children or ()))]


def test_no_name_or_value_leaves_its_code_in_a_comment() -> None:
    for comment in markdown(samples.hostile()):
        for token in parsed(comment):
            if token.type == "html_inline":
                raise AssertionError(token.content)
            if token.type == "html_block":
                assert re.match(
                    r"<!-- groundwork-review \d+/\d+ -->|<details><summary>|</details>",
                    token.content,
                )
                assert "<img" not in token.content
                assert "<script" not in token.content
            if token.type == "text":
                assert not re.search(r"[@#<>|\\]|://|bold", token.content), token.content
            assert token.type not in ("link_open", "image")


@pytest.mark.parametrize("text", ["`", "``a`", " ", "", "a`b", "\\", "a\nb", "|", "a|`b`", "- x"])
def test_a_text_in_code_is_shown_as_it_is(text: str) -> None:
    (_, inline, *_) = MarkdownIt("commonmark", {"html": True}).parse(code(text))
    shown = "".join(t.content for t in inline.children or () if t.type != "html_inline")
    assert shown == (text.replace("\n", "\\n").strip() or "(empty)")


def test_a_long_review_is_several_comments_each_with_its_folds_whole() -> None:
    review = samples.many(3, 300)
    comments = markdown(review, 30_000)
    assert len(comments) > 3
    for number, comment in enumerate(comments, 1):
        assert len(comment) <= 30_000
        assert f"groundwork-review {number}/{len(comments)}" in comment
        assert comment.count("<details>") == comment.count("</details>")
        assert comment.count("```") % 2 == 0
    whole = "".join(comments)
    for stack in review.stacks:
        for change in stack.changes:
            assert whole.count(f"`{change.place}`") == 1


def test_one_resource_with_very_many_values_is_several_comments_too() -> None:
    values = {f"Properties.P{number}": ("a" * 900, "b" * 900) for number in range(100)}
    table = samples.change("tables/x", "DynamoDB::Table", Effect.CHANGE, Verdict.KEPT, values)
    comments = markdown(samples.review(samples.stack("data-us-east-1", changes=(table,))))
    assert len(comments) > 1
    assert max(map(len, comments)) <= 65_000
    assert all(f"`P{number}`" in "".join(comments) for number in range(100))


def test_a_hostile_review_keeps_to_the_limit() -> None:
    comments = markdown(samples.hostile(), 20_000)
    assert max(map(len, comments)) <= 20_000


def test_a_comment_too_short_for_a_row_is_refused() -> None:
    with pytest.raises(ValueError, match="20,000 characters"):
        markdown(samples.harmless(), 1_000)


# The page


@dataclass
class Reader(HTMLParser):
    """Reads a page strictly: every element is closed, in order."""

    open: list[str] = field(default_factory=list)
    seen: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.text += data


def read(review: Review) -> Reader:
    reader = Reader()
    reader.feed(page(review))
    reader.close()
    assert not reader.open
    return reader


@pytest.mark.parametrize("review", [samples.every_effect(), samples.hostile()])
def test_the_page_asks_for_nothing_else(review: Review) -> None:
    reader = read(review)
    tags = [tag for tag, _ in reader.seen]
    assert not {"img", "link", "iframe", "object", "embed", "base", "image", "use"} & {*tags}
    assert tags.count("script") == 1
    assert tags.count("style") == 1
    for _, attributes in reader.seen:
        assert not {"src", "srcset", "style", "action"} & {*attributes}
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("href") or "#").startswith("#")
    assert "url(" not in page(review).partition("</style>")[0]


def test_the_page_admits_only_its_own_style_and_script() -> None:
    (policy,) = [
        attributes["content"]
        for tag, attributes in read(samples.hostile()).seen
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_a_name_or_value_is_only_text_on_the_page() -> None:
    text = read(samples.hostile()).text
    assert "<script>alert(2)</script>" in text
    assert "{{ 7*7 }}" in text
    assert "\\u202e" in text
    assert visible(text) == text


def test_every_link_of_the_page_leads_somewhere() -> None:
    reader = read(samples.every_effect())
    ids = [attributes["id"] for _, attributes in reader.seen if "id" in attributes]
    assert len(ids) == len({*ids})
    links = {attributes["href"] for tag, attributes in reader.seen if "href" in attributes}
    assert {str(link).removeprefix("#") for link in links} <= {*ids}


@pytest.mark.clients
@pytest.mark.xdist_group("clients")
@pytest.mark.parametrize(
    ("sample", "width", "flags"),
    [
        *((sample, width, ()) for sample in ("every_effect", "hostile") for width in (360, 1280)),
        ("harmless", 360, ()),
        ("every_effect", 1280, (DARK,)),
        ("harmless", 1280, (DARK,)),
    ],
)
def test_the_page_opens_without_an_error_and_with_nothing_cut_off(
    tmp_path: Path, sample: str, width: int, flags: tuple[str, ...]
) -> None:
    seen = look(page(getattr(samples, sample)()), tmp_path, width, *flags)
    assert seen.console == []
    assert seen.width == width
    assert seen.content <= width
    assert seen.outside == []
    assert seen.pale == []
    assert seen.filtered["before"] > 0
    assert seen.filtered["after"] == 0
    assert seen.filtered["said"] == f"0 of {seen.filtered['before']} shown"


def test_machines_read_the_review_that_people_read() -> None:
    review = samples.every_effect()
    assert Review.model_validate(json.loads(review.model_dump_json())) == review
