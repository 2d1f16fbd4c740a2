"""How far readers agree, compared with published figures, other programs and a count by hand; and signs of a wrong key."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from unittest.mock import patch

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from test_pure import HEAVY, OUTSIDE, loaded_after

from readtwice.agreement import Agreement, ItemSplit, agreement, clearly_negative, correlated
from readtwice.answers import Answer, Answers
from readtwice.detection import Detection, detection
from readtwice.keys import Key, KeyRow
from readtwice.marking import Marks, mark
from readtwice.schemes import Label, Scheme, read_scheme
from readtwice.tally import Tally, tally_of

STATEMENT, CALL = read_scheme("statement"), read_scheme("call")
properties = settings(deadline=None, max_examples=60)
quickly = patch("readtwice.agreement.RESAMPLES", 20)  # where only alpha is looked at

# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", part C: four observers, twelve units, values 1 to 5, . is missing
PUBLISHED = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
FIVE = Scheme("statement", "", "sentences", "all", "", (), tuple(Label(n, "", "", False, "", "") for n in "52413"))


def said(labels, layer: str = "statement") -> Answers:
    """A reader's answers to items 1.1, 1.2 and so on; "" and None are open."""
    return Answers(layer, {f"1.{i}": Answer(f"1.{i}", label or "") for i, label in enumerate(labels, start=1)})


def items(n: int) -> list[str]:
    return [f"1.{i}" for i in range(1, n + 1)]


def group(table, layer: str = "statement") -> dict[str, Answers]:
    """Readers by a random id, from a table with a row a reader."""
    return {f"r{i}": said(row, layer) for i, row in enumerate(table)}


def found(table, scheme: Scheme = STATEMENT) -> Agreement:
    return agreement(group(table, scheme.layer), scheme, items(len(table[0]) if table else 3))


def by_hand(table) -> Fraction | None:
    """Nominal alpha from its definition, pair by pair: 1 less observed over expected disagreement."""
    columns = [[label for label in column if label] for column in zip(*table, strict=True)]
    columns = [column for column in columns if len(column) > 1]
    values = [label for column in columns for label in column]
    if len(set(values)) < 2:
        return None
    observed = sum(Fraction(2 * sum(a != b for a, b in combinations(c, 2)), len(c) - 1) for c in columns) / len(values)
    return 1 - observed / Fraction(sum(a != b for a, b in combinations(values, 2)), math.comb(len(values), 2))


def tables(labels=STATEMENT.names[:3], least: int = 2):
    cell = st.sampled_from([*labels, None])
    return st.integers(1, 8).flatmap(lambda n: st.lists(st.lists(cell, min_size=n, max_size=n), min_size=least, max_size=6))


def a_class(n: int, asked: int, seed: int, good: float = 0.7) -> list[list[str]]:
    """A made-up class that gives the first label of each item's own mix with probability `good`."""
    rng = random.Random(seed)
    truth = [rng.choice(STATEMENT.names) for _ in range(asked)]
    return [[label if rng.random() < good else rng.choice(STATEMENT.names) for label in truth] for _ in range(n)]


@pytest.mark.parametrize(("layer", "alpha"), [("statement", 0.743), ("call", 0.815)], ids=["nominal", "ordinal"])
def test_krippendorffs_own_example_comes_out_in_whatever_order_the_scheme_lists_the_labels(layer, alpha):
    table = [[None if c == "." else c for c in row] for row in PUBLISHED]
    result = found(table, replace(FIVE, layer=layer))
    assert result.alpha == pytest.approx(alpha, abs=0.0005)
    assert (result.readers, result.items) == (4, 11)
    assert result.interval[0] < result.alpha < result.interval[1]


@quickly
@properties
@given(table=tables())
def test_nominal_alpha_is_that_of_a_count_pair_by_pair(table):
    expected = by_hand(table)
    assert found(table).alpha == (None if expected is None else pytest.approx(float(expected), abs=1e-9))


