"""Choices, a label with its reason, copied words, the omission."""

from __future__ import annotations

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from readtwice.answers import Answer, Answers
from readtwice.choices import choice_scheme, mark_copied, mark_each, mark_reasons, overlap, read_choices, read_words
from readtwice.forms import OPTIONS, form_names, read_form
from readtwice.keys import Key, KeyProblem, KeyRow
from readtwice.kinds import ADDED, OMISSION, REASONS, kind_names, kind_of
from readtwice.marking import mark
from readtwice.schemes import SchemeNotFound
from readtwice.speakers import words_of
from readtwice.texts import read_text

PASSAGE = "With this the town is trying to narrow our proposals to the one matter of the weir, and to bury the rest of our proposals."
REASONED = Key("statement", {
    "4.1": KeyRow("4.1", "interpretation", "r2", ("prediction",), ("value",), detail_accept=("prediction: r5", "value: r2")),
    "9.9": KeyRow("9.9", "value", "r1"),
})  # fmt: skip


SOLUTIONS = ROOT / "solutions"
GRADED = ("russia-must-act", "parallel")


@pytest.mark.parametrize("name", form_names())
def test_a_form_filled_with_its_key_earns_all_and_one_letter_everywhere_nothing(name):
    key, scheme = kind_of(f"form-{name}", read_text("harbour")).key(SOLUTIONS), choice_scheme(OPTIONS)
    questions = [q.id for q in read_form(name)]
    right = "\n".join(f"{row.item}: {row.label}" for row in key.rows.values())
    assert mark(read_choices(right, questions, OPTIONS), key, scheme).score == 1
    for letter in OPTIONS:
        same = "\n".join(f"{q}) {letter.upper()}" for q in questions)
        answers = read_choices(same, questions, OPTIONS)
        assert [answers.label(q) for q in questions] == [letter] * len(questions)
        assert mark(answers, key, scheme).score == 0


def test_a_choice_that_is_none_of_the_options_and_a_question_that_is_not_there_are_said():
    answers = read_choices("q1: e\nq99: a\nq2: b", ["q1", "q2"], OPTIONS)
    assert [problem.line for problem in answers.problems] == [1, 2]
    assert "no question q99" in answers.problems[1].why
    assert answers.label("q2") == "b"


@pytest.mark.parametrize(
    ("label", "reason", "credit"),
    [
        ("interpretation", "r2", 1),
        ("interpretation", "R2", 1),
        ("interpretation", "r5", 0),
        ("prediction", "r5", 1),
        ("prediction", "r2", 0),
        ("value", "r2", 0.5),
        ("interpretation", "r3", 0),
        ("interpretation", "", 0),
        ("checkable", "r2", 0),
    ],
)
def test_a_label_earns_credit_only_with_a_reason_that_fits(label, reason, credit):
    answers = Answers("statement", {"4.1": Answer("4.1", label, reason), "9.9": Answer("9.9", "value", "r1")})
    marks = mark_reasons(answers, REASONED)
    assert marks.rows[0].credit == credit
    assert marks.score == (credit + 1) / 2


def test_reasons_left_open_earn_nothing_and_are_not_called_wrong():
    marks = mark_reasons(Answers("statement"), REASONED)
    assert marks.score == 0
    assert {row.why for row in marks.rows} == {"open"}


@pytest.mark.parametrize(
    ("said", "right", "expected"),
    [
        ("trying to narrow", "trying to narrow", 1),
        ("TRYING  to “narrow”", "trying to narrow", 1),
        ("is trying to narrow", "trying to narrow", 2 * 3 / (4 + 3)),
        ("trying; narrow", "trying to narrow", 2 * 2 / (2 + 3)),
        ("bury the rest", "trying to narrow", 0),
        ("never said", "trying to narrow", 0),
        ("trying to narrow; never said", "trying to narrow", 2 * 3 / (5 + 3)),
        ("our proposals", "rest of our proposals", 2 * 2 / (2 + 4)),
        ("", "trying to narrow", 0),
    ],
)
def test_overlap_is_f1_over_the_words_of_the_passage(said, right, expected):
    assert overlap(said, right, PASSAGE) == pytest.approx(expected)


@given(st.data())
def test_overlap_is_what_counting_word_by_word_gives(data):
    """Against F1 counted from true and false positives, on runs of words that stand there once."""
    words = [f"w{i}" for i in range(12)]
    runs = [sorted(data.draw(st.tuples(st.integers(0, 11), st.integers(0, 11)))) for _ in range(2)]
    (a, b), (c, d) = runs
    said, right = words[a : b + 1], words[c : d + 1]
    both = len(set(said) & set(right))
    precision, recall = both / len(said), both / len(right)
    expected = 2 * precision * recall / (precision + recall) if both else 0
    assert overlap(" ".join(said), " ".join(right), " ".join(words)) == pytest.approx(expected)


@given(st.text(), st.text(), st.text())
def test_overlap_of_any_texts_lies_between_0_and_1(said, right, passage):
    assert 0 <= overlap(said, right, passage) <= 1
    if words_of(passage) and not set(";….") & set(passage):
        assert overlap(passage, passage, passage) == 1


def copied(**words: str) -> Answers:
    return Answers("copied", {item: Answer(item, said) for item, said in words.items()})


def test_copied_words_earn_full_half_or_no_credit():
    rows = {i: KeyRow(i, "", "trying to narrow", detail_accept=("bury the rest",), words=PASSAGE) for i in ("g1", "g2", "g3", "g4")}
    marks = mark_copied(copied(g1="bury the rest", g2="narrow our proposals to", g3="the one matter", g4=""), Key("added", rows))
    assert [row.credit for row in marks.rows] == [1, 0, 0, None]
    assert mark_copied(copied(g1="to narrow our proposals"), Key("added", {"g1": rows["g1"]})).rows[0].credit == 0.5
    assert marks.score == 0.25


