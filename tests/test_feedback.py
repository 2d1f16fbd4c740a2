"""Feedback: marks in words, with a reason where credit was lost, and nothing of a student's as live HTML."""

import html
import random
import re
from dataclasses import replace

import pytest
from conftest import ROOT

from readtwice.answers import Answer, Answers, Problem, read_answers
from readtwice.confusions import confusion, published_agreement, went_well
from readtwice.feedback import CHANCE, earned, item_feedback, key_told, label_feedback, names_right, number_feedback, practice_feedback
from readtwice.keys import Key, KeyRow, key_path, read_key
from readtwice.kinds import MAP, OMISSION, REASONS, kind_of
from readtwice.marking import Marks, mark, mark_numbers
from readtwice.numbers import Number
from readtwice.page import clean, page
from readtwice.schemes import Scheme, read_scheme
from readtwice.texts import Text, read_text
from readtwice.units import Unit

HOSTILE = "<script>alert(1)</script><img src=x onerror='alert(2)'>{{ 7*7 }} & so on"
POINTS = 20.0


@pytest.fixture(scope="session")
def asked(unit: Unit) -> Key:
    return next(unit.key(task) for task in unit.tasks if task.layer == "voice")


def slipped(asked: Key, scheme: Scheme, wrong: int, blank: int = 0) -> Answers:
    """The key's answers, but for some wrong labels, all with credit 0, and some blanks."""
    rows = dict(asked.answers().rows)
    items = random.Random(wrong).sample(sorted(rows), wrong + blank)
    for item in items[:wrong]:
        rows[item] = Answer(item, next(name for name in scheme.names if asked.rows[item].halves(name) == 0))
    for item in items[wrong:]:
        rows[item] = Answer(item, "")
    return Answers("voice", rows)


def visible(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"</?[bi]>", "", page))).split())


def feedback(answers: Answers, key: Key, scheme: Scheme, text: Text) -> str:
    return label_feedback(mark(answers, key, scheme), key, scheme, [(text, answers)], POINTS)


@pytest.mark.parametrize(("wrong", "blank"), [(0, 0), (3, 0), (2, 1), (0, 6), (20, 0)])
def test_right_on_so_many_of_so_many_is_what_the_marks_say(wrong: int, blank: int, asked: Key, voice: Scheme, article: Text) -> None:
    answers = slipped(asked, voice, wrong, blank)
    marks = mark(answers, asked, voice)
    assert (marks.right, marks.asked, marks.answered) == (20 - wrong - blank, 20, 20 - blank)
    said = visible(feedback(answers, asked, voice, article))
    assert f"Right on {marks.right} of {marks.asked}" in said
    assert f"{earned(marks, POINTS):g} of 20 points" in said
    assert f"Your score is {marks.score:.2f} of 1. {CHANCE}" in said


def test_a_reason_stands_at_each_item_that_cost_credit_and_at_no_other(asked: Key, voice: Scheme, article: Text) -> None:
    answers = slipped(asked, voice, wrong=5, blank=2)
    said = visible(feedback(answers, asked, voice, article))
    for item, row in asked.rows.items():
        costly = bool(answers.label(item)) and answers.label(item) != row.label
        assert (" ".join(row.reason.split()) in said) == costly
        assert (f"You said {answers.label(item)}. The key says {row.label}" in said) or not costly


def test_a_near_label_a_wrong_speaker_and_an_alternative_are_told_apart(voice: Scheme, article: Text) -> None:
    row = KeyRow("2.1", "quote", "Blinken", ("mixed",), ("report",), True, (), "The reason.")
    key = Key("voice", {"2.1": row, "1.3": KeyRow("1.3", "author", reason="Another.")})

    def said(label: str, detail: str) -> str:
        return visible(
            feedback(Answers("voice", {"2.1": Answer("2.1", label, detail), "1.3": Answer("1.3", "author")}), key, voice, article)
        )

    assert "comes near and earns half" in said("report", "Blinken")
    assert "Right on 1 of 2" in said("report", "Blinken")
    assert "comes near and earns half. The speaker does not fit." in said("report", "Lavrov")
    assert "The speaker does not fit." in said("quote", "Lavrov")
    assert "The speaker is missing." in said("quote", "")
    assert "named the speaker rightly in 0 of 1 sentences; a wrong or missing speaker costs up to half" in said("quote", "")
    assert "also right: mixed" in said("author", "")
    assert "Careful readers split on this one." in said("author", "")
    for right in ("quote", "mixed"):
        assert "The reason." not in said(right, "Blinken")
        assert "Nothing that you answered cost any credit." in said(right, "Blinken")
        assert "named the speaker rightly in 1 of 1 sentences." in said(right, "Blinken")


