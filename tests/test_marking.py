"""Marking: agreement beyond chance, times the share answered. Each property of the score is a test."""

import random
from collections import Counter
from fractions import Fraction
from statistics import fmean

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from readtwice.answers import Answer, Answers, read_answers
from readtwice.keys import Key, KeyProblem, KeyRow
from readtwice.marking import Marks, mark
from readtwice.schemes import Scheme, read_scheme
from readtwice.texts import read_text
from readtwice.units import Unit

ARTICLE, VOICE = read_text("russia-must-act"), read_scheme("voice")
SPEAKERS = tuple(ARTICLE.speakers)
NOBODY = "somebody else"
MOST_LOST = 0.07  # by filling one blank rightly
SEEDS = 400
properties = settings(deadline=None, max_examples=80)


@pytest.fixture(scope="session")
def asked(unit: Unit) -> Key:
    """The article's voice key, only the items that the master asks."""
    return next(unit.key(task) for task in unit.tasks if task.layer == "voice")


@st.composite
def keys(draw: st.DrawFn, plain: bool = False) -> Key:
    rows = {}
    for item in draw(st.lists(st.sampled_from(ARTICLE.items), min_size=2, max_size=10, unique=True)):
        label, *others = draw(st.permutations(VOICE.names))
        accept, near = (0, 0) if plain else (draw(st.integers(0, 2)), draw(st.integers(0, 2)))
        detail = draw(st.sampled_from(SPEAKERS)) if VOICE[label].asks_detail and not plain else ""
        rows[item] = KeyRow(item, label, detail, tuple(others[:accept]), tuple(others[accept : accept + near]))
    return Key("voice", rows)


@st.composite
def reading(draw: st.DrawFn, key: Key) -> dict[str, tuple[str, str]]:
    """Some label or none for each item of a key, often the right one, with some speaker or none."""
    read = {}
    for item, row in key.rows.items():
        label = draw(st.sampled_from((row.label, *VOICE.names, "")))
        read[item] = (label, draw(st.sampled_from(("", NOBODY, *SPEAKERS, row.detail))))
    return read


cases = keys().flatmap(lambda key: st.tuples(st.just(key), reading(key)))
plain_cases = keys(plain=True).flatmap(lambda key: st.tuples(st.just(key), reading(key)))


def answers(read: dict[str, tuple[str, str]]) -> Answers:
    return Answers("voice", {item: Answer(item, label, detail) for item, (label, detail) in read.items() if label})


def score(read: dict[str, tuple[str, str]], key: Key) -> float:
    return mark(answers(read), key, VOICE).score


def rightly(row: KeyRow, label: str = "") -> tuple[str, str]:
    """A label, the key's if none is named, with the key's detail where the label asks for one."""
    label = label or row.label
    return label, row.detail if VOICE[label].asks_detail else ""


def dealt(pairs: list[tuple[str, KeyRow]]) -> Fraction:
    """Mean credit if each of these labels met each of these items."""
    return Fraction(sum(row.halves(label) for label, _ in pairs for _, row in pairs), 2 * len(pairs) ** 2)


@properties
@given(keys())
def test_the_key_scores_one_wherever_its_labels_tell_anything_apart(key: Key) -> None:
    assume(dealt([(row.label, row) for row in key.rows.values()]) < 1)
    assert mark(key.answers(), key, VOICE).score == 1.0


@properties
@given(st.data(), keys())
def test_any_mix_of_accepted_labels_scores_one_wherever_it_tells_anything_apart(data: st.DataObject, key: Key) -> None:
    chosen = {item: rightly(row, data.draw(st.sampled_from((row.label, *row.accept)))) for item, row in key.rows.items()}
    assume(dealt([(chosen[item][0], row) for item, row in key.rows.items()]) < 1)
    assert score(chosen, key) == 1.0


def test_the_key_of_the_article_scores_one_on_its_asked_items_and_on_all(asked: Key, voice_key: Key) -> None:
    for key in (asked, voice_key):
        assert mark(key.answers(), key, VOICE).score == 1.0
        assert mark(voice_key.answers(), key, VOICE).right == len(key.rows)


@properties
@given(keys())
def test_a_blank_scores_nothing(key: Key) -> None:
    for blank in (Answers("voice"), Answers("voice", {item: Answer(item, "") for item in key.rows})):
        marks = mark(blank, key, VOICE)
        assert (marks.score, marks.answered, marks.right, marks.asked) == (0.0, 0, 0, len(key.rows))
        assert type(marks.score) is float


