"""Answers: a forgiving reader that never raises, never guesses, and says which line it could not read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readtwice.answers import Answers, read_answers, read_header
from readtwice.keys import Key
from readtwice.schemes import Scheme, read_scheme
from readtwice.texts import Text, read_text

ARTICLE, VOICE = read_text("russia-must-act"), read_scheme("voice")


def read(source: str) -> Answers:
    return read_answers(source, VOICE, ARTICLE)


def labels(answers: Answers) -> dict[str, tuple[str, str]]:
    return {item: (answer.label, answer.detail) for item, answer in answers.rows.items()}


def write(key: Key) -> list[str]:
    return [f"{row.item}: {row.label}" + (f" | {row.detail}" if row.detail else "") for row in key.rows.values()]


@pytest.mark.parametrize(
    "line",
    [
        "2.1: quote | Blinken",
        "2.1:quote|Blinken",
        "  2.1  :  QUOTE  |  BLINKEN  ",
        "\t2.1:\tquote\t|\tBlinken",
        "2.1:\u00a0quote\u00a0|\u202fBlinken",
        "\ufeff2.1: quote | Blinken",
        "2.1\u200b: quote\u200b | Blinken",
        "2.1： quote ｜ Blinken",
        "2,1: quote | Blinken",
        "2 . 1 : quote | Blinken",
        "2.1 quote | Blinken",
        "2.1 - quote | Blinken",
        "2.1) quote | Blinken",
        "(2.1) quote | Blinken",
        "2.1 = quote | Blinken",
        "2.1: quote Blinken",
        "2.1: quote, Blinken",
        "2.1: quote / Blinken",
        "2.1: quote (Blinken)",
        "2.1: quote: Blinken",
        "2.1: “quote” | “Blinken”",
        "2.1: 'quote' | ‘Blinken’",
        '2.1: "quote" | "Blinken"',
        "2.1: «quote» | Blinken",
        "2.1: quote | Secretary Blinken",
        "2.1: quote | Blinkin",
        "2.1: quote | Blinken\r",
    ],
)
def test_a_line_is_understood_however_it_is_typed(line: str) -> None:
    answers = read(line)
    assert labels(answers) == {"2.1": ("quote", "Blinken")}
    assert answers.problems == ()


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\n\n", "\n \t\n"])
def test_the_kind_of_line_ending_does_not_matter(ending: str) -> None:
    answers = read(ending.join(["%%answers voice", "T: author", "2.1: quote | Blinken", "14.1: distance", ""]))
    assert labels(answers) == {"T": ("author", ""), "2.1": ("quote", "Blinken"), "14.1": ("distance", "")}
    assert not answers.problems


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("1.3: shout", "not a label of this layer"),
        ("1.3: 7", "not a label of this layer"),
        ("99.9: author", "no sentence 99.9"),
        ("1.4: author", "no sentence 1.4"),
        ("g1: author", "no sentence g1"),
        ("I could not do this one.", "does not start with the number of a sentence"),
        ("author", "does not start with the number of a sentence"),
        (": author", "does not start with the number of a sentence"),
        ("5", "does not start with the number of a sentence"),
        ("1.3: qoute | Blinken", "Did you mean quote?"),
        ("1.3: autor", "Did you mean author?"),
        ("1.3: Distence", "Did you mean distance?"),
        ("1.3: quo", "Did you mean quote?"),
        ("1.3: quotee", "Did you mean quote?"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_explained_and_the_rest_is_read(line: str, why: str) -> None:
    answers = read(f"%%answers voice\nT: author\n{line}\n2.1: quote | Blinken")
    assert answers.label("T") == "author"
    assert labels(answers)["2.1"] == ("quote", "Blinken")
    assert answers.label("1.3") == ""
    (problem,) = answers.problems
    assert problem.line == 3
    assert why in problem.why
    assert str(problem).startswith(f"Line 3, “{line}”: ")
    assert problem.why.endswith((".", "?", "author"))


@pytest.mark.parametrize("typed", ["qoute", "quot", "autor", "authro", "mixd", "raport", "distanse"])
def test_a_misspelt_label_is_suggested_and_never_guessed(typed: str) -> None:
    answers = read(f"1.3: {typed}")
    assert answers.label("1.3") == ""
    assert "Did you mean" in answers.problems[0].why


def test_prose_around_the_answers_costs_nothing_but_a_note_on_each_line() -> None:
    prose = ["Dear teacher, here are my answers.", "Best regards, a student", "???"]
    answers = read("\n".join([prose[0], "1.3: author", prose[1], prose[2], "6.2: author"]))
    assert labels(answers) == {"1.3": ("author", ""), "6.2": ("author", "")}
    assert [(p.line, p.said) for p in answers.problems] == [(1, prose[0]), (3, prose[1]), (4, prose[2])]


@pytest.mark.parametrize("rest", ["", ":", ": ", ": ?", ": ___", ": …", ": ...", ": -", ": |", ":  | "])
def test_half_a_line_is_open_and_no_problem(rest: str) -> None:
    answers = read(f"5.2{rest}\n6.2: author")
    assert answers.open(["5.2", "6.2"]) == ["5.2"]
    assert not answers.problems


def test_missing_items_are_open_and_no_problem() -> None:
    answers = read("1.3: author")
    assert answers.open(["1.3", "2.1", "T"]) == ["2.1", "T"]
    assert answers.label("2.1") == ""
    assert not answers.problems


@pytest.mark.parametrize("second", ["author", "distance"])
def test_an_item_twice_counts_with_its_last_label_and_is_told(second: str) -> None:
    answers = read(f"%%answers voice\n1.3: author\n2.1: quote | Blinken\n1.3: {second}")
    assert answers.label("1.3") == second
    (problem,) = answers.problems
    assert problem.line == 4
    assert "1.3 stands here twice" in problem.why
    assert "line 2" in problem.why


def test_an_open_repetition_does_not_wipe_out_an_answer() -> None:
    answers = read("1.3: author\n1.3:")
    assert answers.label("1.3") == "author"


def test_an_objection_is_kept_with_its_item_word_for_word() -> None:
    answers = read("1.3: author\n# I disagree: it is Blinken's frame, too\n2.1: quote | Blinken\n# only a note\n# i DISAGREE  so it is")
    assert answers.rows["1.3"].objection == "it is Blinken's frame, too"
    assert answers.rows["2.1"].objection == "so it is"
    assert not answers.problems


def test_an_objection_survives_a_second_line_for_its_item() -> None:
    assert read("1.3: author\n# I disagree: because\n1.3: distance").rows["1.3"].objection == "because"


def test_two_objections_to_an_item_are_both_kept() -> None:
    objection = read("1.3: author\n# I disagree: the frame counts\n# I disagree: and so does the tone").rows["1.3"].objection
    assert "the frame counts" in objection
    assert "and so does the tone" in objection


@pytest.mark.parametrize("line", ["99.9: author", "I have no idea"])
def test_an_objection_to_an_unreadable_line_is_not_put_under_another_sentence(line: str) -> None:
    assert read(f"1.3: author\n{line}\n# I disagree: not about 1.3").rows["1.3"].objection == ""


@pytest.mark.parametrize("comment", ["# asks: chosen", "#", "## 1.3: distance", "#1.3: distance", "# I disagree: nothing before it"])
def test_comments_are_no_answers_and_no_problems(comment: str) -> None:
    answers = read(f"{comment}\n6.2: author")
    assert labels(answers) == {"6.2": ("author", "")}
    assert not answers.problems


@pytest.mark.parametrize("line", ["= T: author", "=T: author", "  =   T:author", "＝ T： author", "== T: author"])
def test_a_line_that_starts_with_an_equals_sign_is_given(line: str) -> None:
    answers = read(f"{line}\n1.3: author")
    assert answers.given == ["T"]
    assert answers.label("T") == "author"
    assert not answers.problems


@pytest.mark.parametrize(
    ("source", "header"),
    [
        ("%%answers voice\nT: author", ("voice", "")),
        ("%%answers voice harbour\nT: author", ("voice", "harbour")),
        ("\ufeff\n\n  %%answers\u00a0Voice  Russia-Must-Act \r\nT:", ("voice", "russia-must-act")),
        ("%answer voice", ("voice", "")),
        ("%%answers", ("", "")),
        ("T: author\n%%answers voice", None),
        ("answers voice", None),
        ("%%answersheet voice", None),
        ("", None),
        (" \n\t\n", None),
    ],
)
def test_the_first_line_names_the_layer_and_perhaps_the_text(source: str, header: tuple[str, str] | None) -> None:
    assert read_header(source) == header


def test_with_or_without_its_header_a_cell_says_the_same() -> None:
    body = "1.3: author\n2.1: quote | Blinken"
    bare = labels(read(body))
    for header in ("%%answers voice", "%%answers voice russia-must-act", "\n %%answers  voice"):
        answers = read(f"{header}\n{body}")
        assert labels(answers) == bare
        assert not answers.problems


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_order_case_and_spacing_do_not_matter(voice_key: Key, data: st.DataObject) -> None:
    lines = data.draw(st.permutations(write(voice_key)))
    space = st.sampled_from(["", " ", "\t", "\u00a0", "   "])
    typed = []
    for line in lines:
        gap = data.draw(space)
        line = line.replace(": ", f"{gap}:{gap}").replace(" | ", f"{gap}|{gap}")
        typed.append(gap + data.draw(st.sampled_from([str.upper, str.lower, str.title, str]))(line) + gap)
    answers = read("\n".join(typed))
    assert labels(answers) == labels(voice_key.answers())
    assert not answers.problems


def test_reading_what_was_written_gives_back_the_labels_of_the_key(voice_key: Key, voice: Scheme, article: Text) -> None:
    answers = read_answers("\n".join(write(voice_key)), voice, article)
    assert labels(answers) == labels(voice_key.answers())
    assert not answers.given
    assert not answers.problems
