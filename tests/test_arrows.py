"""The argument map: its boxes, the reader of arrows, its key, and how it is marked."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random
from statistics import mean

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

import readtwice.arrows
from readtwice.arrows import (
    CALL,
    CLAIM,
    EVIDENCE,
    MAP,
    circles,
    ends,
    map_key,
    read_arrows,
    read_boxes,
    starts,
    under,
    without_box,
)
from readtwice.details import stands_in
from readtwice.keys import COLUMNS, KeyProblem
from readtwice.kinds import kind_of
from readtwice.texts import read_text

TEXTS = ("harbour", "russia-must-act", "parallel")
GRADED = TEXTS[1:]
BOXES = read_boxes(read_text("harbour"))
SOLUTIONS = ROOT / "solutions"
every_text = pytest.mark.parametrize("name", TEXTS)

# Every way to draw arrows over these boxes, open ones among them, circles too.
drawn = st.fixed_dictionaries({}, optional={start: st.sampled_from([e for e in ends(BOXES) if e != start]) for start in starts(BOXES)})


def key_of(name: str):
    return kind_of(MAP, read_text(name)).key(SOLUTIONS)


def asked_of(name: str) -> list[str]:
    with (SOLUTIONS / "keys" / name / "asked.csv").open(encoding="utf-8", newline="") as file:
        return [row["item"] for row in csv.DictReader(file) if row["layer"] == MAP]


def arrows_of(source: str) -> dict[str, str]:
    return {item: row.label for item, row in read_arrows(source, BOXES).rows.items() if row.label}


def problem(source: str) -> str:
    (found,) = read_arrows(source, BOXES).problems
    return str(found)


# Data


@every_text
def test_a_map_has_evidence_claims_and_one_call(name):
    boxes = read_boxes(read_text(name))
    assert 8 <= len(boxes) <= 10
    assert [box.role for box in boxes].count(CALL) == 1
    assert {box.role for box in boxes} == {EVIDENCE, CLAIM, CALL}
    assert all(stands_in(box.words, read_text(name)[box.item].text) for box in boxes)


@every_text
def test_the_map_that_students_get_holds_no_arrow(name):
    path = Path(readtwice.arrows.__file__).parent / "texts" / name / "map.csv"
    with path.open(encoding="utf-8", newline="") as file:
        assert csv.DictReader(file).fieldnames == ["item", "role", "words"]


@every_text
def test_every_arrow_of_the_key_leads_to_the_call_in_the_end(name):
    boxes, key = read_boxes(read_text(name)), key_of(name)
    call = next(box.item for box in boxes if box.role == CALL)
    assert under(call, {item: row.label for item, row in key.rows.items()}) == set(starts(boxes))


@every_text
def test_what_a_reason_quotes_stands_in_one_of_the_two_sentences_and_no_reason_stands_twice(name):
    text, rows = read_text(name), key_of(name).rows.values()
    for row in rows:
        quoted = row.reason.split('"')[1::2]
        there = f"{text[row.item].text} {text[row.label].text}"
        assert quoted, row.item
        assert [bit for bit in quoted if bit not in there] == [], row.item
    assert len({row.reason for row in rows}) == len(rows)


@pytest.mark.parametrize("name", GRADED)
def test_half_of_what_is_asked_no_pair_of_the_support_layer_gives_away(name):
    text, key = read_text(name), key_of(name)
    told = {(start, end) for pair in text.pairs for start in pair.from_ for end in pair.to if len(pair.from_) == 1}
    asked = asked_of(name)
    assert len(asked) == 6
    assert sum((item, key.rows[item].label) not in told for item in asked) >= 3
    call = next(box.item for box in read_boxes(text) if box.role == CALL)
    assert any(key.rows[item].label == call for item in asked)


def test_both_graded_texts_ask_as_many_arrows():
    assert len(asked_of("parallel")) == len(asked_of("russia-must-act"))


@pytest.mark.parametrize(
    "rows",
    [
        ["9.1,claim,never said there"],
        ["9.1,proof,the old stones"],
        ["99.1,claim,the old stones"],
        ["16.1,call,cast off", "9.1,claim,the old stones"],
        ["9.1,claim,the old stones"],
    ],
    ids=["other words", "unknown role", "unknown sentence", "out of order", "no call"],
)
def test_a_map_that_cannot_be_right_stops_with_a_sentence(rows, tmp_path, monkeypatch):
    (tmp_path / "harbour").mkdir()
    (tmp_path / "harbour" / "map.csv").write_text("\n".join(["item,role,words", *rows]), encoding="utf-8")
    monkeypatch.setattr(readtwice.arrows, "TEXTS", tmp_path)
    with pytest.raises(ValueError, match=r"harbour/map\.csv"):
        read_boxes(read_text("harbour"))


def test_a_text_without_a_map_has_no_boxes():
    assert read_boxes(read_text("harbour-report")) == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"9.2": "9.2"}, "9.2"),
        ({"9.2": "9.1"}, "9.2"),
        ({"9.2": "99.1"}, "9.2"),
        ({"12.3": "15.1", "15.1": "12.3"}, "circle: 12.3, 15.1"),
        ({"9.2": None}, "one row for each box"),
    ],
)
def test_a_key_that_cannot_be_right_stops_with_a_sentence(change, message):
    rows = [dict.fromkeys(COLUMNS, "") | {"item": i, "label": row.label, "reason": row.reason} for i, row in key_of("harbour").rows.items()]
    rows = [row | {"label": change.get(row["item"], row["label"])} for row in rows if change.get(row["item"], "") is not None]
    with pytest.raises(KeyProblem, match=message):
        map_key(rows, BOXES)


# The reader


@pytest.mark.parametrize("said", ["16.1", " 16,1 ", "-> 16.1", "→16.1", "16.1.", "=> 16 . 1", '"16.1"'])
def test_an_arrow_is_read_however_it_is_written(said):
    assert arrows_of(f"9.2: {said}") == {"9.2": "16.1"}


@pytest.mark.parametrize("said", ["", " ", "___", "…", "?"])
def test_an_open_arrow_is_open_and_no_problem(said):
    read = read_arrows(f"9.2:{said}", BOXES)
    assert (arrows_of(f"9.2:{said}"), read.problems) == ({}, ())


def test_a_given_arrow_says_so():
    assert read_arrows("= 9.1: 9.2\n9.2:", BOXES).given == ["9.1"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("9.2: 9.2", "cannot lead from 9.2 to 9.2 itself"),
        ("9.2: 14.1", "14.1 is evidence"),
        ("9.2: 99.9", "“99.9” is no box of this map"),
        ("9.2: <script>alert(1)</script>", "is no box of this map"),
        ("9.2: 15.1 and 16.1", "two boxes stand here"),
        ("16.1: 9.2", "start the line with the number of a box"),
        ("nonsense", "start the line with the number of a box"),
    ],
)
def test_what_is_no_arrow_is_said_in_words_and_the_others_are_drawn(line, why):
    source = f"9.1: 9.2\n{line}\n15.1: 16.1"
    assert why in problem(source)
    assert problem(source).startswith("Line 2, ")
    assert arrows_of(source) == {"9.1": "9.2", "15.1": "16.1"}


def test_a_circle_is_named_and_its_arrows_are_kept():
    source = "12.3: 15.1\n15.1: 12.3\n9.1: 9.2"
    assert "in a circle, 12.3 → 15.1 → 12.3" in problem(source)
    assert arrows_of(source) == {"12.3": "15.1", "15.1": "12.3", "9.1": "9.2"}


def test_the_later_of_two_lines_counts():
    assert "The later line counts" in problem("9.2: 15.1\n9.2: 16.1")
    assert arrows_of("9.2: 15.1\n9.2: 16.1") == {"9.2": "16.1"}


@given(st.text() | st.lists(st.text(max_size=12), max_size=8).map(lambda parts: "\n".join(f"9.2: {part}" for part in parts)))
def test_the_reader_never_raises_and_finds_only_arrows_that_may_be(source):
    read = read_arrows(source, BOXES)
    assert all(row.label in ("", *ends(BOXES)) and row.label != item for item, row in read.rows.items())


@given(drawn)
def test_what_a_form_would_write_is_read_back(arrows):
    assert arrows_of("\n".join(f"{start}: {end}" for start, end in arrows.items())) == arrows


# What follows from arrows


@given(drawn)
def test_a_box_is_in_a_circle_exactly_where_arrows_lead_from_it_back_to_it(arrows):
    inside = {item for ring in circles(arrows) for item in ring}
    for item in arrows:
        at, steps = arrows[item], 0
        while at != item and at in arrows and steps < len(BOXES):
            at, steps = arrows[at], steps + 1
        assert (at == item) == (item in inside)
    for ring in circles(arrows):
        assert [arrows[item] for item in ring] == [*ring[1:], ring[0]]


@given(drawn, st.sampled_from([box.item for box in BOXES]))
def test_under_a_box_stands_who_reaches_it_step_by_step(arrows, item):
    for start in starts(BOXES):
        at, steps = start, 0
        while at != item and at in arrows and steps < len(BOXES):
            at, steps = arrows[at], steps + 1
        assert (start in under(item, arrows)) == (at == item and start != item)


@given(drawn, st.sampled_from(starts(BOXES)))
def test_to_take_a_box_away_never_puts_one_under_the_call(arrows, item):
    left = without_box(item, arrows)
    assert under("16.1", left) <= under("16.1", arrows) - {item}
    assert item not in {*left, *left.values()}


# Marks


@every_text
@pytest.mark.parametrize("whole", [True, False], ids=["all", "asked"])
def test_the_key_earns_all_blank_nothing_and_one_box_for_all_nothing(name, whole):
    kind, key = kind_of(MAP, read_text(name)), key_of(name)
    key = key if whole or name == "harbour" else key.only(asked_of(name))
    marked = {said: kind.mark(kind.read("\n".join(f"{item}: {said}" for item in key.rows)), key).score for said in ("", *kind.scheme.names)}
    right = kind.mark(kind.read("\n".join(f"{item}: {row.label}" for item, row in key.rows.items())), key)
    assert right.score == 1
    assert marked == dict.fromkeys(marked, 0)


@pytest.mark.parametrize("name", GRADED)
def test_an_accepted_arrow_earns_all_and_a_near_one_half(name):
    kind, key = kind_of(MAP, read_text(name)), key_of(name)
    for item, row in key.rows.items():
        for said, credit in [*((other, 1.0) for other in row.accept), *((other, 0.5) for other in row.near)]:
            (marked,) = (r for r in kind.mark(kind.read(f"{item}: {said}"), key).rows if r.item == item)
            assert marked.credit == credit, (item, said)


@pytest.mark.parametrize("name", GRADED)
def test_who_guesses_every_arrow_earns_hardly_more_than_nothing(name):
    kind, key, draw = kind_of(MAP, read_text(name)), key_of(name).only(asked_of(name)), Random(name)
    guessed = ("\n".join(f"{item}: {draw.choice([e for e in kind.scheme.names if e != item])}" for item in key.rows) for _ in range(2000))
    assert mean(kind.mark(kind.read(source), key).score for source in guessed) < 0.13
