"""The argument map as students see it: what stands where, what is said, and what happens when a box is taken away."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from test_arrows import drawn

import readtwice
import readtwice.notebook
from readtwice import argument_map, check, read, table
from readtwice.answer_cell import answers_magic
from readtwice.arrows import read_boxes
from readtwice.kinds import kind_of
from readtwice.map_picture import draw
from readtwice.notebook import Notebook
from readtwice.texts import read_text

TEXT = read_text("harbour")
BOXES = read_boxes(TEXT)
KEY = {item: row.label for item, row in kind_of("map", TEXT).key(None).rows.items()}
VOID = {"br"}


@pytest.fixture(autouse=True)
def fresh_kernel(monkeypatch):
    monkeypatch.setattr(readtwice.notebook, "_here", Notebook())


def outline(arrows: dict[str, str], without: str = "") -> str:
    return draw(arrows, BOXES, TEXT, without)[1]


def line(item: str, said: str) -> str:
    """The line of the outline about a box."""
    return next(line for line in said.split("\n") if re.match(rf" *(because )?(evidence|claim|call) {re.escape(item)}\b", line))


def seen(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


class Balanced(HTMLParser):
    """Raises where an element is not closed, or a script or an address stands there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag in ("div", "p", "b", "span", "br", "ul", "li")
        assert {name for name, _ in attrs} <= {"style", "role", "aria-label", "aria-hidden"}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_whole_key_hangs_under_the_call():
    said = outline(KEY).split("\n")
    assert said[0] == "call 16.1: Our skippers must cast off now"
    assert said[1] == "    because claim 9.2: there is nothing on the North Quay to rebuild"
    assert said[2] == "        because evidence 9.1: the old stones can carry our boats for another thirty years"
    assert "Not connected yet:" not in said
    assert said[-2] == "9 boxes, 8 arrows."
    assert TEXT.about["notice"] in said[-1]


@given(drawn)
def test_every_box_stands_there_once_whatever_is_drawn(arrows):
    html, plain = draw(arrows, BOXES, TEXT)
    Balanced(html)
    for box in BOXES:
        assert len(re.findall(rf"(?:evidence|claim|call) {re.escape(box.item)}\b", plain)) == 1
        assert seen(html).count(f"{box.role.upper()} {box.item} ") == 1
    assert TEXT.about["notice"] in seen(html)
    assert unescape(html.split('aria-label="')[1].split('"')[0]).count("because") == plain.count("because")


@given(drawn)
def test_an_open_box_is_dashed_set_apart_and_named(arrows):
    html, plain = draw(arrows, BOXES, TEXT)
    still = [box.item for box in BOXES if box.role != "call" and box.item not in arrows]
    assert (f"No arrow yet: {', '.join(still)}." in plain) == bool(still)
    assert html.count("border-style:dashed") == len(still)
    assert all(line(item, plain).startswith(("claim", "evidence")) and "(no arrow yet)" in line(item, plain) for item in still)


def test_a_circle_is_drawn_once_round_and_named():
    said = outline(KEY | {"15.1": "12.3"})
    assert "In a circle:\nclaim 12.3" in said
    assert "In a circle: 12.3 → 15.1 → 12.3." in said


def test_taking_a_box_away_says_what_is_left_and_marks_who_loses():
    said = outline(KEY, "13.1")
    assert said.startswith(
        "Take 13.1 away: does the call still stand?\nUnder the call 16.1 there are still 5 boxes, 2 of them evidence; before, there were 8"
    )
    assert "(taken away)" in line("13.1", said)
    assert "(no longer reaches the call)" in line("14.1", said)
    assert "(" not in line("9.1", said)
    assert "(" not in line("16.1", said)


def test_a_claim_whose_only_ground_goes_says_so():
    said = outline(KEY, "12.3")
    assert "(nothing is left under it)" in line("15.1", said)
    assert "still 7 boxes, 4 of them evidence" in said


