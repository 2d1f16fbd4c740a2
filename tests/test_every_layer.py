"""What holds of the marks in every layer, on the items that are asked."""

from __future__ import annotations

import csv
import random
from statistics import mean

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from readtwice.answers import Answer, Answers, read_answers
from readtwice.keys import Key, KeyRow, key_path, read_key
from readtwice.marking import mark
from readtwice.schemes import Scheme, layer_names, read_scheme
from readtwice.texts import read_text

SEEDS = 300
MOST_LOST = 0.07
GRADED = ("russia-must-act", "parallel")


def asked(name: str, layer: str) -> tuple[Key, Scheme]:
    text, scheme = read_text(name), read_scheme(layer)
    with (ROOT / "solutions" / "keys" / name / "asked.csv").open(encoding="utf-8", newline="") as file:
        items = [row["item"] for row in csv.DictReader(file) if row["layer"] == layer]
    return read_key(key_path(text, layer, ROOT / "solutions"), scheme, text).only(items), scheme


CASES = {(name, layer): asked(name, layer) for name in GRADED for layer in layer_names()}
every = pytest.mark.parametrize("case", list(CASES), ids=" ".join)


def detail_of(row: KeyRow, label: str) -> str:
    """A right detail for a right label; for an accepted move the key may hold no words of its own."""
    return row.detail or row.words


def reader(key: Key, labels: dict[str, str], detail: str | None = None) -> Answers:
    rows = {i: Answer(i, label, detail_of(key.rows[i], label) if detail is None else detail) for i, label in labels.items()}
    return Answers(key.layer, rows)


@every
def test_the_key_and_its_own_text_earn_all(case):
    key, scheme = CASES[case]
    assert mark(key.answers(), key, scheme).score == 1


@every
@given(data=st.data())
def test_any_mix_of_accepted_labels_earns_all_of_the_labels(case, data):
    """Details aside: an accepted label may ask for a detail of its own."""
    key, scheme = CASES[case]
    labels = {i: data.draw(st.sampled_from([row.label, *row.accept])) for i, row in key.rows.items()}
    marks = mark(reader(key, labels), key, scheme)
    assert marks.right == marks.asked
    details = [row.detail_credit for row in marks.rows if row.detail_credit is not None]
    if len(set(labels.values())) > 1:
        assert marks.score == pytest.approx((1 + mean(details)) / 2 if details else 1)


@every
@given(data=st.data())
def test_scores_lie_between_0_and_1_and_blank_earns_nothing(case, data):
    key, scheme = CASES[case]
    labels = data.draw(st.dictionaries(st.sampled_from(list(key.rows)), st.sampled_from([*scheme.names, ""])))
    score = mark(reader(key, labels), key, scheme).score
    assert type(score) is float
    assert 0 <= score <= 1
    assert mark(Answers(key.layer), key, scheme).score == 0


@every
@given(data=st.data())
def test_one_label_everywhere_with_or_without_blanks_earns_exactly_nothing(case, data):
    key, scheme = CASES[case]
    label = data.draw(st.sampled_from(scheme.names))
    items = data.draw(st.sets(st.sampled_from(list(key.rows)), min_size=1))
    assert mark(reader(key, dict.fromkeys(items, label)), key, scheme).score == 0


@every
@given(data=st.data())
def test_replacing_a_wrong_label_by_the_keys_never_lowers_the_score(case, data):
    key, scheme = CASES[case]
    labels = {i: data.draw(st.sampled_from(scheme.names)) for i in key.rows}
    before = mark(reader(key, labels), key, scheme)
    wrong = [row.item for row in before.rows if row.credit == 0]
    if wrong:
        item = data.draw(st.sampled_from(wrong))
        after = mark(reader(key, labels | {item: key.rows[item].label}), key, scheme)
        assert after.score >= before.score - 1e-12


@every
@given(data=st.data())
def test_filling_a_blank_rightly_lowers_the_score_by_hardly_anything(case, data):
    """What a filled blank adds to the mix of labels is put down to chance; at six pairs of support that once costs .067, the most."""
    key, scheme = CASES[case]
    labels = {i: data.draw(st.sampled_from([row.label, *scheme.names])) for i, row in key.rows.items()}
    blank = data.draw(st.lists(st.sampled_from(list(key.rows)), min_size=1, unique=True))
    some = {i: label for i, label in labels.items() if i not in blank}
    before = mark(reader(key, some), key, scheme).score
    assert mark(reader(key, some | {blank[0]: key.rows[blank[0]].label}), key, scheme).score >= before - MOST_LOST


@every
@given(data=st.data(), rng=st.randoms(use_true_random=False))
def test_order_case_and_spacing_change_no_mark(case, data, rng):
    key, scheme = CASES[case]
    labels = {i: data.draw(st.sampled_from([row.label, row.label, *scheme.names])) for i, row in key.rows.items()}
    lines = [f"{i}: {label}" + (f" | {detail_of(key.rows[i], label)}" if scheme[label].asks_detail else "") for i, label in labels.items()]
    untidy = [
        rng.choice([str.upper, str.lower])(line.replace(": ", rng.choice([" :  ", ":\t"]), 1)) + rng.choice(["", "  "]) for line in lines
    ]
    rng.shuffle(untidy)
    tidy, other = (mark(read_answers("\n".join(said), scheme, read_text(case[0])), key, scheme) for said in (lines, untidy))
    assert tidy.answered == len(key.rows)
    assert other.score == tidy.score
    assert [(row.credit, row.detail_credit, row.why) for row in other.rows] == [(r.credit, r.detail_credit, r.why) for r in tidy.rows]
    backwards = Key(key.layer, dict(reversed(key.rows.items())))
    assert mark(read_answers("\n".join(lines), scheme, read_text(case[0])), backwards, scheme).score == tidy.score


@every
def test_random_labels_earn_little_on_average(case):
    key, scheme = CASES[case]
    scores = []
    for seed in range(SEEDS):
        rng = random.Random(seed)
        scores.append(mark(reader(key, {i: rng.choice(scheme.names) for i in key.rows}, "?"), key, scheme).score)
    assert mean(scores) <= 0.12


@every
def test_half_the_items_answered_rightly_earn_about_half(case):
    key, scheme = CASES[case]
    scores = []
    for seed in range(SEEDS):
        items = random.Random(seed).sample(list(key.rows), len(key.rows) // 2)
        scores.append(mark(reader(key, {i: key.rows[i].label for i in items}), key, scheme).score)
    share = (len(key.rows) // 2) / len(key.rows)
    assert max(scores) <= share + 1e-12
    assert mean(scores) >= share - 0.1


@every
def test_right_labels_with_no_detail_at_all_earn_half_where_details_are_asked(case):
    key, scheme = CASES[case]
    score = mark(reader(key, {i: row.label for i, row in key.rows.items()}, "zzz"), key, scheme).score
    assert score == pytest.approx(0.5 if any(row.detail for row in key.rows.values()) else 1)


@pytest.mark.parametrize("layer", ["move", "call"])
@pytest.mark.parametrize("name", GRADED)
def test_flagging_whatever_could_be_one_costs_at_least_three_tenths(name, layer):
    """The reader is right wherever something is there, and sees something wherever nothing is."""
    key, scheme = CASES[name, layer]
    nothing = {"move": "none", "call": "0"}[layer]
    for seed in range(50):
        rng = random.Random(seed)
        flags = [label for label in scheme.names if label != nothing]
        labels = {i: row.label if row.label != nothing else rng.choice(flags) for i, row in key.rows.items()}
        assert mark(reader(key, labels), key, scheme).score <= 0.7