@quickly
@properties
@given(table=tables(CALL.names))
def test_ordinal_alpha_is_that_of_the_library_on_the_matrix_of_strengths(table):
    result = found(table, CALL)
    if result.alpha is not None:
        matrix = [[math.nan if label is None else float(label) for label in row] for row in table]
        assert result.alpha == pytest.approx(krippendorff.alpha(matrix, level_of_measurement="ordinal"), abs=1e-9)


def test_two_strengths_side_by_side_disagree_less_than_two_far_apart():
    near, far = (found([[*"01230123", "0"], [*"01230123", said]], CALL).alpha for said in "13")
    assert far < near < 1


@quickly
@properties
@given(
    table=st.integers(2, 20).flatmap(lambda n: st.lists(st.lists(st.sampled_from("abc"), min_size=n, max_size=n), min_size=2, max_size=2))
)
def test_alpha_of_two_readers_is_scotts_pi_for_a_small_sample(table):
    """Hayes and Krippendorff 2007: alpha is 1 - (1 - pi) (2N - 1) / 2N for two readers and N items."""
    names = dict(zip("abc", STATEMENT.names, strict=False))
    one, other = table
    n = len(one)
    shares = [count / (2 * n) for count in Counter(one + other).values()]
    chance = sum(share**2 for share in shares)
    assume(chance < 1)
    pi = (sum(a == b for a, b in zip(one, other, strict=True)) / n - chance) / (1 - chance)
    alpha = found([[names[label] for label in row] for row in table]).alpha
    assert alpha == pytest.approx(1 - (1 - pi) * (2 * n - 1) / (2 * n))


@quickly
@properties
@given(table=tables(), rng=st.randoms(use_true_random=False))
def test_the_order_of_readers_and_of_items_changes_nothing(table, rng):
    before = found(table)
    readers, asked = list(group(table).items()), items(len(table[0]))
    rng.shuffle(readers)
    rng.shuffle(asked)
    after = agreement(dict(readers), STATEMENT, asked)
    assert replace(after, splits=()) == replace(before, splits=())
    assert sorted(after.splits, key=lambda split: split.item) == sorted(before.splits, key=lambda split: split.item)
    assert [split.commonest for split in after.splits] == [
        split.commonest for split in sorted(before.splits, key=lambda s: asked.index(s.item))
    ]


@quickly
@properties
@given(table=tables())
def test_a_reader_who_labelled_nothing_changes_nothing(table):
    blank = [None] * len(table[0])
    assert found([*table, blank]) == found(table)
    assert agreement(group(table) | {"x": Answers("statement")}, STATEMENT, items(len(blank))) == found(table)


@quickly
@properties
@given(table=tables())
def test_alpha_is_never_above_1_and_the_interval_stands_in_order(table):
    result = found(table)
    if result.alpha is not None:
        assert result.alpha <= 1
    if result.interval:
        assert result.interval[0] <= result.interval[1] <= 1


@quickly
@properties
@given(row=st.lists(st.sampled_from(STATEMENT.names), min_size=2, max_size=12), n=st.integers(2, 8))
def test_readers_who_say_the_same_agree_fully(row, n):
    result = found([row] * n)
    assert {split.pairs for split in result.splits} == {split.share for split in result.splits} == {1.0}
    assert result.alpha == (1 if len(set(row)) > 1 else None)


@quickly
@properties
@given(table=tables())
def test_pair_agreement_counts_pairs_of_readers(table):
    for split, column in zip(found(table).splits, zip(*table, strict=True), strict=True):
        pairs = list(combinations([label for label in column if label], 2))
        assert split.pairs == (pytest.approx(sum(a == b for a, b in pairs) / len(pairs)) if pairs else None)


def test_the_interval_is_that_of_samples_of_the_items_drawn_with_another_program():
    table = np.array(a_class(12, 20, seed=3))
    result = found(table.tolist())
    rng = np.random.default_rng(7)
    alphas = [krippendorff.alpha(table[:, rng.integers(20, size=20)], level_of_measurement="nominal") for _ in range(2000)]
    assert result.interval == pytest.approx(tuple(np.quantile(alphas, [0.025, 0.975])), abs=0.2 * np.std(alphas))
    assert found(table.tolist()) == result
    assert result.warning == ""