def test_evidence_that_was_the_last_leaves_claims_without_any():
    arrows = {"9.1": "9.2", "9.2": "16.1", "12.3": "15.1", "15.1": "16.1"}
    said = outline(arrows, "9.1")
    assert "(nothing is left under it)" in line("9.2", said)
    assert "(no evidence is left under it)" in line("16.1", said)
    assert "still 3 boxes, none of them evidence" in said
    assert "4 boxes without an arrow can still change that." in said


def test_where_nothing_is_left_the_map_says_that_and_no_more():
    said = outline({"9.1": "9.2", "9.2": "16.1"}, "9.2")
    assert "Nothing is left under the call 16.1. There were 2 boxes under it before." in said
    assert "(nothing is left under it)" in line("16.1", said)


def test_where_nothing_is_drawn_there_is_nothing_to_take_away():
    assert "no arrow leads to the call 16.1 yet" in outline({}, "9.1")


def test_without_the_call_nothing_is_asked():
    assert outline(KEY, "16.1").startswith("16.1 is the call itself.")


@given(drawn)
def test_what_is_said_of_a_taken_box_follows_from_the_arrows(arrows):
    for box in BOXES:
        html, plain = draw(arrows, BOXES, TEXT, box.item)
        Balanced(html)
        assert "(taken away)" in line(box.item, plain)
        assert plain.count("taken away") == 1


# In a notebook


def test_the_map_is_that_of_the_newest_arrows():
    read("harbour")
    shown = answers_magic("map", "= 9.1: 9.2\n9.2:\n14.2: 14.2")
    assert "no arrow yet" in shown.html
    assert "Line 4, “14.2: 14.2”" in check("map").plain
    answers_magic("map", "= 9.1: 9.2\n9.2: 16.1")
    assert "    because claim 9.2" in argument_map().plain
    assert "no longer reaches the call" in argument_map(without="9.2").html
    assert argument_map(without=9.2).plain == argument_map(without=" 9.2 ").plain


@pytest.mark.parametrize("name", ["9.9", "<script>alert(1)</script>", "the call"])
def test_an_unknown_box_is_named_and_the_whole_map_is_drawn(name):
    read("harbour")
    answers_magic("map", "9.1: 9.2")
    shown = argument_map(without=name)
    assert f"There is no box “{name}” in this map. The boxes are: 9.1," in shown.plain
    assert "call 16.1" in shown.plain
    assert "<script" not in shown.html


def test_before_the_cell_has_run_it_says_which_to_run():
    assert "read(…)" in argument_map().plain
    read("harbour")
    assert "%%answers map" in argument_map().plain
    read("harbour-report")


def test_a_text_without_a_map_says_so(monkeypatch):
    monkeypatch.setattr(readtwice.notebook, "_here", Notebook(text="harbour-report"))
    assert "There is no argument map" in argument_map().plain


def test_the_table_holds_a_row_a_box_and_takes_other_tables_beside_it():
    read("harbour")
    answers_magic("map", "= 9.1: 9.2\n9.2: 16.1")
    rows = table("map").set_index("item")
    assert list(rows.columns) == ["role", "leads_to", "given", "text"]
    assert list(rows.index) == [box.item for box in BOXES]
    assert (rows.loc["9.1", "leads_to"], rows.loc["9.2", "given"], rows.loc["16.1", "leads_to"]) == ("9.2", False, "")
    assert rows["leads_to"].isna().sum() == 6
    both = table("map", whose="key").merge(table("evidence", whose="key")[["item", "trace"]], on="item")
    assert set(both["item"]) <= set(rows.index)
    assert both.set_index("item").loc["14.1", "trace"] == "findable"


def test_a_practice_text_explains_every_arrow():
    read("harbour")
    answers_magic("map", "9.2: 16.1\n9.3: 16.1\n15.1: 9.2")
    said = check("map").plain
    assert "✓ 9.2: 16.1 is right." in said
    assert "≈ 9.3: 16.1 comes near; the key says 9.2." in said
    assert "→ 15.1: you said 9.2; the key says 16.1." in said