@properties
@given(cases)
def test_the_score_is_a_plain_float_from_zero_to_one_and_there_is_a_row_per_item(case: tuple[Key, dict]) -> None:
    key, read = case
    marks = mark(answers(read), key, VOICE)
    assert type(marks.score) is float
    assert 0.0 <= marks.score <= 1.0
    assert [row.item for row in marks.rows] == list(key.rows)
    assert all(row.credit in (None, 0, 0.5, 1) and row.detail_credit in (None, 0, 1) for row in marks.rows)


def test_a_key_without_items_scores_nothing_as_a_plain_float() -> None:
    marks = mark(Answers("voice"), Key("voice", {}), VOICE)
    assert type(marks.score) is float
    assert marks == Marks("voice", (), 0.0)


@properties
@given(cases, st.randoms(use_true_random=False))
def test_order_case_and_spacing_do_not_change_the_marks(case: tuple[Key, dict], rng: random.Random) -> None:
    key, read = case
    lines = [f"{item}: {label} | {detail}" for item, (label, detail) in read.items()]
    untidy = [line.replace(": ", rng.choice(["  :\t", ":"])).replace(" | ", rng.choice(["|", "\u00a0|  "])) for line in lines]
    untidy = [rng.choice([str.upper, str.lower, str.title])(line) + rng.choice(["", "  "]) for line in untidy]
    rng.shuffle(untidy)
    tidy, other = (mark(read_answers("\n".join(said), VOICE, ARTICLE), key, VOICE) for said in (lines, untidy))
    assert other.score == tidy.score
    assert [(row.credit, row.detail_credit, row.why) for row in other.rows] == [
        (row.credit, row.detail_credit, row.why) for row in tidy.rows
    ]
    assert mark(answers(read), Key("voice", dict(reversed(key.rows.items()))), VOICE).score == mark(answers(read), key, VOICE).score


@properties
@given(st.data(), keys(), st.sampled_from(VOICE.names))
def test_one_label_for_all_scores_exactly_nothing_with_or_without_blanks(data: st.DataObject, key: Key, label: str) -> None:
    filled = data.draw(st.sets(st.sampled_from(list(key.rows))))
    assert score({item: rightly(row, label) for item, row in key.rows.items() if item in filled}, key) == 0.0
    assert score({item: rightly(row, label) for item, row in key.rows.items()}, key) == 0.0


@pytest.mark.parametrize("label", VOICE.names)
def test_one_label_for_all_scores_exactly_nothing_on_the_article(label: str, asked: Key) -> None:
    assert score({item: rightly(row, label) for item, row in asked.rows.items()}, asked) == 0.0


@properties
@given(cases)
def test_replacing_a_wrong_label_by_the_keys_never_lowers_the_score(case: tuple[Key, dict]) -> None:
    key, read = case
    before = score(read, key)
    for item, row in key.rows.items():
        if read[item][0] and row.halves(read[item][0]) == 0:
            assert score({**read, item: rightly(row)}, key) >= before - 1e-12


@properties
@given(st.data())
def test_on_the_article_mending_never_lowers_and_filling_rightly_lowers_by_hardly_anything(asked: Key, data: st.DataObject) -> None:
    """A filled blank brings more of a label, so more of it is put down to chance; .07 is the most that may cost."""
    read = data.draw(reading(asked))
    before = score(read, asked)
    for item, row in asked.rows.items():
        after = score({**read, item: rightly(row)}, asked)
        if not read[item][0]:
            assert after >= before - MOST_LOST
        elif row.halves(read[item][0]) == 0:
            assert after >= before - 1e-12


@properties
@given(plain_cases)
def test_with_one_right_label_an_item_the_score_is_cohens_kappa_times_the_share_answered(case: tuple[Key, dict]) -> None:
    key, read = case
    pairs = [(read[item][0], row.label) for item, row in key.rows.items() if read[item][0]]
    assume(pairs)
    n = len(pairs)
    theirs, ours = Counter(label for label, _ in pairs), Counter(label for _, label in pairs)
    observed = Fraction(sum(label == right for label, right in pairs), n)
    chance = sum(Fraction(theirs[label], n) * Fraction(ours[label], n) for label in VOICE.names)
    kappa = (observed - chance) / (1 - chance) if chance < 1 else Fraction(0)
    assert score(read, key) == pytest.approx(float(max(Fraction(0), kappa) * n / len(key.rows)), abs=1e-12)


