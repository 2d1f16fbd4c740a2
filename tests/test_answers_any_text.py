"""Answers, whatever stands in the cell: nothing raises, and what is too long is cut and told."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from readtwice.answers import LONGEST_LINE, MOST_LINES, Answers, read_answers, read_header
from readtwice.schemes import read_scheme
from readtwice.texts import read_text

ARTICLE, VOICE = read_text("russia-must-act"), read_scheme("voice")


def read(source: str) -> Answers:
    return read_answers(source, VOICE, ARTICLE)


def test_a_very_long_line_is_cut_and_told_and_the_rest_is_read() -> None:
    answers = read(f"1.3: author\n2.1: quote | {'x' * 1_000_000}\n6.2: author")
    assert (answers.label("1.3"), answers.label("6.2")) == ("author", "author")
    assert len(answers.rows["2.1"].detail) <= LONGEST_LINE
    assert [problem.line for problem in answers.problems] == [2]
    assert len(str(answers.problems[0])) < 300


def test_of_very_many_lines_the_first_are_read_and_the_limit_is_told() -> None:
    answers = read("1.3: author\n" + "noise\n" * 50_000 + "6.2: author")
    assert answers.label("1.3") == "author"
    assert len(answers.problems) <= MOST_LINES
    assert str(MOST_LINES) in answers.problems[-1].why
    assert answers.problems[-1].line == MOST_LINES + 1


def test_very_many_empty_lines_before_the_limit_hide_nothing() -> None:
    answers = read("\n" * (MOST_LINES - 1) + "6.2: author")
    assert answers.label("6.2") == "author"
    assert not answers.problems


PIECES = [
    "%%answers voice",
    "T:",
    "1.3: author",
    "= 2.1: quote |",
    "2,1",
    "quote",
    "|",
    "#",
    "# I disagree:",
    "=",
    ":",
    "(",
    "[",
    '"',
    "\r",
    "\x00",
    "\u2028",
]


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(st.characters(exclude_categories=()), max_size=20)), max_size=25),
    st.sampled_from("\n "),
)
@example(["=" * 5000], "\n")
@example(["1.3: " + "(" * 5000], "\n")
def test_no_text_ever_raises(pieces: list[str], between: str) -> None:
    source = between.join(pieces)
    read_header(source)
    answers = read(source)
    assert isinstance(answers, Answers)
    assert set(answers.rows) <= set(ARTICLE.items)
    assert list(answers.rows) == [item for item in ARTICLE.items if item in answers.rows]
    assert {answer.label for answer in answers.rows.values()} <= {"", *VOICE.names}
    assert all(problem.line >= 1 and problem.why and str(problem) for problem in answers.problems)
