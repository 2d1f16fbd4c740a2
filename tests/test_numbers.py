"""Numbers: read forgivingly, counted as the notebook's pandas cells count, marked against the student's own labels."""

import json

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

import readtwice.notebook
from readtwice.answer_cell import answers_magic
from readtwice.answers import Answer, Answers, read_answers
from readtwice.keys import Key
from readtwice.marking import CARRY_FROM, mark, mark_numbers
from readtwice.notebook import Notebook, read
from readtwice.numbers import NO_NAME, RECIPES, TOLERANCE, Number, read_numbers, share_of_words
from readtwice.schemes import Scheme, read_scheme
from readtwice.tables import table
from readtwice.texts import Text, read_text

ARTICLE, VOICE = read_text("russia-must-act"), read_scheme("voice")
NAMES = RECIPES["shares"].names(ARTICLE)


def value(line: str) -> float | None:
    numbers, problems = read_numbers(line, NAMES)
    assert not problems
    (number,) = numbers.values()
    return number.value


def typed(**values: float | None) -> dict[str, Number]:
    return {name: Number(name, str(number), number, 1) for name, number in values.items()}


@pytest.mark.parametrize(
    "said",
    ["0.31", "0,31", ".31", ",31", "31 %", "31%", "31", "31.0", "0.310", "31 per cent", "31 percent", "“0.31”", "0.31.", "\u00a031\u202f%"],
)
def test_a_share_may_be_written_in_many_ways(said: str) -> None:
    assert value(f"share of Blinken: {said}") == pytest.approx(0.31)


@pytest.mark.parametrize(
    ("said", "share"), [("0", 0), ("1", 1), ("1.0", 1), ("2", 0.02), ("100", 1), ("100 %", 1), ("1 %", 0.01), ("0.5 %", 0.005)]
)
def test_nothing_and_the_whole_are_shares_too(said: str, share: float) -> None:
    assert value(f"share of Blinken: {said}") == pytest.approx(share)


@pytest.mark.parametrize(
    "name",
    [
        "share of Blinken",
        "SHARE OF BLINKEN",
        "  share   of\tblinken ",
        "share of\u00a0Blinken",
        "Blinken",
        "Blinken's share",
        "the share of Blinken",
    ],
)
@pytest.mark.parametrize("colon", [":", " : ", "：", " = ", "＝"])
def test_case_and_space_of_the_name_and_the_kind_of_colon_do_not_matter(name: str, colon: str) -> None:
    numbers, problems = read_numbers(f"{name}{colon}0.31", NAMES)
    assert {n.name: n.value for n in numbers.values()} == {"share of Blinken": 0.31}
    assert not problems


@pytest.mark.parametrize(
    "line", ["share of Putin: 0.31", "0.31", "share: 0.31", "share of Blinken and Lavrov: 0.31", ": 0.31", "I counted them.", "of: 1"]
)
def test_a_line_without_one_of_the_names_is_told_and_the_rest_is_read(line: str) -> None:
    numbers, (problem,) = read_numbers(f"%%answers shares\n{line}\nshare of author: 0.67", NAMES)
    assert {name: n.value for name, n in numbers.items()} == {"share of author": 0.67}
    assert problem.line == 2
    assert "share of Blinken" in problem.why


@pytest.mark.parametrize("said", ["0.31 0.40", "0.31 or 0.4", "a third", "0.3.1", "1e5", "about", "12 of 40"])
def test_what_is_not_one_number_stays_open_and_is_told(said: str) -> None:
    numbers, (problem,) = read_numbers(f"share of Blinken: {said}", NAMES)
    assert numbers["share of Blinken"].value is None
    assert (problem.line, said in problem.why) == (1, True)


@pytest.mark.parametrize("said", ["101", "131 %", "101.5", "1000", "999999999999"])
def test_more_than_the_whole_is_refused_in_words(said: str) -> None:
    numbers, (problem,) = read_numbers(f"share of Blinken: {said}", NAMES)
    assert numbers["share of Blinken"].value is None
    assert "more than the whole" in problem.why


