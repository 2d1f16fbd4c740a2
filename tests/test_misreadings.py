"""Planted misunderstandings in every layer: what they cost, and that feedback names them first."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from html import unescape
from itertools import product
from statistics import mean, stdev

import pytest
from misreadings import (
    ARTICLE,
    CARELESS,
    MISREADINGS,
    OFTEN,
    SLIPS,
    Misreading,
    answers_of,
    asked,
    flag_all,
    guess,
    misread,
    read_by_all,
    scheme_of,
    slip,
)

from readtwice.confusions import commonest, confusion
from readtwice.detection import NOTHING, detection
from readtwice.feedback import label_feedback
from readtwice.keys import Key, KeyRow
from readtwice.marking import Marks, mark
from readtwice.schemes import layer_names
from readtwice.texts import read_text

READERS = 200
GUESSERS = 2000
FEW = 5000  # ways to guess, few enough to try them all
BELOW_CAREFUL = 0.05  # at least so much does a misunderstanding cost
NAMED_FIRST = 0.95
MOST_FOR_GUESSING = 0.12
FALSE_ALARMS_COST = 0.3

every_way = pytest.mark.parametrize("way", MISREADINGS, ids=str)
every_layer = pytest.mark.parametrize("layer", layer_names())
every_key = pytest.mark.parametrize("key_of", [asked, read_by_all], ids=["as asked", "read by all"])
both_flagged_layers = pytest.mark.parametrize("layer", list(NOTHING))


def marked(key: Key, labels: dict[str, str]) -> Marks:
    return mark(answers_of(key, labels), key, scheme_of(key))


@cache
def planted(way: Misreading) -> list[tuple[dict[str, str], Marks]]:
    """Labels and marks of the readers with a misunderstanding."""
    key = read_by_all(way.layer)
    read = [misread(way, key, random.Random(seed)) for seed in range(READERS)]
    return [(labels, marked(key, labels)) for labels in read]


@cache
def dice(key_of: Callable[[str], Key], layer: str) -> float:
    """Mean score of guessing with every detail right: over all ways to guess where they are few, else over many."""
    key = key_of(layer)
    names = scheme_of(key).names
    if len(names) ** len(key.rows) <= FEW:
        guesses = [dict(zip(key.rows, labels, strict=True)) for labels in product(names, repeat=len(key.rows))]
    else:
        guesses = [guess(key, random.Random(seed)) for seed in range(GUESSERS)]
    return mean_score([marked(key, labels) for labels in guesses])


@cache
def careful(key_of: Callable[[str], Key], layer: str) -> list[Marks]:
    key = key_of(layer)
    return [marked(key, slip(key, random.Random(seed))) for seed in range(READERS)]


def mean_score(marks: list[Marks]) -> float:
    return mean(m.score for m in marks)


def credit(row: KeyRow, label: str) -> int:
    """In halves."""
    if label == row.label or label in row.accept:
        return 2
    return 1 if label in row.near else 0


def beyond_chance(chances: list[dict[str, Fraction | int]], rows: list[KeyRow]) -> Fraction:
    """(c - e) / (1 - e), the long way: each label that a reader may give, met with its own item and then with each.

    With one sure label an item this is the score of one reader; with chances, both c and e are exact
    means over all readers, and their quotient is near the mean score.
    """
    n = len(rows)
    own = sum(p * credit(row, label) for says, row in zip(chances, rows, strict=True) for label, p in says.items())
    each = sum(p * credit(row, label) for says in chances for label, p in says.items() for row in rows)
    c, e = Fraction(own, 2 * n), Fraction(each, 2 * n * n)
    return max(Fraction(0), (c - e) / (1 - e)) if e < 1 else Fraction(0)


def chances_of(way: Misreading, row: KeyRow, names: tuple[str, ...]) -> dict[str, Fraction]:
    often, slips = Fraction(str(OFTEN)), Fraction(str(SLIPS))
    if row.label == way.key:
        return {way.said: often, way.key: 1 - often}
    return {name: 1 - slips if name == row.label else slips / (len(names) - 1) for name in names}


def test_every_layer_has_two_to_four_misunderstandings_with_items_enough_to_show_and_a_cost():
    counts = Counter(way.layer for way in MISREADINGS)
    assert list(counts) == layer_names()
    assert set(counts.values()) <= {2, 3, 4}
    for way in MISREADINGS:
        costs = [credit(row, way.said) < 2 for row in read_by_all(way.layer).rows.values() if row.label == way.key]
        assert sum(costs) >= 2, way


@every_way
def test_each_score_of_a_misunderstanding_is_the_formulas_worked_out_the_long_way(way):
    rows = list(read_by_all(way.layer).rows.values())
    for labels, marks in planted(way):
        assert {row.detail_credit for row in marks.rows} <= {None, 1}
        assert marks.score == pytest.approx(float(beyond_chance([{labels[row.item]: 1} for row in rows], rows)), abs=1e-12)


@every_way
def test_a_misunderstanding_lands_in_its_band_near_what_its_chances_give(way):
    key = read_by_all(way.layer)
    rows = list(key.rows.values())
    expected = beyond_chance([chances_of(way, row, scheme_of(key).names) for row in rows], rows)
    scores = [marks.score for _, marks in planted(way)]
    assert mean(scores) == pytest.approx(float(expected), abs=0.01 + 3 * stdev(scores) / READERS**0.5)
    least, most = way.band
    assert least <= mean(scores) <= most


@every_way
def test_a_misunderstanding_scores_less_than_care_and_more_than_dice(way):
    found = mean_score([marks for _, marks in planted(way)])
    assert dice(read_by_all, way.layer) <= MOST_FOR_GUESSING < found
    assert found <= mean_score(careful(read_by_all, way.layer)) - BELOW_CAREFUL


def confusions_made(labels: dict[str, str], key: Key) -> Counter[tuple[str, str]]:
    """How often each label was said for each, where that cost something."""
    rows = key.rows.values()
    return Counter((row.label, labels[row.item]) for row in rows if credit(row, labels[row.item]) < 2)


def made_it_most(way: Misreading, labels: dict[str, str], key: Key) -> bool:
    made = confusions_made(labels, key)
    often = made.pop((way.key, way.said), 0)
    return often >= 2 and often > max(made.values(), default=0)


@every_way
def test_who_does_it_most_hears_of_it_first(way):
    key = read_by_all(way.layer)
    found = [commonest(marks, key) for labels, marks in planted(way) if made_it_most(way, labels, key)]
    assert len(found) >= READERS / 2
    named = [first for first in found if first and (first[0].key, first[0].said) == (way.key, way.said)]
    assert len(named) >= NAMED_FIRST * len(found)


@every_way
def test_who_does_nothing_else_always_hears_of_it_first_and_with_every_item(way):
    key = read_by_all(way.layer)
    labels = misread(way, key, random.Random(0), often=1, slips=0)
    cost = [row.item for row in key.rows.values() if row.label == way.key and credit(row, way.said) < 2]
    assert commonest(marked(key, labels), key) == (confusion(way.layer, way.key, way.said), cost)


@every_key
@every_way
def test_the_page_tells_the_thought_once_and_before_the_reason_of_any_item(way, key_of):
    key = key_of(way.layer)
    answers = answers_of(key, misread(way, key, random.Random(0), often=1, slips=0))
    marks = mark(answers, key, scheme_of(key))
    page = unescape(label_feedback(marks, key, scheme_of(key), [(read_text(ARTICLE), answers)], 20))
    named = confusion(way.layer, way.key, way.said)
    reasons = [page.index(key.rows[row.item].reason) for row in marks.rows if row.credit is not None and row.credit < 1]
    assert page.index(named.thinking) < page.index(named.tip) < min(reasons)
    assert page.count(named.thinking) == 1


def assert_false_alarms_cost(flagged: list[Marks], careful: list[Marks], key: Key) -> None:
    """Score and d′ far below those of careful readers, and each criterion c on the side of flagging."""
    assert mean_score(flagged) <= mean_score(careful) - FALSE_ALARMS_COST
    seen, clear = ([detection(marks, key) for marks in many] for many in (flagged, careful))
    assert mean(found.d_prime for found in seen) < mean(found.d_prime for found in clear) - 1
    assert all(found.bias < 0 for found in seen)


@every_key
@both_flagged_layers
def test_flagging_whatever_could_be_one_costs_much_and_shows_as_little_discernment_and_a_low_bar(layer, key_of):
    key = key_of(layer)
    flagged = [marked(key, flag_all(key, random.Random(seed))) for seed in range(READERS)]
    assert_false_alarms_cost(flagged, careful(key_of, layer), key)


@pytest.mark.parametrize("way", [way for way in MISREADINGS if way.key == NOTHING.get(way.layer)], ids=str)
def test_a_planted_false_alarm_costs_as_much_and_shows_the_same(way):
    assert_false_alarms_cost([marks for _, marks in planted(way)], careful(read_by_all, way.layer), read_by_all(way.layer))


@every_key
@both_flagged_layers
def test_missing_everything_earns_nothing_and_shows_as_a_high_bar(layer, key_of):
    key = key_of(layer)
    marks = marked(key, dict.fromkeys(key.rows, NOTHING[layer]))
    assert marks.score == 0
    assert detection(marks, key).bias > 0


@every_layer
def test_dice_earn_little_on_the_asked_items_even_with_every_detail_right(layer):
    assert dice(asked, layer) <= MOST_FOR_GUESSING


@every_layer
def test_one_label_for_all_earns_exactly_nothing_whichever_it_is(layer):
    key = asked(layer)
    scores = {name: marked(key, dict.fromkeys(key.rows, name)).score for name in scheme_of(key).names}
    assert set(scores.values()) == {0.0}, scores


@every_layer
def test_a_careful_reader_does_well(layer):
    assert CARELESS < 1 - mean_score(careful(asked, layer)) <= 0.2
