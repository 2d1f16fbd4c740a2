"""The tests before and after the course: two forms that ask the same things of different texts."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest
from conftest import ROOT

from readtwice.forms import OPTIONS, form_names, read_form
from readtwice.keys import COLUMNS
from readtwice.texts import read_text

LAYERS = ("voice", "statement", "gloss", "evidence", "support", "call")
NAMES = form_names()


def table(name: str, which: str) -> list[dict[str, str]]:
    with (ROOT / "solutions" / "keys" / f"form-{name}" / f"{which}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def key(name: str) -> dict[str, dict[str, str]]:
    return {row["item"]: row for row in table(name, "questions")}


def test_there_are_two_forms_of_twelve_questions_two_a_layer():
    assert len(NAMES) == 2
    for name in NAMES:
        assert [q.id for q in read_form(name)] == [f"q{n}" for n in range(1, 13)]
        assert Counter(q.layer for q in read_form(name)) == dict.fromkeys(LAYERS, 2)


def test_an_unknown_form_is_answered_with_the_forms_that_there_are():
    with pytest.raises(ValueError, match="The forms are: a, b"):
        read_form("../texts/harbour/sources")


def test_question_by_question_the_forms_ask_the_same_layer_of_the_same_kind_of_text_and_tempt_alike():
    one, other = (read_form(name) for name in NAMES)
    assert [(q.layer, q.text.rpartition("-")[2]) for q in one] == [(q.layer, q.text.rpartition("-")[2]) for q in other]
    tempts = [Counter((row["item"], row["confusion"]) for row in table(name, "confusions")) for name in NAMES]
    assert tempts[0] == tempts[1]


@pytest.mark.parametrize("name", NAMES)
def test_each_question_has_four_options_one_key_and_a_confusion_for_each_other_option(name):
    rows = key(name)
    assert list(rows) == [q.id for q in read_form(name)]
    assert tuple(rows["q1"]) == COLUMNS
    confusions = {(row["item"], row["option"]) for row in table(name, "confusions")}
    wrong = {(item, option) for item, row in rows.items() for option in OPTIONS if option != row["label"]}
    assert confusions == wrong
    assert [q.id for q in read_form(name) if len(set(q.options.values())) != 4 or not all(q.options.values())] == []


@pytest.mark.parametrize("name", NAMES)
def test_letters_and_lengths_do_not_give_the_answer_away(name):
    rows, questions = key(name), read_form(name)
    assert Counter(row["label"] for row in rows.values()) == dict.fromkeys(OPTIONS, 3)
    longest = [q.id for q in questions if max(q.options, key=lambda o: len(q.options[o])) == rows[q.id]["label"]]
    assert len(longest) <= 4


def test_no_question_has_the_same_right_letter_in_both_forms():
    one, other = (key(name) for name in NAMES)
    assert [item for item in one if one[item]["label"] == other[item]["label"]] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_a_question_or_a_reason_quotes_stands_in_its_text(name):
    rows = key(name)
    for q in read_form(name):
        text = read_text(q.text)
        assert set(q.items) <= set(text.items), q.id
        whole = " ".join(s.text for s in text.sentences)
        assert [bit for bit in re.findall(r'"([^"]+)"', rows[q.id]["reason"]) if bit not in whole] == [], q.id
        quoted = [bit.strip() for bit in re.findall(r"“([^”]+)”", q.question)]
        assert [bit for bit in quoted if bit.rstrip(".") not in whole] == [], q.id


@pytest.mark.parametrize("name", NAMES)
def test_a_form_uses_no_word_that_only_the_course_teaches(name):
    jargon = re.compile(r"\b(gloss|checkable|signpost|mixed|trace|layer|label|move)\b", re.IGNORECASE)
    assert [q.id for q in read_form(name) if jargon.search(" ".join([q.question, *q.options.values()]))] == []


@pytest.mark.parametrize("name", NAMES)
def test_at_least_three_right_answers_say_that_nothing_is_wrong(name):
    fair = re.compile(r"\b(fair|fairly|nothing|nobody|no one|yes|does back|do back)\b", re.IGNORECASE)
    rows = key(name)
    assert sum(bool(fair.search(q.options[rows[q.id]["label"]])) for q in read_form(name)) >= 3