def test_a_hostile_detail_stays_text(asked: Key, voice: Scheme, article: Text) -> None:
    answers = Answers("voice", {item: Answer(item, "quote", HOSTILE) for item in asked.rows})
    page = feedback(answers, asked, voice, article)
    assert "<script" not in page
    assert "<img" not in page
    assert HOSTILE in html.unescape(page)


def test_hostile_lines_stay_text_and_name_their_line(asked: Key, voice: Scheme, article: Text) -> None:
    answers = read_answers(f"%%answers voice\n{HOSTILE}\n1.3: {HOSTILE}\n2.1: quote | {HOSTILE}\n1.3: author", voice, article)
    assert [problem.line for problem in answers.problems][:2] == [2, 3]
    page = feedback(answers, asked, voice, article)
    assert "<script" not in page
    assert "<img" not in page
    said = visible(page)
    assert "could not be read" in said
    assert all(" ".join(str(problem).split()) in said for problem in answers.problems)


def test_of_very_many_unreadable_lines_some_are_shown_and_the_rest_counted(asked: Key, voice: Scheme, article: Text) -> None:
    answers = read_answers("nonsense\n" * 500 + "1.3: author", voice, article)
    page = feedback(answers, asked, voice, article)
    shown = len(re.findall("this does not start with the number", page))
    assert 0 < shown < 100
    assert f"{500 - shown} more lines could not be read." in page


def test_a_blank_gets_a_friendly_word_and_no_points_talk(asked: Key, voice: Scheme, article: Text) -> None:
    said = visible(feedback(Answers("voice"), asked, voice, article))
    assert "There are no answers here yet" in said
    assert "show this page to your teacher" in said
    assert "Right on 0 of 20" in said
    assert "Your score is" not in said
    assert all(row.reason not in said for row in asked.rows.values())


@pytest.mark.parametrize("label", ["author", "quote", "distance"])
@pytest.mark.parametrize("every", [1, 3])
def test_one_label_for_all_is_told_why_it_earns_nothing(label: str, every: int, asked: Key, voice: Scheme, article: Text) -> None:
    answers = Answers("voice", {item: Answer(item, label, asked.rows[item].detail) for item in list(asked.rows)[::every]})
    said = visible(feedback(answers, asked, voice, article))
    assert "All your answers have the same label." in said
    assert "0 of 20 points" in said


def test_other_readers_are_not_told_that_they_used_one_label(asked: Key, voice: Scheme, article: Text) -> None:
    for answers in (asked.answers(), slipped(asked, voice, 4)):
        assert "the same label" not in feedback(answers, asked, voice, article)


def test_what_is_still_open_is_listed(asked: Key, voice: Scheme, article: Text) -> None:
    answers = slipped(asked, voice, wrong=0, blank=3)
    blank = [item for item in asked.rows if not answers.label(item)]
    said = visible(feedback(answers, asked, voice, article))
    assert f"Still open: {', '.join(blank)}." in said
    assert "Only answered sentences can earn points." in said
    assert "Still open" not in feedback(asked.answers(), asked, voice, article)


@pytest.mark.parametrize(
    ("score", "points", "said"), [(1.0, 20, 20), (0.0, 20, 0), (1 / 3, 20, 6.67), (1.2, 20, 20), (-0.5, 20, 0), (0.5, 3, 1.5)]
)
def test_points_are_score_times_points_held_within_them_as_a_plain_float(score: float, points: float, said: float) -> None:
    value = earned(Marks("voice", (), score), points)
    assert value == said
    assert type(value) is float


def test_names_are_counted_only_where_one_was_asked(asked: Key, voice: Scheme) -> None:
    named = sum(bool(row.detail) for row in asked.rows.values())
    assert names_right(mark(asked.answers(), asked, voice)) == (named, named)
    assert names_right(mark(Answers("voice"), asked, voice)) is None


