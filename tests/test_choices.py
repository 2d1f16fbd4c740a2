"""Choices, a label with its reason, copied words, the omission."""

from __future__ import annotations

import csv

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from readtwice.answers import Answer, Answers
from readtwice.choices import choice_scheme, mark_copied, mark_omission, mark_reasons, overlap, read_choices
from readtwice.forms import OPTIONS, form_names, read_form
from readtwice.keys import Key, KeyRow
from readtwice.marking import mark
from readtwice.schemes import read_scheme
from readtwice.speakers import words_of
from readtwice.texts import split_list

PASSAGE = "With this the town is trying to narrow our proposals to the one matter of the weir, and to bury the rest of our proposals."
REASONS = Key("statement", {
    "4.1": KeyRow("4.1", "interpretation", "r2", ("prediction",), ("value",), detail_accept=("r5",)),
    "9.9": KeyRow("9.9", "value", "r1"),
})  # fmt: skip


def form_key(name: str) -> Key:
    with (ROOT / "solutions" / "keys" / f"form-{name}" / "questions.csv").open(encoding="utf-8", newline="") as file:
        return Key("choice", {row["item"]: KeyRow(row["item"], row["label"], reason=row["reason"]) for row in csv.DictReader(file)})


@pytest.mark.parametrize("name", form_names())
def test_a_form_filled_with_its_key_earns_all_and_one_letter_everywhere_nothing(name):
    key, scheme = form_key(name), choice_scheme(OPTIONS)
    questions = [q.id for q in read_form(name)]
    right = "\n".join(f"{row.item}: {row.label}" for row in key.rows.values())
    assert mark(read_choices(right, questions, OPTIONS), key, scheme).score == 1
    for letter in OPTIONS:
        same = "\n".join(f"{q}) {letter.upper()}" for q in questions)
        answers = read_choices(same, questions, OPTIONS)
        assert [answers.label(q) for q in questions] == [letter] * len(questions)
        assert mark(answers, key, scheme).score == 0


def test_a_choice_that_is_none_of_the_options_and_a_question_that_is_not_there_are_said():
    answers = read_choices("q1: e\nq99: a\nq2: b", ["q1", "q2"], OPTIONS)
    assert [problem.line for problem in answers.problems] == [1, 2]
    assert "no question q99" in answers.problems[1].why
    assert answers.label("q2") == "b"


@pytest.mark.parametrize(
    ("label", "reason", "credit"),
    [
        ("interpretation", "r2", 1),
        ("interpretation", "R5", 1),
        ("prediction", "r2", 1),
        ("value", "r2", 0.5),
        ("interpretation", "r3", 0),
        ("interpretation", "", 0),
        ("checkable", "r2", 0),
    ],
)
def test_a_label_earns_credit_only_with_a_reason_that_fits(label, reason, credit):
    answers = Answers("statement", {"4.1": Answer("4.1", label, reason), "9.9": Answer("9.9", "value", "r1")})
    marks = mark_reasons(answers, REASONS, read_scheme("statement"))
    assert marks.rows[0].credit == credit
    assert marks.score == (credit + 1) / 2


def test_reasons_left_open_earn_nothing_and_are_not_called_wrong():
    marks = mark_reasons(Answers("statement"), REASONS, read_scheme("statement"))
    assert marks.score == 0
    assert {row.why for row in marks.rows} == {"open"}


@pytest.mark.parametrize(
    ("said", "right", "expected"),
    [
        ("trying to narrow", "trying to narrow", 1),
        ("TRYING  to “narrow”", "trying to narrow", 1),
        ("is trying to narrow", "trying to narrow", 2 * 3 / (4 + 3)),
        ("trying; narrow", "trying to narrow", 2 * 2 / (2 + 3)),
        ("bury the rest", "trying to narrow", 0),
        ("never said", "trying to narrow", 0),
        ("trying to narrow; never said", "trying to narrow", 2 * 3 / (5 + 3)),
        ("our proposals", "rest of our proposals", 2 * 2 / (2 + 4)),
        ("", "trying to narrow", 0),
    ],
)
def test_overlap_is_f1_over_the_words_of_the_passage(said, right, expected):
    assert overlap(said, right, PASSAGE) == pytest.approx(expected)


@given(st.data())
def test_overlap_is_what_counting_word_by_word_gives(data):
    """Against F1 counted from true and false positives, on runs of words that stand there once."""
    words = [f"w{i}" for i in range(12)]
    runs = [sorted(data.draw(st.tuples(st.integers(0, 11), st.integers(0, 11)))) for _ in range(2)]
    (a, b), (c, d) = runs
    said, right = words[a : b + 1], words[c : d + 1]
    both = len(set(said) & set(right))
    precision, recall = both / len(said), both / len(right)
    expected = 2 * precision * recall / (precision + recall) if both else 0
    assert overlap(" ".join(said), " ".join(right), " ".join(words)) == pytest.approx(expected)


@given(st.text(), st.text(), st.text())
def test_overlap_of_any_texts_lies_between_0_and_1(said, right, passage):
    assert 0 <= overlap(said, right, passage) <= 1
    if words_of(passage) and not set(";….") & set(passage):
        assert overlap(passage, passage, passage) == 1


def test_copied_words_earn_full_half_or_no_credit():
    key = {i: KeyRow(i, "", "trying to narrow", detail_accept=("bury the rest",), words=PASSAGE) for i in ("g1", "g2", "g3", "g4")}
    copied = {"g1": "bury the rest", "g2": "narrow our proposals to", "g3": "the one matter", "g4": " "}
    marks = mark_copied(copied, key)
    assert [row.credit for row in marks.rows] == [1, 0, 0, None]
    assert mark_copied({"g1": "to narrow our proposals"}, {"g1": key["g1"]}).rows[0].credit == 0.5
    assert marks.score == 0.25


def omission(name: str) -> KeyRow:
    with (ROOT / "solutions" / "keys" / name / "omission.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    split = {column: split_list(row[column]) for column in ("accept", "near", "detail_accept")}
    return KeyRow(row["item"], row["label"], row["detail"], split["accept"], split["near"], False, split["detail_accept"], row["reason"])


@pytest.mark.parametrize("name", ["russia-must-act", "parallel"])
def test_the_omission_asks_for_a_card_and_a_sentence(name):
    row = omission(name)
    assert mark_omission(row.label, row.detail, row).score == 1
    assert mark_omission(row.label.lower(), "", row).score == 0.5
    assert mark_omission("S0", row.detail, row).score == 0.5
    assert mark_omission("", "", row).score == 0
    for card in row.accept:
        assert mark_omission(card, row.detail, row).score == 1
    for card in row.near:
        assert mark_omission(card, row.detail, row).score == 0.75