@pytest.mark.parametrize("said", ["-0.31", "−0.31", "-31 %"])
def test_a_share_below_nothing_is_not_taken_for_a_share(said: str) -> None:
    numbers, problems = read_numbers(f"share of Blinken: {said}", NAMES)
    assert numbers["share of Blinken"].value is None
    assert problems


def test_a_number_twice_counts_with_its_last_value_and_is_told() -> None:
    numbers, (problem,) = read_numbers("share of Blinken: 0.31\nshare of author: 0.6\nBlinken: 0.19", NAMES)
    assert numbers["share of Blinken"].value == 0.19
    assert problem.line == 3
    assert "twice (see line 1)" in problem.why


@pytest.mark.parametrize("said", ["", " ", "?", "___", "…", "-"])
def test_an_unfilled_line_is_open_and_no_problem_and_wipes_nothing_out(said: str) -> None:
    assert value(f"share of Blinken:{said}") is None
    numbers, _ = read_numbers(f"share of Blinken: 0.2\nshare of Blinken:{said}", NAMES)
    assert numbers["share of Blinken"].value == 0.2


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["share of Blinken", ":", "=", "0.3", ",", "%", "#", "²", "٣"]),
            st.text(st.characters(exclude_categories=()), max_size=12),
        ),
        max_size=12,
    )
)
def test_no_text_ever_raises_and_every_number_is_a_share(pieces: list[str]) -> None:
    for between in (" ", "\n"):
        numbers, problems = read_numbers(between.join(pieces), NAMES)
        assert set(numbers) <= set(NAMES)
        assert all(n.value is None or 0 <= n.value <= 1 for n in numbers.values())
        assert all(problem.line >= 1 and problem.why for problem in problems)


@settings(deadline=None, max_examples=60)
@given(
    st.dictionaries(st.sampled_from(ARTICLE.items), st.sampled_from(VOICE.names), min_size=1), st.sampled_from(["", "Blinken", "somebody"])
)
def test_shares_of_words_sum_to_one_and_come_largest_first(labels: dict[str, str], speaker: str) -> None:
    answers = Answers("voice", {item: Answer(item, label, speaker if VOICE[label].asks_detail else "") for item, label in labels.items()})
    shares = share_of_words(answers, VOICE, ARTICLE)
    assert sum(shares.values()) == pytest.approx(1)
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
    assert set(shares) <= {"author", speaker or NO_NAME}


def test_a_quotation_without_a_name_counts_for_nobody_yet_and_not_for_the_author() -> None:
    answers = Answers("voice", {"2.1": Answer("2.1", "quote"), "T": Answer("T", "author")})
    assert set(share_of_words(answers, VOICE, ARTICLE)) == {NO_NAME, "author"}


def test_without_labels_there_are_no_shares_and_every_asked_one_is_nothing() -> None:
    assert share_of_words(Answers("voice", {"T": Answer("T", "")}), VOICE, ARTICLE) == {}
    assert RECIPES["shares"].expected(Answers("voice"), VOICE, ARTICLE, NAMES) == dict.fromkeys(NAMES, 0.0)


def counting_cell() -> str:
    """The cell of lesson 1 that counts the words by speaker."""
    notebook = json.loads((ROOT / "lessons" / "1-whose-voice.ipynb").read_text(encoding="utf-8"))
    return next(source for cell in notebook["cells"] if cell["cell_type"] == "code" and "groupby" in (source := "".join(cell["source"])))


def in_words(key: Key) -> str:
    return "\n".join(f"{row.item}: {row.label}" + (f" | {row.detail}" if row.detail else "") for row in key.rows.values())