@properties
@given(cases)
def test_with_alternatives_and_details_the_score_follows_its_definition(case: tuple[Key, dict]) -> None:
    key, read = case
    pairs = [(read[item][0], row) for item, row in key.rows.items() if read[item][0]]
    assume(pairs)
    chance = dealt(pairs)
    credit = Fraction(sum(row.halves(label) for label, row in pairs), 2 * len(pairs))
    details = [read[row.item][1] == row.detail for label, row in pairs if row.halves(label) and row.detail and VOICE[label].asks_detail]
    named = (1 + Fraction(sum(details), len(details))) / 2 if details else 1
    beyond = max(Fraction(0), (credit - chance) / (1 - chance)) if chance < 1 else 0
    assert score(read, key) == pytest.approx(float(beyond * len(pairs) / len(key.rows) * named), abs=1e-12)


def slipping(key: Key, rate: float, seed: int) -> dict[str, tuple[str, str]]:
    rng = random.Random(seed)
    read = {}
    for item, row in key.rows.items():
        wrong = rng.choice([name for name in VOICE.names if name != row.label])
        read[item] = rightly(row, wrong if rng.random() < rate else "")
    return read


@pytest.mark.parametrize(("rate", "least", "most"), [(0.1, 0.80, 0.92), (0.25, 0.55, 0.72)])
def test_a_reader_right_nine_times_in_ten_or_three_in_four_scores_as_designed(rate: float, least: float, most: float, asked: Key) -> None:
    assert least <= fmean(score(slipping(asked, rate, seed), asked) for seed in range(SEEDS)) <= most


def test_random_labels_average_an_eighth_at_most_even_with_every_speaker_right(asked: Key) -> None:
    def guess(seed: int) -> float:
        rng = random.Random(seed)
        return score({item: rightly(row, rng.choice(VOICE.names)) for item, row in asked.rows.items()}, asked)

    assert fmean(guess(seed) for seed in range(SEEDS)) <= 0.12


def test_half_the_items_answered_rightly_score_half(asked: Key) -> None:
    for seed in range(50):
        half = random.Random(seed).sample(sorted(asked.rows), len(asked.rows) // 2)
        assert score({item: rightly(asked.rows[item]) for item in half}, asked) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("speaker", ["", NOBODY])
def test_right_labels_with_every_speaker_wrong_or_missing_score_half(speaker: str, asked: Key) -> None:
    read = {item: (row.label, speaker if row.detail else "") for item, row in asked.rows.items()}
    assert score(read, asked) == 0.5
    assert {row.why for row in mark(answers(read), asked, VOICE).rows} == {"right", "detail"}


def test_each_row_says_why_it_has_its_credit() -> None:
    row = KeyRow("1.1", "quote", "Ruiz", ("mixed",), ("author",), detail_accept=("the mayor",))
    tried = [
        ("quote", "RUIZ."),
        ("quote", "The mayor"),
        ("mixed", "Ruiz"),
        ("author", ""),
        ("report", "Ruiz"),
        ("quote", "Vale"),
        ("", ""),
        ("shout", ""),
    ]
    marks = [mark(Answers("voice", {"1.1": Answer("1.1", *said)}), Key("voice", {"1.1": row}), VOICE) for said in tried]
    rows = [one.rows[0] for one in marks]
    assert [one.right for one in marks] == [1, 1, 1, 0, 0, 1, 0, 0]
    assert [r.why for r in rows] == ["right", "right", "accepted", "near", "wrong", "detail", "open", "open"]
    assert [r.credit for r in rows] == [1, 1, 1, 0.5, 0, 1, None, None]
    assert [r.detail_credit for r in rows] == [1, 1, 1, None, None, 0, None, None]


def test_nothing_but_the_asked_items_counts_and_an_equals_sign_takes_none_out(asked: Key, voice_key: Key) -> None:
    read = slipping(asked, 0.3, seed=7)
    lines = [f"= {item}: {label} | {detail}" for item, (label, detail) in read.items()]
    others = [f"{item}: distance" for item in voice_key.rows if item not in asked.rows]
    given_all = read_answers("\n".join(lines + others), VOICE, ARTICLE)
    assert set(asked.rows) <= set(given_all.given)
    assert mark(given_all, asked, VOICE).score == score(read, asked) > 0


@pytest.mark.parametrize("part", ["label", "accept", "near"])
def test_an_unknown_label_in_a_key_never_gives_marks(part: str, voice: Scheme) -> None:
    row = {
        "label": KeyRow("1.1", "shout"),
        "accept": KeyRow("1.1", "author", accept=("shout",)),
        "near": KeyRow("1.1", "author", near=("shout",)),
    }[part]
    key = Key("voice", {"T": KeyRow("T", "author"), "1.1": row})
    with pytest.raises(KeyProblem, match=r"1\.1.*shout"):
        mark(Answers("voice"), key, voice)
