"""What a class learned, and how well questions work: a published example, planted effects, and other programs' figures."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readtwice.forms import OPTIONS
from readtwice.keys import Key, KeyRow
from readtwice.learning import Change, ItemStatistics, change, item_statistics

properties = settings(deadline=None, max_examples=80)
scores = st.dictionaries(st.sampled_from([f"r{n}" for n in range(12)]), st.integers(0, 12).map(lambda right: right / 12))


def two_tests(n: int, before: float, after: float, sd: float, r: float) -> tuple[dict[str, float], dict[str, float]]:
    """Scores with exactly these means, this standard deviation in both tests, and this correlation."""
    rng = np.random.default_rng(5)
    one, other = rng.normal(size=(2, n))
    one = (one - one.mean()) / one.std(ddof=1)
    other = other - other.mean()
    other -= one * (one @ other) / (one @ one)
    other = r * one + math.sqrt(1 - r**2) * other / other.std(ddof=1)
    return named(before + sd * one), named(after + sd * other)


def named(values) -> dict[str, float]:
    return {f"r{i}": float(value) for i, value in enumerate(values)}


def drawn(rng: np.random.Generator, n: int, d: float, r: float = 0.6, sd: float = 0.1) -> Change:
    """The change of a class drawn at random from readers whose true change is d."""
    ability, *noise = rng.normal(size=(3, n))
    one, other = (math.sqrt(r) * ability + math.sqrt(1 - r) * extra for extra in noise)
    return change(named(0.4 + sd * one), named(0.4 + sd * (other + d)))


def test_borensteins_example_comes_out():
    """Borenstein et al. 2009, p. 29: mean difference 3, its SD 5.5, 50 pairs, r .7; here in hundredths."""
    result = change(*two_tests(50, 0.40, 0.43, 0.055 / math.sqrt(2 * (1 - 0.7)), 0.7))
    assert result.d == pytest.approx(0.4225, abs=0.0001)
    margin = (result.interval[1] - result.interval[0]) / 2
    assert (margin / 1.959964) ** 2 == pytest.approx(0.0131, abs=0.0001)
    assert sum(result.interval) / 2 == pytest.approx(result.d)


def test_the_interval_holds_the_true_change_in_about_95_of_100_classes():
    rng = np.random.default_rng(11)
    for n, d in ((12, 0.8), (25, 0.5)):
        held = [low <= d <= high for low, high in (drawn(rng, n, d).interval for _ in range(400))]
        assert 0.90 <= np.mean(held) <= 0.99


@pytest.mark.parametrize("d", [-0.4, 0.0, 0.5, 1.2])
def test_a_planted_change_comes_back(d):
    result = drawn(np.random.default_rng(3), 3000, d)
    assert result.d == pytest.approx(d, abs=0.06)
    assert result.change == pytest.approx(d * 0.1, abs=0.006)


def test_standard_deviations_that_differ_are_pooled():
    rng = np.random.default_rng(2)
    one, other = rng.uniform(0, 0.5, 30), rng.uniform(0.2, 1, 30)
    expected = (other.mean() - one.mean()) / math.sqrt((one.var(ddof=1) + other.var(ddof=1)) / 2)
    assert change(named(one), named(other)).d == pytest.approx(expected)


@pytest.mark.parametrize(
    ("before", "after", "gain"), [(0.4, 0.7, 0.5), (0.5, 0.5, 0.0), (0.75, 0.5, -1.0), (0.0, 1.0, 1.0), (1.0, 0.9, None)]
)
def test_gain_is_the_part_of_what_could_be_gained(before, after, gain):
    result = change(named([before] * 6), named([after] * 6))
    assert result.gain == (None if gain is None else pytest.approx(gain))
    assert (result.d, result.interval) == (None, None)


def test_gain_is_that_of_the_class_average_and_not_the_mean_of_the_readers_gains():
    result = change(named([0.0, 0.9]), named([0.5, 0.9]))
    assert result.gain == pytest.approx((0.7 - 0.45) / 0.55)


@properties
@given(before=scores, after=scores)
def test_only_who_took_both_counts_and_the_way_back_is_the_opposite(before, after):
    there, back = change(before, after), change(after, before)
    both = before.keys() & after.keys()
    assert (there.n, there.only_before, there.only_after) == (len(both), len(before.keys() - both), len(after.keys() - both))
    assert (there.before, there.after) == (back.after, back.before)
    assert (there.d is None) == (back.d is None)
    if there.d is not None:
        assert there.d == pytest.approx(-back.d)
        assert math.isfinite(there.d)
    if there.interval:
        assert there.interval == pytest.approx((-back.interval[1], -back.interval[0]))
    alone = change({r: before[r] for r in both}, {r: after[r] for r in both})
    assert (alone.d, alone.interval, alone.gain) == (there.d, there.interval, there.gain)


def test_a_test_that_all_took_alike_varies_with_nothing():
    result = change(named([0.5] * 20), named([0.5, 0.75] * 10))
    assert result.d == pytest.approx(0.125 / math.sqrt(np.var([0.5, 0.75] * 10, ddof=1) / 2))
    assert result.interval[1] - result.interval[0] == pytest.approx(2 * 1.959964 * math.sqrt((1 / 20 + result.d**2 / 40) * 2), abs=1e-6)


@pytest.mark.parametrize(
    ("n", "warning"),
    [
        (0, "No readers took both tests: too few to say anything"),
        (1, "1 reader took both tests: too few to say anything"),
        (4, "4 readers took both tests: too few to say anything"),
        (5, "5 readers took both tests: the interval is wide"),
        (19, "19 readers took both tests: the interval is wide"),
        (20, ""),
    ],
)
def test_a_sentence_says_how_few_readers_there_are(n, warning):
    rng = random.Random(n)
    result = change(named([rng.random() for _ in range(n)]), named([rng.random() for _ in range(n)]))
    assert result.warning.startswith(warning)
    assert bool(result.warning) == bool(warning)
    assert (result.interval is None) == (n < 5)
    assert (result.d is None) == (n < 2)


def test_who_took_only_one_test_is_said():
    both = named([0.1, 0.2] * 10)
    result = change(both | {"x": 0.9, "y": 0.9}, both | {"z": 0.9})
    assert result.warning == "Left out: 2 who took only the first test, 1 who took only the second."
    assert result.change == 0


def test_nobody_at_all_is_no_error():
    result = change({}, {"x": 1.0})
    assert (result.n, result.before, result.after, result.change, result.gain, result.d) == (0, None, None, None, None, None)


# questions


KEY = Key("form", {f"q{n}": KeyRow(f"q{n}", OPTIONS[n % 4]) for n in range(1, 13)})


def sat(n: int, seed: int, key: Key = KEY, skill: float = 0.3) -> dict[str, dict[str, str]]:
    """A made-up class that sat a test: readers of different skill, questions of different difficulty, wrong options at random."""
    rng = random.Random(seed)
    hard = {question: rng.gauss(0, 1) for question in key.rows}
    answers: dict[str, dict[str, str]] = {}
    for reader in range(n):
        able = rng.gauss(skill, 1)
        answers[f"r{reader}"] = {
            q: row.label if rng.random() < 1 / (1 + math.exp(hard[q] - able)) else rng.choice([o for o in OPTIONS if o != row.label])
            for q, row in key.rows.items()
        }
    return answers


def mistaken(key: Key, question: str) -> Key:
    """The key with a wrong letter at one question."""
    wrong = next(option for option in OPTIONS if option != key.rows[question].label)
    return Key(key.layer, key.rows | {question: KeyRow(question, wrong)})


def of(question: str, answers, key: Key = KEY) -> ItemStatistics:
    return next(s for s in item_statistics(answers, key, OPTIONS) if s.question == question)


def test_figures_are_those_of_numpy():
    answers = sat(40, seed=1)
    del answers["r3"]["q5"], answers["r7"]["q1"]
    right = np.array([[a.get(q) == row.label for q, row in KEY.rows.items()] for a in answers.values()], dtype=float)
    statistics = item_statistics(answers, KEY, OPTIONS)
    assert [s.question for s in statistics] == list(KEY.rows)
    for i, s in enumerate(statistics):
        there = np.array([s.question in a for a in answers.values()])
        rest = np.delete(right, i, axis=1).sum(axis=1)
        assert s.n == there.sum() == 40 - (s.question in ("q1", "q5"))
        assert s.difficulty == pytest.approx(right[there, i].mean())
        assert s.discrimination == pytest.approx(np.corrcoef(right[there, i], rest[there])[0, 1])
        assert sum(s.shares.values()) == pytest.approx(1)
        assert s.shares[KEY.rows[s.question].label] == pytest.approx(s.difficulty)


def test_accepted_options_are_right_near_ones_are_not_and_what_is_no_option_is_open():
    key = Key("form", {"q1": KeyRow("q1", "a", accept=("b",), near=("c",))})
    s = of("q1", named_options("aabbcd?x"), key)
    assert (s.n, s.difficulty, s.shares) == (6, pytest.approx(4 / 6), {"a": 2 / 6, "b": 2 / 6, "c": 1 / 6, "d": 1 / 6})
    assert s.discrimination is None


def named_options(options: str) -> dict[str, dict[str, str]]:
    return {f"r{i}": {"q1": option} for i, option in enumerate(options)}


@pytest.mark.parametrize(("options", "dead"), [("a" * 16 + "bbbc", ("d",)), ("a" * 16 + "bbb", ()), ("a" * 37 + "bbc", ("c", "d"))])
def test_a_wrong_option_that_under_5_percent_chose_is_dead_from_twenty_readers_on(options, dead):
    assert of("q1", named_options(options), Key("form", {"q1": KeyRow("q1", "a")})).dead == dead


def test_a_planted_dead_option_is_named_and_no_other():
    answers = sat(60, seed=2, skill=-0.5)
    for said in answers.values():
        if said["q4"] == "c":
            said["q4"] = "b"
    assert KEY.rows["q4"].label == "a"
    assert of("q4", answers).dead == ("c",)
    assert [s.question for s in item_statistics(answers, KEY, OPTIONS) if s.dead] == ["q4"]


def test_a_right_option_that_nobody_chose_is_not_called_dead():
    assert of("q1", named_options("bbcd" * 6), Key("form", {"q1": KeyRow("q1", "a")})).dead == ()


def test_a_planted_wrong_key_is_named_with_the_option_that_is_right():
    answers, wrong = sat(40, seed=3), mistaken(KEY, "q6")
    assert [s.question for s in item_statistics(answers, KEY, OPTIONS) if s.suspect] == []
    suspects = [s for s in item_statistics(answers, wrong, OPTIONS) if s.suspect]
    assert [s.question for s in suspects] == ["q6"]
    assert f"chose “{KEY.rows['q6'].label}”" in suspects[0].suspect
    assert f"the key's “{wrong.rows['q6'].label}”" in suspects[0].suspect


def test_wrong_keys_are_mostly_found_and_sound_questions_seldom_suspect():
    sound, caught = [], []
    for seed in range(200):
        answers = sat(20, seed)
        sound += [bool(s.suspect) for s in item_statistics(answers, KEY, OPTIONS)]
        caught.append(bool(of("q3", answers, mistaken(KEY, "q3")).suspect))
    assert sum(sound) / len(sound) < 1 / 30
    assert sum(caught) / len(caught) > 0.75


def crossed(n: int, good: str, weak: str) -> dict[str, dict[str, str]]:
    """n readers right everywhere else and n right nowhere else; at q1 they chose these options, in turn."""
    others = {question: row.label for question, row in KEY.rows.items() if question != "q1"}
    best = {f"good{i}": {**others, "q1": good[i % len(good)]} for i in range(n)}
    return best | {f"weak{i}": {"q1": weak[i % len(weak)]} for i in range(n)}


def test_the_better_halfs_wrong_option_is_named():
    assert "of the 10 readers who did best elsewhere, 10 chose “c” and 0 the key's “b”" in of("q1", crossed(10, "c", "b")).suspect


def test_a_common_wrong_option_of_better_readers_is_named_where_the_better_half_is_small():
    others = {question: row.label for question, row in KEY.rows.items() if question != "q1"}
    readers = {f"r{i}": {**others, "q1": "d"} for i in range(12)} | {f"w{i}": {"q1": "b"} for i in range(3)}
    assert of("q1", readers).suspect == (
        "q1: 12 readers chose “d” and did better elsewhere than the 3 who chose the key's “b”. Look whether the key is right."
    )


def test_negative_discrimination_is_suspect_though_no_wrong_option_leads():
    s = of("q1", crossed(12, "acdb", "b"))
    assert s.discrimination < -0.5
    assert s.suspect.startswith("q1: those who do better elsewhere do worse here")


def test_of_two_wrong_options_that_lead_the_commoner_one_is_named():
    assert "10 chose “c” and 0" in of("q1", crossed(15, "cca", "b")).suspect


def test_a_handful_of_best_readers_makes_no_key_suspect():
    others = {question: row.label for question, row in KEY.rows.items() if question != "q1"}
    rest = {f"r{i}": {"q1": option} for i, option in enumerate("b" * 6 + "a" * 6 + "d" * 5)}
    assert of("q1", rest | {f"best{i}": {**others, "q1": "c"} for i in range(3)}).suspect == ""


def test_fewer_than_ten_readers_make_no_key_suspect():
    ten = {reader: said for reader, said in crossed(8, "c", "b").items() if reader not in [f"weak{i}" for i in range(2, 8)]}
    assert of("q1", ten).suspect != ""
    assert of("q1", {reader: said for reader, said in ten.items() if reader != "good0"}).suspect == ""


@pytest.mark.parametrize(
    ("n", "warning"), [(0, "No readers answered: too few"), (4, "4 readers answered: too few"), (19, "19 readers"), (20, "")]
)
def test_few_readers_are_said(n, warning):
    s = of("q1", sat(n, seed=4))
    assert s.warning.startswith(warning)
    assert bool(s.warning) == bool(warning)
    assert (s.difficulty is None) == (n == 0)


@properties
@given(
    answers=st.dictionaries(
        st.integers(0, 40).map(str), st.dictionaries(st.sampled_from(["q1", "q2", "q3", "q99"]), st.sampled_from([*OPTIONS, "", "e"]))
    )
)
def test_any_answers_give_figures_and_raise_nothing(answers):
    for s in item_statistics(answers, KEY, OPTIONS):
        assert s.difficulty is None or 0 <= s.difficulty <= 1
        assert s.discrimination is None or -1 - 1e-9 <= s.discrimination <= 1 + 1e-9
        assert set(s.shares) == set(OPTIONS)