@pytest.mark.parametrize("change", ["", "2.1: author", "5.1: quote", "15.1: quote | Blinkin\n16.1: mixed | nobody", "T: shout\n25.3: ?"])
def test_shares_of_words_are_what_the_pandas_cells_of_the_lesson_give(change: str, voice_key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readtwice.notebook, "_here", Notebook())
    changed = {line.partition(":")[0] for line in change.splitlines()}
    source = "\n".join(line for line in in_words(voice_key).splitlines() if line.partition(":")[0] not in changed) + f"\n{change}"
    read("russia-must-act")
    answers_magic("voice", source)
    *first, last = counting_cell().splitlines()
    names = {"voice": table("voice")}
    exec("\n".join(first), names)
    shares = share_of_words(read_answers(source, VOICE, ARTICLE), VOICE, ARTICLE)
    assert (names["words"] / names["words"].sum()).to_dict() == pytest.approx(shares)
    assert names["shares"].to_dict() == pytest.approx({name: round(share, 2) for name, share in shares.items()})
    assert last.startswith("chart(shares")


def test_what_the_cells_show_is_right_within_the_tolerance(voice_key: Key, voice: Scheme, article: Text) -> None:
    expected = RECIPES["shares"].expected(voice_key.answers(), voice, article, NAMES)
    for places in (2, 3, 6):
        shown = {name: Number(name, "", round(share, places), 1) for name, share in expected.items()}
        assert mark_numbers(shown, expected, 1.0, TOLERANCE).score == 1.0


def test_an_error_in_a_label_costs_nothing_a_second_time(voice_key: Key, voice: Scheme, article: Text) -> None:
    """Every second quotation is given to the author; the numbers are counted from these labels."""
    rows = dict(voice_key.answers().rows)
    for item in [item for item, answer in rows.items() if answer.label == "quote"][::2]:
        rows[item] = Answer(item, "author")
    wrong = Answers("voice", rows)
    score = mark(wrong, voice_key, voice).score
    assert CARRY_FROM < score < 1
    own, keys = (RECIPES["shares"].expected(labels, voice, article, NAMES) for labels in (wrong, voice_key.answers()))
    assert abs(own["share of Blinken"] - keys["share of Blinken"]) > TOLERANCE
    assert mark_numbers({name: Number(name, "", v, 1) for name, v in own.items()}, own, score, TOLERANCE).score == 1.0
    assert mark_numbers({name: Number(name, "", v, 1) for name, v in keys.items()}, own, score, TOLERANCE).score < 1.0


@pytest.mark.parametrize(("label_score", "carried"), [(0.0, False), (CARRY_FROM - 1e-6, False), (CARRY_FROM, True), (1.0, True)])
def test_labels_below_a_fifth_carry_no_numbers(label_score: float, carried: bool) -> None:
    marks = mark_numbers(typed(a=0.5, b=0.1), {"a": 0.5, "b": 0.4}, label_score, TOLERANCE)
    assert marks.score == (0.5 if carried else 0.0)
    assert [row.why for row in marks.rows] == (["right", "wrong"] if carried else ["uncarried", "uncarried"])
    assert type(marks.score) is float


@pytest.mark.parametrize(("off", "right"), [(0.0, True), (0.01, True), (-0.01, True), (0.0101, False), (-0.0101, False), (0.3, False)])
@pytest.mark.parametrize("share", [0.07, 0.19, 0.3, 0.67])
def test_a_number_is_right_up_to_the_tolerance_and_no_further(share: float, off: float, right: bool) -> None:
    assert TOLERANCE == 0.01
    assert mark_numbers(typed(a=share + off), {"a": share}, 1.0, TOLERANCE).score == float(right)


def test_an_open_or_missing_number_earns_nothing_and_the_others_their_share() -> None:
    marks = mark_numbers(typed(a=0.5, b=None), {"a": 0.5, "b": 0.0, "c": 0.0, "d": 0.0}, 1.0, TOLERANCE)
    assert marks.score == 0.25
    assert [row.why for row in marks.rows] == ["right", "open", "open", "open"]
    assert mark_numbers({}, {}, 1.0, TOLERANCE).score == 0.0
