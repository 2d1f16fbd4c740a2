"""The second half of an answer: speaker, trace, gap, trigger words, slots, source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readtwice.details import detail_credit, likeness, stands_in

SENTENCE = 'Our so-called "partners" have not stopped for a single moment.'
CALL = "Quernby | put off the measures | at once"
ALSO = ("who: the town", "what: delay what was planned", "when: now")


@pytest.mark.parametrize("said", ["so-called", "SO-CALLED", "so called partners", 'so-called "partners"', "have; so-called"])
def test_trigger_words_of_the_key_earn_credit_however_they_are_copied(said):
    assert detail_credit("trigger words", said, "so-called", ("partners",), SENTENCE) == 1


@pytest.mark.parametrize(
    "said", ["", "so-called friends", "so-called; friends", "the partners", "moment single", ";", "for a single moment"]
)
def test_words_that_do_not_stand_in_the_sentence_or_are_no_trigger_earn_nothing(said):
    assert detail_credit("trigger words", said, "so-called", ("partners",), SENTENCE) == 0


def test_where_the_key_has_no_trigger_for_an_accepted_label_any_words_that_stand_there_do():
    assert detail_credit("trigger words", "a single moment", "", (), SENTENCE) == 1
    assert detail_credit("trigger words", "a double moment", "", (), SENTENCE) == 0


def test_a_long_copy_in_which_the_trigger_drowns_is_no_answer():
    """Whoever copies the whole sentence has not said which words push."""
    assert detail_credit("trigger words", SENTENCE, "so-called", (), SENTENCE) == 0


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        (CALL, 3),
        ("the town | delay what was planned | now", 3),
        ("Quernby | put off measures | later", 2),
        ("Quernby", 1),
        ("", 0),
        ("| put off the measures |", 1),
        ("The Quernby | to put off its measures | AT ONCE!", 3),
        ("Quernby | build a bridge | never", 1),
        ("Quernby | put off all their boats | at once", 2),
        ("Quernby | stop the measures | at once", 3),
        ("now | put off the measures | at once", 2),
        ("delay what was planned | the town | now", 1),
    ],
)
def test_each_slot_of_a_call_counts_a_third(said, slots):
    assert detail_credit("slots", said, CALL, ALSO, "") == pytest.approx(slots / 3)


@pytest.mark.parametrize("when", ["not stated", "", "none", "Not stated."])
def test_no_time_is_said_in_several_ways(when):
    assert detail_credit("slots", f"Quernby | act | {when}", "Quernby | act | not stated", (), "") == 1


def test_a_time_where_none_is_stated_costs_its_slot():
    assert detail_credit("slots", "Quernby | act | tomorrow", "Quernby | act | not stated", (), "") == pytest.approx(2 / 3)


@pytest.mark.parametrize(("said", "credit"), [("findable", 1), ("Findable", 1), ("named", 1), ("unsourced", 0), ("", 0)])
def test_a_trace_is_right_or_not(said, credit):
    assert detail_credit("trace", said, "findable", ("named",), "") == credit


@pytest.mark.parametrize(("said", "credit"), [("S52", 1), ("s52", 1), ("text", 1), ("S53", 0), ("S5", 0)])
def test_a_source_is_right_or_not(said, credit):
    assert detail_credit("source", said, "S52", ("text",), "") == credit


@given(st.text(), st.text(), st.text())
def test_any_detail_of_any_kind_earns_between_0_and_1(said, right, sentence):
    for kind in ("speaker", "trace", "gap", "trigger words", "slots", "source"):
        assert 0 <= detail_credit(kind, said, right, (right,), sentence) <= 1


def test_a_word_said_twice_is_shared_once():
    assert likeness("the the", "the weir") == likeness("the weir", "the the") == 0.5


@given(st.text(), st.text())
def test_likeness_is_even_handed_and_full_only_for_the_same_words(one, other):
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) == (1 if stands_in(one, one) else 0)