@pytest.mark.parametrize("name", GRADED)
def test_the_omission_asks_for_a_card_and_a_sentence(name):
    kind = kind_of(OMISSION, read_text(name))
    key = kind.key(SOLUTIONS)
    card, sentence = key.rows["card"], key.rows["sentence"]

    def score(one: str, other: str) -> float:
        return kind.mark(kind.read(f"%%answers omission\ncard: {one}\nsentence: {other}"), key).score

    assert score(card.label, sentence.label) == 1
    assert score(card.label.lower() + ".", "") == 0.5
    assert score("S0", sentence.label) == 0.5
    assert score("", "") == 0
    assert all(score(other, sentence.label) == 1 for other in card.accept)
    assert all(score(other, sentence.label) == 0.75 for other in card.near)
    assert all(score(card.label, other) == 1 for other in sentence.accept)


def test_one_answer_for_all_earns_what_it_is_worth_and_no_more():
    key = Key("omission", {"card": KeyRow("card", "S1"), "sentence": KeyRow("sentence", "2.1")})
    assert mark_each(copied(card="2.1", sentence="2.1"), key).score == 0.5


@pytest.mark.parametrize("name", GRADED)
@pytest.mark.parametrize("kind", [REASONS, ADDED, OMISSION])
def test_each_key_earns_all_as_a_student_would_write_it_and_a_blank_nothing(name, kind):
    kind = kind_of(kind, read_text(name))
    key = kind.key(SOLUTIONS)
    lines = [f"{item}: " + " | ".join(filter(None, (row.label, row.detail))) for item, row in key.rows.items()]
    assert kind.mark(kind.read("\n".join([f"%%answers {kind.name}", *lines])), key).score == 1
    assert kind.mark(kind.read(f"%%answers {kind.name}\n" + "\n".join(f"{item}:" for item in key.rows)), key).score == 0


@pytest.mark.parametrize("name", [*GRADED, "harbour"])
def test_every_reason_on_offer_but_those_that_fit_earns_nothing(name):
    kind = kind_of(REASONS, read_text(name))
    key = kind.key(SOLUTIONS)
    for item, row in key.rows.items():
        one = Key(REASONS, {item: row})
        offered = [option for option, _ in kind.scheme.options]
        right = {
            (label, r) for label in kind.scheme.names for r in offered if kind.mark(kind.read(f"{item}: {label} | {r}"), one).score > 0
        }
        assert right == {tuple(pair.split(": ")) for pair in (f"{row.label}: {row.detail}", *row.detail_accept)}
        assert len(offered) - len({reason for _, reason in right}) >= 3


def test_words_are_read_forgivingly_and_what_cannot_be_read_is_said():
    answers = read_words(" G1 : “trying to narrow”\n# a thought\nnonsense\ng1: trying\ng9: x\ng2:", ["g1", "g2"], "number of a pair")
    assert {item: answers.label(item) for item in ("g1", "g2")} == {"g1": "trying", "g2": ""}
    assert [problem.line for problem in answers.problems] == [3, 4, 5]
    assert "g1, g2" in answers.problems[0].why


@given(st.text())
def test_the_reader_of_words_never_raises(source):
    assert set(read_words(source, ["card", "sentence"], "word").rows) <= {"card", "sentence"}


def test_every_kind_can_be_asked_for_by_name_and_another_name_is_refused_with_the_list(article):
    assert all(kind_of(name, article).items for name in kind_names())
    with pytest.raises(SchemeNotFound, match="voice"):
        kind_of("vioce", article)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (REASONS, "item,label,reason_id\n4.1,checkable,r1\n", "checkable"),
        (REASONS, "item,label,reason_id\n4.1,interpretation,r9\n", "r9"),
        (REASONS, "item,label,reason_id\n24.2,interpretation,r5\n", "no reason fits checkable"),
        (REASONS, "item,label\n4.1,interpretation\n", "reason_id"),
        (ADDED, "item,words,also,reason\ng1,never said,,because\n", "never said"),
        (ADDED, "", "missing or empty"),
        (OMISSION, "item,label,detail,accept,near,contested,detail_accept,reason\nomission,S999,24.2,,,,,because\n", "S999"),
    ],
)
def test_a_key_that_cannot_be_right_stops_with_a_sentence(name, content, message, article, tmp_path):
    folder = tmp_path / "keys" / article.name
    folder.mkdir(parents=True)
    (folder / "statement.csv").write_bytes((SOLUTIONS / "keys" / article.name / "statement.csv").read_bytes())
    (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    with pytest.raises(KeyProblem, match=message):
        kind_of(name, article).key(tmp_path)


@given(st.data())
def test_overlap_is_what_nervaluate_gives_span_by_span(data):
    """nervaluate's exact entities, one word each, have the same precision and recall as our words."""
    from nervaluate import Evaluator

    words = [f"w{i}" for i in range(10)]
    runs = [sorted(data.draw(st.tuples(st.integers(0, 9), st.integers(0, 9)))) for _ in range(2)]
    right, said = ([{"label": "added", "start": i, "end": i} for i in range(a, b + 1)] for a, b in runs)
    found = Evaluator([right], [said], tags=["added"]).evaluate()["overall"]["strict"]
    (a, b), (c, d) = runs
    assert overlap(" ".join(words[c : d + 1]), " ".join(words[a : b + 1]), " ".join(words)) == pytest.approx(found.f1)
