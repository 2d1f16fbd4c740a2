"""Confusions: each pair of labels of a layer that is taught has its thought and its tip, and feedback names the costliest first."""

from __future__ import annotations

import csv
import random
import re

import pytest
from conftest import ROOT

from readtwice.answers import Answer, Answers
from readtwice.confusions import commonest, confusion, published_agreement, went_well
from readtwice.feedback import label_feedback
from readtwice.keys import Key, KeyRow
from readtwice.marking import mark
from readtwice.readers import WAYS
from readtwice.schemes import SCHEMES, layer_names, read_scheme
from readtwice.texts import read_text, text_names

with (SCHEMES / "confusions.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
LAYERS = list(dict.fromkeys(row["layer"] for row in ROWS))


@pytest.fixture(scope="module")
def asked(voice_key):
    with (ROOT / "solutions" / "keys" / "russia-must-act" / "asked.csv").open(encoding="utf-8", newline="") as table:
        return voice_key.only(row["item"] for row in csv.DictReader(table) if row["layer"] == "voice")


def test_every_layer_has_its_confusions():
    assert layer_names() == LAYERS


@pytest.mark.parametrize("layer", LAYERS)
def test_every_pair_of_labels_of_a_layer_has_one_confusion_in_the_order_of_the_scheme(layer):
    names = read_scheme(layer).names
    pairs = [(row["key"], row["said"]) for row in ROWS if row["layer"] == layer]
    assert pairs == [(key, said) for key in names for said in names if key != said]


def test_a_thought_is_one_kind_sentence_of_its_own_and_a_tip_is_short():
    thoughts = [row["thinking"] for row in ROWS]
    assert len(set(thoughts)) == len(thoughts)
    assert [t for t in thoughts if not 8 <= len(t.split()) <= 34 or not re.match(r"[A-Z].*[.?]$", t)] == []
    assert [row["tip"] for row in ROWS if not 4 <= len(row["tip"].split()) <= 30] == []
    forbidden = re.compile(r"\b(just|simply|obviously|wrong|stupid|careless)\b", re.IGNORECASE)
    assert [row["thinking"] for row in ROWS if forbidden.search(row["thinking"] + row["tip"])] == []


def test_no_confusion_quotes_a_text():
    texts = " ".join(s.text for name in text_names() for s in read_text(name).sentences).casefold()
    quoted = [bit for row in ROWS for bit in re.findall(r'[“"]([^”"]+)[”"]', row["thinking"] + row["tip"])]
    assert [bit for bit in quoted if len(bit.split()) > 2 and bit.casefold() in texts] == []


@pytest.mark.parametrize(
    ("way", "said"), [("takes a quotation for the author's claim", "author"), ("sees distance everywhere", "distance")]
)
def test_a_planted_misunderstanding_is_the_first_thing_that_feedback_names(way, said, asked, voice, article):
    """Simulated readers slip elsewhere too; in nine of ten the planted confusion comes first."""
    reads = next(w for w in WAYS if w.name == way)
    named = 0
    for seed in range(40):
        rng = random.Random(seed)
        labels = {item: reads.label(rng, asked, voice, article, item) for item in asked.rows}
        answers = Answers("voice", {i: Answer(i, label, asked.rows[i].detail) for i, label in labels.items()})
        marks = mark(answers, asked, voice)
        first, items = commonest(marks, asked)
        assert all(labels[item] == first.said for item in items)
        html = label_feedback(marks, asked, voice, [(article, answers)], 20)
        assert html.index("Look at this first") < html.index("Look at these again")
        named += first.said == said
    assert named >= 36


def test_a_reader_with_all_right_has_no_confusion_and_hears_what_went_well(asked, voice):
    marks = mark(asked.answers(), asked, voice)
    assert commonest(marks, asked) is None
    label, right, of = went_well(marks, asked)
    assert right == of == sum(row.label == label for row in asked.rows.values())


def test_nothing_is_praised_where_nothing_stands_out(asked, voice):
    assert went_well(mark(Answers("voice"), asked, voice), asked) is None


@pytest.mark.parametrize(
    ("right", "said", "praised"),
    [
        ("quote author author report", "quote author report author", None),
        ("quote author author report", "quote author author author", ("author", 2, 2)),
        ("author author quote quote report", "author author author author report", None),
        ("author author author quote report", "author mixed mixed quote report", None),
    ],
    ids=["one item is no strength", "two of three", "a label put nearly everywhere", "one of three"],
)
def test_a_label_is_praised_for_two_items_at_least_and_where_it_was_not_put_everywhere(right, said, praised, asked, voice):
    key = Key("voice", {item: KeyRow(item, label) for item, label in zip(asked.rows, right.split(), strict=False)})
    marks = mark(Answers("voice", {i: Answer(i, label) for i, label in zip(key.rows, said.split(), strict=True)}), key, voice)
    assert marks.score > 0
    assert went_well(marks, key) == praised


def test_half_credit_weighs_half(asked, voice):
    """6.1 answered with a near label costs one half; two like it weigh as much as one wrong answer."""
    labels = {item: row.label for item, row in asked.rows.items()} | {"6.1": "author", "9.1": "mixed"}
    answers = Answers("voice", {i: Answer(i, label, asked.rows[i].detail) for i, label in labels.items()})
    first, items = commonest(mark(answers, asked, voice), asked)
    assert (first.key, first.said, items) == ("author", "mixed", ["9.1"])


def test_of_two_confusions_that_cost_the_same_the_one_made_more_often_comes_first(asked, voice):
    rows = [KeyRow(item, "report", near=("author",)) for item in list(asked.rows)[1:3]]
    key = Key("voice", {row.item: row for row in (KeyRow(next(iter(asked.rows)), "quote"), *rows)})
    labels = dict(zip(key.rows, ("mixed", "author", "author"), strict=True))
    first, items = commonest(mark(Answers("voice", {i: Answer(i, label) for i, label in labels.items()}), key, voice), key)
    assert (first.key, first.said, len(items)) == ("report", "author", 2)


def test_agreement_is_given_with_its_source_where_it_was_published_and_nowhere_else():
    for layer in ("gloss", "call", "verdict"):
        assert published_agreement(layer) is None
    for layer in ("statement", "support", "move"):
        row = published_agreement(layer)
        assert 0 < float(row["value"]) < 1
        assert re.search(r"\b20\d\d\b", row["source"])


def test_an_unwritten_confusion_is_left_out():
    assert confusion("voice", "author", "author") is None