def test_more_items_make_the_interval_narrower():
    narrow, wide = (found(a_class(12, n, seed=4)).interval for n in (60, 12))
    assert narrow[1] - narrow[0] < 0.6 * (wide[1] - wide[0])


@pytest.mark.parametrize(
    ("table", "readers", "warning"),
    [
        ([], 0, "Nobody has labelled"),
        ([[None] * 3] * 4, 0, "Nobody has labelled"),
        ([["policy", "value", None]], 1, "1 reader: too few to say anything"),
        ([["policy", None, None], [None, "value", None]], 2, "No item has labels from two readers"),
        ([["policy"] * 3] * 9, 9, "all gave one and the same label"),
    ],
    ids=["no reader", "all blank", "one reader", "no item in common", "no variation"],
)
def test_where_alpha_cannot_be_computed_it_is_none_and_a_sentence_says_why(table, readers, warning):
    result = found(table)
    assert (result.alpha, result.interval, result.readers) == (None, None, readers)
    assert warning in result.warning


def test_no_items_at_all_is_no_error():
    assert agreement(group([["policy"]]), STATEMENT, []).splits == ()


def test_labels_that_the_scheme_does_not_know_count_as_blanks():
    rows = a_class(6, 12, seed=1)
    assert found([*rows, ["nonsense"] * 12]) == found(rows)


@pytest.mark.parametrize(("n", "few"), [(4, True), (5, False)])
def test_how_fewer_than_five_readers_split_is_not_to_be_shown(n, few):
    result = found(a_class(n, 15, seed=2))
    assert ("must not be shown apart" in result.warning) == few
    assert result.to_show == (() if few else result.splits)


def test_an_item_that_few_of_many_readers_answered_is_not_to_be_shown():
    table = [[*row[:11], row[11] if i < 4 else None] for i, row in enumerate(a_class(20, 12, seed=2))]
    result = found(table)
    assert [split.item for split in result.to_show] == items(11)


def test_few_items_or_a_wide_interval_make_a_rough_figure():
    assert "A rough figure only: it rests on 9 items" in found(a_class(10, 9, seed=5)).warning
    assert "it rests on" not in found(a_class(10, 10, seed=5)).warning
    assert found(a_class(10, 30, seed=5)).warning == ""
    one = found([["policy"], ["value"], ["policy"], ["policy"], ["policy"]])
    assert (one.interval, one.warning) == (None, "A rough figure only: it rests on 1 item.")
    wide = found(a_class(2, 12, seed=6, good=0.6))
    assert wide.interval[1] - wide.interval[0] > 0.4
    assert "the interval goes from" in wide.warning


def test_an_item_nobody_answered_has_a_split_without_figures():
    split = ItemSplit("1.1", Counter())
    assert (split.answered, split.commonest, split.share, split.pairs) == (0, "", 0.0, None)


# marks, by the same yardstick


def plain_key(labels, layer: str = "statement") -> Key:
    return Key(layer, {f"1.{i}": KeyRow(f"1.{i}", label) for i, label in enumerate(labels, start=1)})


@properties
@given(rows=st.lists(st.tuples(st.sampled_from(STATEMENT.names), st.sampled_from(STATEMENT.names)), min_size=2, max_size=25))
def test_a_score_is_cohens_kappa_where_that_is_above_0(rows):
    right, answered = zip(*rows, strict=True)
    assume(len({*right, *answered}) > 1)
    score = mark(said(answered), plain_key(right), STATEMENT).score
    assert score == pytest.approx(max(0, cohen_kappa_score(right, answered)))


# the class against the key


def marked(table, key: Key, scheme: Scheme = STATEMENT) -> list[Marks]:
    return [mark(answers, key, scheme) for answers in group(table, scheme.layer).values()]