MOVES = Key("move", {
    "2.1": KeyRow("2.1", "attack", "so-called", reason="One.", words='Our so-called "partners" wait.'),
    "2.2": KeyRow("2.2", "none", reason="Two.", words="Six beams are cracked."),
    "2.3": KeyRow("2.3", "wording", "wait", reason="Three.", words="They wait."),
})  # fmt: skip
CALLS = Key("call", {
    "2.1": KeyRow("2.1", "2", "Quernby | put off the measures | at once", reason="One."),
    "2.2": KeyRow("2.2", "0", reason="Two."),
})  # fmt: skip


def told(key: Key, text: Text, **said: tuple[str, str]) -> str:
    """Feedback on these labels and details; the name of each is its item, as in ``_2_1``."""
    rows = {item: Answer(item, *answer) for name, answer in said.items() for item in [name[1:].replace("_", ".")]}
    return visible(feedback(Answers(key.layer, rows), key, read_scheme(key.layer), text))


def test_what_is_amiss_behind_the_bar_is_said_in_sentences_that_agree_with_their_word(article: Text) -> None:
    others = {"_2_2": ("none", ""), "_2_3": ("wording", "wait")}
    assert "The trigger words are missing." in told(MOVES, article, _2_1=("attack", ""), **others)
    assert "wrong or missing trigger words cost up to half" in told(MOVES, article, _2_1=("attack", ""), **others)
    assert "These words do not stand in the sentence like this." in told(MOVES, article, _2_1=("attack", "so-called friends"), **others)
    assert "The trigger words do not fit." in told(MOVES, article, _2_1=("attack", "wait"), **others)
    right = told(MOVES, article, _2_1=("attack", "so-called"), **others)
    assert "Nothing that you answered cost any credit." in right
    assert not [
        page for page in (right, told(MOVES, article, _2_1=("attack", ""), **others)) if re.search(r"words (is|costs|does)\b", page)
    ]


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("", "The slots are missing."),
        ("Quernby | build a bridge | never", "You have “who” right. Look again at “what” and “when”."),
        ("Quernby | put off the measures | never", "You have “who” and “what” right. Look again at “when”."),
        ("a mouse | build a bridge | never", "Look again at “who”, “what” and “when”."),
    ],
)
def test_of_a_call_the_page_says_which_parts_are_right_and_counts_only_whole_ones(detail: str, said: str, article: Text) -> None:
    page = told(CALLS, article, _2_1=("2", detail), _2_2=("0", ""))
    assert said in page
    assert "You named the slots rightly in 0 of 1 sentences; wrong or missing slots cost up to half." in page


def test_thirds_of_slots_do_not_add_up_to_a_right_one(article: Text) -> None:
    rows = {f"{n}.1": KeyRow(f"{n}.1", "2", "Quernby | put off the measures | at once", reason="One.") for n in range(3, 9)}
    answers = Answers("call", {item: Answer(item, "2", "Quernby | build a bridge | never") for item in rows})
    assert names_right(mark(answers, Key("call", rows), read_scheme("call"))) == (0, 6)


def test_what_cost_most_is_named_first_be_it_names_or_a_confusion(asked: Key, voice: Scheme, article: Text) -> None:
    """A wrong speaker everywhere takes half of the score; one wrong label takes a twentieth."""
    one_wrong = slipped(asked, voice, wrong=1)
    nameless = Answers("voice", {item: Answer(item, row.label) for item, row in one_wrong.rows.items()})
    said = visible(feedback(nameless, asked, voice, article))
    named = names_right(mark(nameless, asked, voice))
    assert f"Look at this first: the speaker is right in 0 of {named[1]} sentences." in said
    assert said.index("Look at this first:") < said.index("Then look at this: you said") < said.index("Look at these again")
    assert (said.count("Try next:"), said.count("Try then:")) == (1, 1)
    named_once = dict(one_wrong.rows)
    last = [item for item, row in one_wrong.rows.items() if row.detail][-1]
    named_once[last] = Answer(last, one_wrong.rows[last].label)
    said = visible(feedback(Answers("voice", named_once), asked, voice, article))
    assert "Start with this one: you said" in said
    assert "Look at this first: the speaker" not in said
    only = visible(feedback(Answers("voice", {item: Answer(item, row.label) for item, row in asked.rows.items()}), asked, voice, article))
    assert "Look at this first: the speaker is right in 0 of" in only
    assert "you said" not in only.split("Look at these again")[0]


