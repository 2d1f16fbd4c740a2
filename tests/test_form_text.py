"""The form reads and changes a cell's text in JavaScript; on thousands of texts the reader in Python finds the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import astuple
from random import Random

import pytest
from cell_texts import DETAILS, cell_text
from form_page import ARTICLE, host, kind
from playwright.sync_api import Browser, Page

from readtwice.answers import Answer, Answers, read_lines
from readtwice.kinds import ADDED, OMISSION, Kind
from readtwice.numbers import RECIPES, read_numbers
from readtwice.schemes import layer_names
from readtwice.texts import read_text

pytestmark = pytest.mark.browser

# Left out, for only exotic signs are read differently: control characters that Python counts as space (U+001C to U+001F,
# U+0085), letters that two versions of Unicode disagree about, and ligatures that Python folds to ASCII (ﬁ, ſ).
KINDS = [(name, text) for text in (ARTICLE, "harbour") for name in (*layer_names(), ADDED, OMISSION)] + [("form-a", ARTICLE)]
OURS = pytest.mark.parametrize(("name", "text"), KINDS)
MANY = 120  # texts a kind

READ = """([spec, sources]) => sources.map((source) => {
    const { rows, problems } = lines.readLines(source, spec);
    const answers = spec.items.filter((id) => rows.has(id)).map((id) => [id, rows.get(id)]);
    return [answers.map(([id, { label, detail, given, line, objection }]) => [id, label, detail, given, line, objection]),
        problems.map(({ line }) => line)]; })"""
READ_NUMBERS = """([spec, sources]) => sources.map((source) => {
    const { rows, problems } = lines.readLines(source, spec);
    return [[...rows].map(([id, { label, unread }]) => [id, label && !unread ? label : null]), problems.map(({ line }) => line)]; })"""
CHANGE = """([spec, cases]) => cases.map(([source, id, answer]) => {
    const now = applied(source, lines.edits(source, spec, id, answer));
    return [now, lines.edits(now, spec, id, answer)]; })"""


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with host(browser, tmp_path_factory.mktemp("form")) as seen:
        seen.page.wait_for_function("!!window.lines")
        yield seen.page


def spec(of: Kind) -> dict[str, object]:
    return {"items": list(of.items), "labels": list(labels(of)), "things": of.things}


def labels(of: Kind) -> tuple[str, ...]:
    return of.scheme.names if of.scheme else ()


def read(source: str, of: Kind) -> Answers:
    """What the Python reader finds, speakers as they are written."""
    return read_lines(source, of.scheme, of.items) if of.scheme else of.read(source)


def texts(of: Kind, text: str, sown: str) -> list[str]:
    draw = Random(f"{sown} {of.name} {text}")
    return [cell_text(draw, of.items, labels(of)) for _ in range(MANY)]


@OURS
def test_the_form_reads_any_text_as_the_python_reader_does(page: Page, name: str, text: str) -> None:
    of = kind(name, text)
    sources = texts(of, text, "read")
    found = page.evaluate(READ, [spec(of), sources])
    for source, (rows, problems) in zip(sources, found, strict=True):
        answers = read(source, of)
        expected = [[a.item, a.label, a.detail, a.given, a.line, a.objection] for a in answers.rows.values()]
        assert (rows, problems) == (expected, [problem.line for problem in answers.problems]), source


def test_the_texts_hold_enough_of_everything(page: Page) -> None:
    of = kind("voice")
    found = [read(source, of) for source in texts(of, ARTICLE, "read")]
    rows = [row for answers in found for row in answers.rows.values()]
    for part in ("label", "detail", "given", "objection"):
        assert sum(bool(getattr(row, part)) for row in rows) > MANY / 5
    said = " ".join(problem.why for answers in found for problem in answers.problems)
    assert all(said.count(why) > 5 for why in ("two labels", "Did you mean", "twice", "does not start", "there is no", "longer than"))


def test_the_first_two_thousand_lines_count_and_the_limit_is_told(page: Page) -> None:
    of = kind("voice")
    source = "1.3: author\n" + "noise\n" * 1999 + "2.1: quote"
    ((rows, problems),) = page.evaluate(READ, [spec(of), [source]])
    assert ([row[0] for row in rows], problems) == (["1.3"], [problem.line for problem in read(source, of).problems])


def change(draw: Random, source: str, of: Kind) -> tuple[str, dict[str, str]] | None:
    """An item of that text that is nowhere given, and a new answer to it."""
    given = {row.item for line in lines_of(source) for row in read(line, of).rows.values() if row.given}
    free = [item for item in of.items if item not in given]
    there = [item for item in read(source, of).rows if item in free]
    if not free:
        return None
    answer = {"label": draw.choice((*(labels(of) or DETAILS), ""))}
    if labels(of):
        answer["detail"] = draw.choice(("", *DETAILS)) if answer["label"] else ""
        if draw.random() < 0.6:
            answer["objection"] = draw.choice(("", "", *DETAILS))
    return draw.choice(there if there and draw.random() < 0.7 else free), answer


def lines_of(source: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", source)


def said(answer: Answer | None) -> tuple[object, ...]:
    """What an answer says, wherever it stands; no line and an empty one say the same."""
    _, label, detail, given, _, objection = astuple(answer or Answer("", ""))
    return label, detail, given, objection


def others(source: str, item: str, of: Kind) -> list[str]:
    """The lines of a text that an edit of `item` must leave as they are."""
    kept, last = [], ""
    for line in lines_of(source):
        answers = read(line, of)
        row = next(iter(answers.rows.values()), None)
        unread = [problem for problem in answers.problems if "longer than" not in problem.why]
        last = row.item if row else "" if unread else last
        doubt = not row and labels(of) and re.search(r"#\s*I\s+disagree", line, re.IGNORECASE)
        if line and (last != item or not (row or doubt) or (row and row.given)):
            kept.append(line)
    return kept


@OURS
def test_an_edit_says_the_new_answer_and_leaves_every_other_line_alone(page: Page, name: str, text: str) -> None:
    of, draw = kind(name, text), Random(f"edits {name} {text}")
    cases = [[source, *found] for source in ("", *texts(of, text, "edit")) if (found := change(draw, source, of))]
    for (source, item, answer), (now, again) in zip(cases, page.evaluate(CHANGE, [spec(of), cases]), strict=True):
        before, after = read(source, of).rows, read(now, of).rows
        line = " | ".join(filter(None, (f"{item}: {answer['label']}", answer.get("detail"))))
        wanted = read(f"{line}\n# I disagree: {answer['objection']}" if "objection" in answer else line, of).rows[item]
        label, detail, given, objection = said(wanted)
        assert said(after.get(item)) == (label, detail, given, objection if "objection" in answer else said(before.get(item))[3]), source
        assert [i for i in of.items if i != item and said(before.get(i)) != said(after.get(i))] == [], source
        assert others(now, item, of) == others(source, item, of), source
        assert again == [], source


@OURS
def test_an_edit_that_says_what_stands_there_changes_nothing(page: Page, name: str, text: str) -> None:
    of = kind(name, text)
    sources = texts(of, text, "same")
    cases = [
        [source, row.item, {"label": row.label, "detail": row.detail, "objection": row.objection}]
        for source in sources
        for row in read(source, of).rows.values()
    ]
    assert len(cases) > MANY / 2
    assert [case for case, (now, _) in zip(cases, page.evaluate(CHANGE, [spec(of), cases]), strict=True) if now != case[0]] == []


def changed(page: Page, source: str, item: str, **answer: str) -> str:
    return page.evaluate(CHANGE, [spec(kind("voice")), [[source, item, answer]]])[0][0]


def test_of_an_item_that_stands_twice_the_line_that_counts_is_changed(page: Page) -> None:
    assert changed(page, "1.3: quote\n2.1:\n1.3: author\n1.3:", "1.3", label="mixed") == "1.3: quote\n2.1:\n1.3: mixed\n1.3:"


def test_clearing_an_item_that_stands_twice_clears_both_lines(page: Page) -> None:
    assert changed(page, "1.3: quote\n1.3: qote\n1.3: author | X", "1.3", label="") == "1.3:\n1.3: qote\n1.3:"


def test_an_item_without_a_line_gets_one_at_the_end(page: Page) -> None:
    assert changed(page, "", "1.3", label="author") == "1.3: author"
    assert changed(page, "2.1:\n", "1.3", label="author") == "2.1:\n1.3: author"
    source = changed(page, "2.1:\r\n# mine", "1.3", label="quote", detail="X", objection="no")
    assert source == "2.1:\r\n# mine\n1.3: quote | X\n# I disagree: no"


def test_an_objection_stands_below_its_item_in_place_of_the_old_ones(page: Page) -> None:
    source = "1.3: author\r\n2.1:"
    assert changed(page, source, "1.3", label="author", objection="no") == "1.3: author\n# I disagree: no\r\n2.1:"
    source = "1.3: author\n\n# a note\n# I disagree: a\n1.3:\n# I disagree: b\n2.1:"
    assert changed(page, source, "1.3", label="author", objection="c") == "1.3: author\n\n# a note\n# I disagree: c\n1.3:\n2.1:"
    assert changed(page, source, "1.3", label="author", objection="") == "1.3: author\n\n# a note\n1.3:\n2.1:"


def test_a_given_item_is_never_changed(page: Page) -> None:
    assert changed(page, "= 1.3: author", "1.3", label="quote") == "= 1.3: author"


NUMBERS = list(RECIPES)
SAID = (
    "0.31",
    "0,31",
    ".31",
    "31 %",
    "31",
    "1.4",
    "-0.2",
    "−3",
    "a third",
    "0.2 0.3",
    "31 per cent",
    "150 %",
    "2",
    "",
    "…",
    "?",
    "0.31.",
    "“0.3”",
    "≈ 0.3",
)
STARTS = (
    "share of {}",
    "{}",
    "the share of {}",
    "Share  of {}’s",
    "SHARE OF {}",
    "share {}",
    "nobody",
    "share of",
    "= share of {}",
    "# share of {}",
)
AFTER = (": ", ":", " = ", " ", "： ", ": : ")


def numbers_text(draw: Random, speakers: list[str]) -> str:
    """The text of a cell of numbers as students may leave it."""
    who = ["author", *speakers, "Nobody"]
    lines = [draw.choice(STARTS).format(draw.choice(who)) + draw.choice(AFTER) + draw.choice(SAID) for _ in range(draw.randrange(9))]
    return draw.choice(("\n", "\r\n")).join(["%%answers shares", *lines, *draw.choices(("", "# a note", "x" * 30), k=draw.randrange(2))])


@pytest.mark.parametrize("name", NUMBERS)
def test_the_form_reads_numbers_as_the_python_reader_does(page: Page, name: str) -> None:
    draw, text = Random("numbers"), read_text(ARTICLE)
    names = RECIPES[name].names(text)
    sources = [numbers_text(draw, list(text.speakers)) for _ in range(4 * MANY)]
    found = page.evaluate(READ_NUMBERS, [{"items": names, "labels": [], "numbers": True}, sources])
    for source, (rows, problems) in zip(sources, found, strict=True):
        numbers, told = read_numbers(source, names)
        expected = {n.name: n.said if n.value is not None else None for n in numbers.values()}
        assert (dict(rows), problems) == (expected, [problem.line for problem in told]), source
    assert sum(len(problems) for _, problems in found) > MANY


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_that_is_typed_takes_the_place_of_the_one_before(page: Page, name: str) -> None:
    draw, text = Random("typed numbers"), read_text(ARTICLE)
    names = RECIPES[name].names(text)
    cases = [
        [numbers_text(draw, list(text.speakers)), draw.choice(names), {"label": draw.choice(("0.25", "25 %", ",25"))}] for _ in range(MANY)
    ]
    cases = [case for case in cases if "= share" not in case[0]]
    spec = {"items": names, "labels": [], "numbers": True}
    for (source, item, _), (now, again) in zip(cases, page.evaluate(CHANGE, [spec, cases]), strict=True):
        before, after = read_numbers(source, names)[0], read_numbers(now, names)[0]
        assert after[item].value == 0.25, source
        assert {n: before[n].value for n in before if n != item} == {n: after[n].value for n in after if n != item}, source
        assert again == []