def skilled_class(n: int, asked: int, seed: int) -> tuple[list[list[str]], list[str]]:
    """A class of readers of different skill, who are tempted by one wrong label an item, and the right labels."""
    rng = random.Random(seed)
    truth = [rng.choice(STATEMENT.names) for _ in range(asked)]
    tempting = [rng.choice([name for name in STATEMENT.names if name != label]) for label in truth]
    hard = [rng.gauss(0, 1) for _ in truth]

    def answers(skill: float) -> list[str]:
        return [
            right if rng.random() < 1 / (1 + math.exp(h - skill)) else rng.choice([wrong, rng.choice(STATEMENT.names)])
            for right, wrong, h in zip(truth, tempting, hard, strict=True)
        ]

    return [answers(rng.gauss(0.7, 1)) for _ in range(n)], truth


def against_key(marks: list[Marks], key: Key):
    return tally_of(marks, key).against_key(key)


def detection_of(marks: list[Marks], key: Key) -> Detection | None:
    return tally_of(marks, key).detection


def wrong_key(truth: list[str]) -> Key:
    """A key whose first label is not the right one."""
    return plain_key([next(name for name in STATEMENT.names if name != truth[0]), *truth[1:]])


def test_counts_and_shares_against_the_key():
    key = Key("statement", {"1.1": KeyRow("1.1", "policy", accept=("value",), near=("checkable",)), "1.2": KeyRow("1.2", "value")})
    table = [["policy", "value"], ["value", None], ["checkable", None], ["checkable", None], ["checkable", None], ["checkable", None]]
    first, second = against_key(marked(table, key), key)
    assert (first.split.answered, first.share, first.split.commonest, first.differs) == (6, pytest.approx(1 / 3), "checkable", True)
    assert (second.split.answered, second.share, second.differs, second.discrimination) == (1, 1.0, False, None)
    assert "4 of 6 readers chose “checkable”, the key says “policy”" in first.suspect
    assert second.suspect == ""


@pytest.mark.parametrize(
    ("wrong", "right", "other", "suspect"), [(4, 0, 0, False), (5, 0, 0, True), (3, 3, 0, False), (3, 2, 1, False), (4, 2, 1, True)]
)
def test_a_key_is_suspect_from_five_readers_and_more_than_half_on(wrong, right, other, suspect):
    key = plain_key(["policy", "value"])
    first = ["signpost"] * wrong + ["policy"] * right + ["checkable"] * other
    check, _ = against_key(marked([[label, "value"] for label in first], key), key)
    assert bool(check.suspect) == suspect
    assert check.differs == (wrong > right)


def test_discrimination_is_the_correlation_with_the_mean_credit_on_the_other_items():
    table, truth = skilled_class(25, 12, seed=8)
    table[3][5] = table[7][0] = None
    key = plain_key(truth)
    marks = marked(table, key)
    credits = np.array([[np.nan if row.credit is None else row.credit for row in m.rows] for m in marks])
    for i, check in enumerate(against_key(marks, key)):
        there = ~np.isnan(credits[:, i])
        rest = np.nanmean(np.delete(credits, i, axis=1), axis=1)
        assert check.discrimination == pytest.approx(np.corrcoef(credits[there, i], rest[there])[0, 1])
        assert check.compared == there.sum() == check.split.answered


def test_the_order_of_the_readers_changes_no_check():
    table, truth = skilled_class(15, 10, seed=9)
    key = plain_key(truth)
    one, other = (against_key(marked(rows, key), key) for rows in (table, table[::-1]))
    assert [replace(check, discrimination=None) for check in one] == [replace(check, discrimination=None) for check in other]
    assert [c.discrimination for c in one] == [
        d.discrimination if d.discrimination is None else pytest.approx(d.discrimination) for d in other
    ]


def test_sound_keys_are_seldom_suspect_and_wrong_ones_mostly():
    sound, caught = [], []
    for seed in range(40):
        table, truth = skilled_class(25, 20, seed)
        sound += [bool(check.suspect) for check in against_key(marked(table, plain_key(truth)), plain_key(truth))]
        caught.append(bool(against_key(marked(table, wrong_key(truth)), wrong_key(truth))[0].suspect))
    assert sum(sound) / len(sound) < 0.06
    assert sum(caught) / len(caught) > 0.75