def test_a_thought_is_told_once_however_often_its_confusion_was_made(article: Text) -> None:
    said = {
        "2.1": ("quote", "author"),
        "3.1": ("quote", "author"),
        "4.1": ("quote", "author"),
        "5.1": ("mixed", "report"),
        "6.1": ("mixed", "report"),
    }
    key = Key("voice", {item: KeyRow(item, right, reason=f"Reason {item}.") for item, (right, _) in said.items()})
    page = visible(feedback(Answers("voice", {i: Answer(i, label) for i, (_, label) in said.items()}), key, read_scheme("voice"), article))
    for right, label in (("quote", "author"), ("mixed", "report")):
        assert page.count(confusion("voice", right, label).thinking) == 1
    assert "3 times (2.1, 3.1, 4.1)" in page
    assert all(page.count(f"Reason {item}.") == 1 for item in said)


def test_one_right_answer_alone_is_told_why_it_earns_nothing(asked: Key, voice: Scheme, article: Text) -> None:
    said = visible(feedback(Answers("voice", {"1.3": Answer("1.3", "author")}), asked, voice, article))
    assert "Right on 1 of 20 There is one answer here so far." in said
    assert "it earns no points yet, even where it is right" in said
    assert "Nothing that you answered cost any credit" not in said


def test_right_answers_that_guessing_would_bring_are_told_why_they_earn_nothing(asked: Key, voice: Scheme, article: Text) -> None:
    """Author four times where nobody is, and once where he is: no better than dealing them out."""
    quotes = [item for item, row in asked.rows.items() if row.label == "quote" and not row.halves("author")][:4]
    rows = {item: Answer(item, "author") for item in [*quotes, "1.3"]} | {"25.3": Answer("25.3", "quote", "Blinken")}
    answers = Answers("voice", rows)
    marks = mark(answers, asked, voice)
    assert (marks.score, marks.right) == (0, 1)
    said = visible(feedback(answers, asked, voice, article))
    assert "Guessing with the same answers would have brought about as much" in said
    assert "Guessing with the same answers" not in visible(feedback(slipped(asked, voice, 4), asked, voice, article))


def test_lines_of_which_none_could_be_read_are_not_called_no_answers(asked: Key, voice: Scheme, article: Text) -> None:
    said = visible(feedback(read_answers("1.3: autor or so\n2.1: quoth", voice, article), asked, voice, article))
    assert "No answer could be read here" in said
    assert "no answers here yet" not in said
    assert "No number could be read here" in visible(
        number_feedback(mark_numbers({}, {"a": 0.5}, 1, 0.01), {"a": 0.5}, "shares", [Problem(2, "a: x", "no.")], 3)
    )


def test_an_objection_stands_on_the_page_as_text(asked: Key, voice: Scheme, article: Text) -> None:
    marks = mark(asked.answers(), asked, voice)
    objected = Marks(marks.layer, marks.rows, marks.score, (("19.3", HOSTILE),))
    page = label_feedback(objected, asked, voice, [(article, asked.answers())], POINTS)
    assert "Where you disagree: your teacher sees what you wrote. 19.3" in visible(page)
    assert HOSTILE in html.unescape(page)
    assert clean(page) == page
    assert "Where you disagree" not in feedback(asked.answers(), asked, voice, article)


def test_who_gave_a_label_that_the_teacher_accepts_reads_so_and_why(asked: Key, voice: Scheme, article: Text) -> None:
    own = asked.rows["19.3"]
    row = replace(own, accept=("author",), own=own, reason=f"{own.reason} Your teacher also accepts “author”: {HOSTILE}")
    key = Key("voice", {**asked.rows, "19.3": row})

    def page(label: str) -> str:
        return feedback(Answers("voice", {**asked.answers().rows, "19.3": Answer("19.3", label)}), key, voice, article)

    said = visible(page("author"))
    assert "Your teacher accepts what you said here 19.3" in said
    assert "You said author, and that counts in full." in said
    assert "Your teacher also accepts “author”" in said
    assert clean(page("author")) == page("author")
    assert "Your teacher accepts what you said here" not in page(own.label) + page("report")


def test_nobody_is_told_to_lean_a_way_in_which_they_made_no_mistake(article: Text) -> None:
    """Few answers put the criterion to one side, as a count of half an answer is added to each."""
    flags = {f"{n}.1": KeyRow(f"{n}.1", "wording", "x", reason="r", words="x") for n in range(3, 13)}
    key = Key("move", flags | {"13.1": KeyRow("13.1", "none", reason="r")})
    assert "You lean neither way" in visible(feedback(key.answers(), key, read_scheme("move"), article))
    missed = Answers("move", key.answers().rows | {"3.1": Answer("3.1", "none")})
    assert "too seldom" not in visible(feedback(missed, key, read_scheme("move"), article))
    some = Answers("move", {item: answer for item, answer in key.answers().rows.items() if item != "13.1"})
    assert "Finding and leaving alone" not in feedback(some, key, read_scheme("move"), article)
    assert "bias -0.0" not in visible(feedback(read_move_key().answers(), read_move_key(), read_scheme("move"), article))


@pytest.mark.parametrize(("label", "said"), [("attack", "You flag rather too readily."), ("none", "You flag rather too seldom.")])
def test_who_flags_all_or_nothing_hears_which_way_they_lean(label: str, said: str, article: Text) -> None:
    page = visible(feedback(Answers("move", {item: Answer(item, label) for item in MOVES.rows}), MOVES, read_scheme("move"), article))
    assert said in page
    assert "The two are hardly told apart yet." in page


def read_move_key() -> Key:
    text, scheme = read_text("russia-must-act"), read_scheme("move")
    return read_key(key_path(text, "move", ROOT / "solutions"), scheme, text)


def items_told(name: str, source: str, article: Text, points: float = 4) -> str:
    kind = kind_of(name, article)
    key = kind.key(ROOT / "solutions")
    answers = kind.read(f"%%answers {name}\n{source}")
    page = item_feedback(kind.mark(answers, key), key, kind, answers.problems, points)
    assert clean(page) == page
    return visible(page)


def test_letters_and_numbers_are_told_with_the_words_that_they_stand_for(article: Text) -> None:
    form = items_told("form-a", "q1: B\nq2: a", article, points=0)
    assert "You said b (It is Pask's, because her quotation is still going on.). That is right." in form
    assert form.count("The key says d (") == 1
    reasons = items_told(REASONS, "4.1: interpretation | r5", article)
    assert (
        "The label is right, but this reason does not fit it. The key says interpretation: r3 (It tells what somebody is after" in reasons
    )
    assert "The label is right, but the reason is missing." in items_told(REASONS, "4.1: interpretation", article)
    assert "With your label, r2 (The dates" in items_told(REASONS, "24.2: checkable | r5", article)
    omission = items_told(OMISSION, "card: s27\nsentence: 24.2", article)
    assert "You said s27 (Remarks by President Biden" in omission
    assert f"You said 24.2 ({article['24.2'].text})" in omission
    assert omission.count("Because:") == 1  # both lines have one reason
    assert "You said 25.1 (Russia needs to act immediately" in items_told(MAP, "22.2: 25.1", article)


def test_half_credit_is_said_where_no_label_of_a_layer_is_asked(article: Text) -> None:
    near = kind_of(OMISSION, article).key(ROOT / "solutions").rows["card"].near[0]
    assert "That comes near and earns half. The key says" in items_told(OMISSION, f"card: {near}", article)


def test_what_went_well_and_how_far_trained_readers_agree_are_told_with_their_figures(article: Text) -> None:
    text, scheme = read_text("russia-must-act"), read_scheme("statement")
    key = read_key(key_path(text, "statement", ROOT / "solutions"), scheme, text)
    label, rights, of = went_well(mark(key.answers(), key, scheme), key)
    labels = {
        **key.answers().rows,
        **{i: Answer(i, "signpost") for i, row in key.rows.items() if row.label != label and row.label != "signpost"},
    }
    wrong = next(item for item, row in key.rows.items() if row.label == label and not row.halves("signpost"))
    labels[wrong] = Answer(wrong, "signpost")
    said = visible(feedback(Answers("statement", labels), key, scheme, article))
    known = published_agreement("statement")
    assert rights == of
    assert f"What went well: you have {of - 1} of {of} right where the key says {label}." in said
    assert (
        f"Trained readers do not always agree either: {known['measure']} was {known['value']} for {known['of']} ({known['source']})" in said
    )
    assert "Trained readers" not in feedback(CALLS.answers(), CALLS, read_scheme("call"), article)


def test_where_guessing_is_taken_off_the_page_says_so(article: Text) -> None:
    """Five arrows of six right are 5.1 points of 6 and not 5; reasons are counted as they are."""
    chance = "What guessing with your mix of answers would have brought is taken off."
    assert chance in items_told(MAP, "22.2: 25.1\n21.1: 19.3", article)
    assert chance not in items_told(REASONS, "4.1: interpretation | r3", article)
    assert "One alone tells nothing apart" in items_told(MAP, "21.1: 19.3", article)
    assert "All your answers are the same." in items_told(MAP, "21.1: 19.3\n23.1: 19.3", article)
    assert "tells nothing apart" not in items_told("form-a", "q1: b", article, points=0)