def test_an_item_that_better_readers_miss_is_suspect_though_no_label_has_a_majority():
    better = [["checkable", *["policy"] * 6]] * 4 + [["prediction", *["policy"] * 6]] * 4
    weaker = [["value", *["signpost"] * 6]] * 7
    key = plain_key(["value", *["policy"] * 6])
    check, *others = against_key(marked(better + weaker, key), key)
    assert check.discrimination == pytest.approx(-1)
    assert "those who do better elsewhere do worse here (correlation -1.00)" in check.suspect
    assert all(other.suspect == "" or "chose" in other.suspect for other in others)


@pytest.mark.parametrize(
    ("r", "n", "negative"),
    [(-0.9, 9, False), (-0.5, 10, False), (-0.6, 10, True), (-0.25, 30, False), (-0.35, 30, True), (-0.19, 500, False), (None, 500, False)],
)
def test_clearly_negative_asks_for_more_the_fewer_readers_there_are(r, n, negative):
    assert clearly_negative(r, n) == negative


def test_chance_brings_a_clearly_negative_correlation_once_in_twenty():
    rng = np.random.default_rng(1)
    for n in (10, 25, 60):
        share = np.mean([clearly_negative(np.corrcoef(rng.normal(size=(2, n)))[0, 1], n) for _ in range(2000)])
        assert 0.025 < share < 0.07


def test_no_marks_and_blank_marks_raise_nothing():
    key = plain_key(["policy", "value"])
    for marks in ([], marked([[None, None]] * 6, key), marked([["policy", None]] * 6, key)):
        for check in against_key(marks, key):
            assert (check.discrimination, check.suspect, check.differs) == (None, "", False)


def test_no_correlation_without_two_pairs_or_without_variation():
    assert correlated([], []) is correlated([1], [2]) is correlated([0.1, 0.1, 0.1], [1, 2, 3]) is None
    assert correlated([1, 2, 3], [2, 4, 7]) == pytest.approx(np.corrcoef([1, 2, 3], [2, 4, 7])[0, 1])


def test_the_classs_hits_and_false_alarms_are_those_of_its_readers_together():
    rng = random.Random(2)
    key = plain_key("3210021010", "call")
    marks = marked([[rng.choice(["3", "2", "1", "0", None]) for _ in key.rows] for _ in range(7)], key, CALL)
    single = [detection(m, key) for m in marks]
    pooled = detection_of(marks, key)
    for kind in ("hits", "misses", "false_alarms", "rejections"):
        assert getattr(pooled, kind) == sum(getattr(d, kind) for d in single) > 0


def test_layers_without_a_label_for_nothing_have_no_detection_and_a_class_of_nobody_has_no_counts():
    assert detection_of(marked([["policy"]], plain_key(["policy"])), plain_key(["policy"])) is None
    assert detection_of([], plain_key("30", "call")) is None


def test_nothing_heavy_is_loaded_before_something_is_counted():
    watched = tuple({*HEAVY, *OUTSIDE, "krippendorff", "scipy", "sklearn"})
    assert loaded_after("import readtwice.agreement, readtwice.learning", watched) == set()


@given(st.integers(0, 1000), st.lists(st.integers(0, 24), max_size=4))
@settings(max_examples=30)
def test_parts_of_a_class_counted_apart_make_the_whole(seed, cuts):
    table, truth = skilled_class(24, 8, seed)
    key = plain_key(truth)
    marks = marked(table, key)
    whole, parts = tally_of(marks, key), Tally()
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), 24], strict=True):
        parts.take(tally_of(marks[start:end], key))
    assert (parts.readers, parts.labels, parts.right, parts.confusions) == (whole.readers, whole.labels, whole.right, whole.confusions)
    assert parts.mean == pytest.approx(whole.mean)
    for one, other in zip(parts.against_key(key), whole.against_key(key), strict=True):
        assert one.discrimination == pytest.approx(other.discrimination)
    said = {str(n): Answers("statement", {row.item: Answer(row.item, row.answer) for row in m.rows}) for n, m in enumerate(marks)}
    assert parts.agreement(STATEMENT, list(key.rows)) == agreement(said, STATEMENT, list(key.rows))