def test_a_revealed_key_says_where_readers_split_and_what_was_said_with_its_detail() -> None:
    rows = {
        "2.1": KeyRow("2.1", "quote", "Pellow", ("mixed",), ("report",), True, reason="One."),
        "2.2": KeyRow("2.2", "author", reason="Two."),
    }
    said = Answers("voice", {"2.1": Answer("2.1", "quote", HOSTILE), "2.2": Answer("2.2", "author")})
    page, plain = key_told(said, Key("voice", rows))
    assert f"2.1: quote | Pellow (also right: mixed) (near: report). You said quote | {HOSTILE}." in plain
    assert [line.endswith("Careful readers split on this one.") for line in plain.split("\n")] == [False, True, False, False]
    assert "You said author.\n" in plain
    assert "<script" not in page


def test_a_page_tells_what_lateness_cost_and_what_is_not_marked_yet(exercise: dict) -> None:
    scores = {"voice": 12.5, "shares": 2.0, "voice-written": 0.0}

    def said(late: float, pending: set[str]) -> str:
        return visible(page(exercise, "1-whose-voice", "anna", scores, {}, pending, late))

    assert "14.5 of 26 points so far; your teacher has not marked every written answer yet." in said(0, {"voice-written"})
    assert "taken off because" not in said(0, set())
    assert "13.5 of 26 points. 1 point was taken off because it came late." in said(1, set())
    assert "12 of 26 points. 2.5 points were taken off because it came late." in said(2.5, set())


def test_numbers_stand_beside_those_of_the_students_own_labels() -> None:
    expected = {"share of author": 0.67, "share of Blinken": 0.19}
    said = [Number("share of author", "0.67", 0.67, 1), Number("share of Blinken", HOSTILE, 0.5, 2)]
    marks = mark_numbers({number.name: number for number in said}, expected, 1.0, 0.01)
    page = number_feedback(marks, expected, "share of words", [Problem(3, HOSTILE, "no.")], 3)
    said = visible(page)
    assert "<script" not in page
    assert "right on 1 of 2" in said
    assert "1.5 of 3 points" in said
    assert re.search(r"share of author 0\.67 0\.67 yes", said)
    assert re.search(r"share of Blinken .* 0\.19 no", said)


def test_numbers_on_labels_that_carry_nothing_and_no_numbers_say_why() -> None:
    expected = {"share of author": 0.67}
    typed = {"share of author": Number("share of author", "0.67", 0.67, 1)}
    assert "earn nothing this time" in visible(number_feedback(mark_numbers(typed, expected, 0.1, 0.01), expected, "shares", [], 3))
    assert "costs nothing a second time" in visible(number_feedback(mark_numbers(typed, expected, 0.9, 0.01), expected, "shares", [], 3))
    assert "no numbers here yet" in visible(number_feedback(mark_numbers({}, expected, 0.9, 0.01), expected, "shares", [], 3))


def test_practice_explains_each_answer_right_or_wrong_and_leaves_the_open_ones_alone(voice: Scheme) -> None:
    harbour = read_text("harbour")
    key = read_key(key_path(harbour, "voice"), voice, harbour).only(["1.2", "2.1", "3.3", "5.1", "13.1"])
    rows = {"2.1": ("quote", "Finch"), "3.3": ("mixed", "Pellow"), "5.1": ("author", ""), "13.1": ("report", HOSTILE)}
    marks = mark(Answers("voice", {item: Answer(item, *said) for item, said in rows.items()}), key, voice)
    page, plain = practice_feedback(marks, key)
    for said in (visible(page), " ".join(plain.split())):
        assert f"Right on {marks.right} of 4." in said
        assert "≈ 2.1: quote is right; behind the bar the key has: Pellow." in said
        assert "✓ 3.3: mixed is right." in said
        assert "≈ 5.1: author comes near; the key says report." in said
        assert "→ 13.1: you said report; the key says distance." in said
        assert all((" ".join(row.reason.split()) in said) == (item in rows) for item, row in key.rows.items())
    assert "<script" not in page
    assert practice_feedback(mark(Answers("voice"), key, voice), key) == ("", "")
