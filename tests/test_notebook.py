"""What a student's cells call: it says what is open and never what is right, and raises only where nbgrader asks."""

import re
from html import unescape

import pytest
from conftest import cell
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import readtwice
import readtwice.notebook
from readtwice.answer_cell import answers_magic
from readtwice.cells import Cell
from readtwice.checks import NotMarked, StillOpen, check, reveal
from readtwice.keys import Key, key_path, read_key
from readtwice.notebook import Notebook, NotReady, read
from readtwice.schemes import Scheme, layer_names, read_scheme
from readtwice.shown import Shown
from readtwice.tables import table
from readtwice.texts import Text, TextNotFound, read_text, text_names
from readtwice.units import Unit

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def fresh_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readtwice.notebook, "_here", Notebook())
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


@pytest.fixture
def nothing_of_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a key was opened")

    monkeypatch.setattr(readtwice.kinds, "read_key", refuse)
    monkeypatch.setattr(readtwice.kinds, "key_path", refuse)


@pytest.fixture(scope="session")
def asked(unit: Unit) -> Key:
    return next(unit.key(task) for task in unit.tasks if task.layer == "voice")


def run(notebook: Cell, grade_id: str) -> Shown:
    """Run an answer cell of a notebook."""
    header, _, body = cell(notebook, grade_id)["source"].partition("\n")
    return answers_magic(header.removeprefix("%%answers "), body)


def fill(notebook: Cell, answers: dict[str, str]) -> Cell:
    """Write something behind the colon of these items of the voice cell."""
    source = cell(notebook, "voice-answers")["source"]
    for item, said in answers.items():
        source, found = re.subn(rf"(?m)^{re.escape(item)}:.*$", lambda _, item=item, said=said: f"{item}: {said}", source)
        assert found == 1
    cell(notebook, "voice-answers")["source"] = source
    return notebook


def paragraphs(shown: Shown | None) -> str:
    assert shown is not None
    assert shown.html.count("<p") >= 1
    return repr(shown)


def test_read_makes_a_text_the_notebooks_own_and_an_unknown_one_is_explained(article: Text) -> None:
    assert read("russia-must-act") is article
    assert check("voice", "russia-must-act").plain == check("voice").plain
    with pytest.raises(TextNotFound, match="harbour"):
        read("harbor")


@pytest.mark.parametrize("layer", ["voice", "shares"])
def test_before_anything_ran_a_sentence_says_which_cell_to_run(layer: str) -> None:
    assert "Run the cell near the top that says  read(…)" in paragraphs(check(layer))
    read("russia-must-act")
    assert f"Run the cell that starts with  %%answers {layer}  first" in paragraphs(check(layer))


@pytest.mark.parametrize(("layer", "name"), [("voices", ""), ("", ""), ("voice", "nowhere"), ("shares", "../harbour"), (HOSTILE, HOSTILE)])
def test_a_wrong_name_in_a_check_is_answered_with_a_sentence(layer: str, name: str) -> None:
    read("russia-must-act")
    shown = check(layer, name)
    assert paragraphs(shown).endswith(".")
    assert "<script" not in shown.html


@pytest.mark.usefixtures("nothing_of_a_key")
def test_a_check_of_the_blank_exercise_lists_what_is_open_and_names_no_label(exercise: Cell, asked: Key, voice: Scheme) -> None:
    read("russia-must-act")
    run(exercise, "voice-answers")
    said = paragraphs(check("voice"))
    assert f"0 of {len(asked.rows)} sentences answered." in said
    assert f"Still open: {', '.join(asked.rows)}." in said
    assert not set(voice.names) & set(re.findall(r"\w+", said))


@pytest.mark.usefixtures("nothing_of_a_key")
@pytest.mark.parametrize("left_open", [0, 7])
def test_a_check_says_the_same_of_right_and_of_wrong_answers(left_open: int, exercise: Cell, asked: Key, voice: Scheme) -> None:
    """So nothing of the key can be learned from it."""
    read("russia-must-act")
    said = set()
    for shift in range(len(voice.names)):
        labels = {item: voice.names[(voice.names.index(row.label) + shift) % len(voice.names)] for item, row in asked.rows.items()}
        run(fill(exercise, {item: f"{labels[item]} | Blinken" for item in list(asked.rows)[left_open:]}), "voice-answers")
        said.add(paragraphs(check("voice")))
        assert not any(row.reason in check("voice").html for row in asked.rows.values())
    assert len(said) == 1
    asks = len(asked.rows)
    assert (f"{asks - left_open} of {asks} sentences answered" if left_open else f"All {asks} sentences are answered") in said.pop()


def test_a_check_names_unreadable_lines_and_missing_speakers(exercise: Cell, voice: Scheme) -> None:
    read("russia-must-act")
    run(fill(exercise, {"1.3": f"autor {HOSTILE}", "2.1": "quote", "14.1": "distence"}), "voice-answers")
    lines = cell(exercise, "voice-answers")["source"].split("\n")
    shown = check("voice")
    said = paragraphs(shown)
    for item in ("1.3", "14.1"):
        line = next(n for n, line in enumerate(lines, start=1) if line.startswith(f"{item}:"))
        assert f"Line {line}, “{lines[line - 1]}”" in said
    assert "Add the speaker behind a bar" in said
    assert said.rstrip(".").endswith("2.1")
    assert "<script" not in shown.html


def test_a_check_of_a_practice_text_explains_each_answer_and_gives_no_open_one_away() -> None:
    harbour, key = read("harbour"), practice_key()
    answers_magic("voice", "= T: author\n2.1: quote | Finch\n3.3: mixed | Pellow\n13.1: author\n14.1:")
    shown = check("voice")
    said = paragraphs(shown)
    assert "2.1: quote is right; behind the bar the key has: Pellow." in said
    assert "3.3: mixed is right." in said
    assert "13.1: you said author; the key says distance." in said
    for item in harbour.items:
        assert (key.rows[item].reason in said) == (item in ("2.1", "3.3", "13.1"))


def practice_key() -> Key:
    harbour, voice = read_text("harbour"), read_scheme("voice")
    return read_key(key_path(harbour, "voice"), voice, harbour)


def test_numbers_are_counted_as_open_unreadable_or_done(exercise: Cell) -> None:
    read("russia-must-act")
    run(exercise, "shares-answers")
    assert "0 of 3 numbers answered." in paragraphs(check("shares"))
    answers_magic("shares", "share of author: 0.67\nshare of Blinken: a third\nshare of Lavrov: ")
    said = paragraphs(check("shares"))
    assert "1 of 3 numbers answered." in said
    assert "Line 3, “share of Blinken: a third”" in said
    answers_magic("shares", "share of author: 0.67\nshare of Blinken: 0.9\nshare of Lavrov: 0")
    assert paragraphs(check("shares")) == "All 3 numbers are answered."


def test_under_nbgraders_marking_a_check_never_passes(master: Cell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the course's configuration every check fails, so that nobody gets full marks by accident."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(NotMarked):
        check("voice")
    for name in ("russia-must-act", "harbour"):
        read(name)
        run(master, "voice-answers")
        run(master, "shares-answers")
        for layer in ("voice", "shares", "nothing"):
            with pytest.raises(NotMarked, match="start nbgrader in the course folder"):
                check(layer)


def test_under_validate_a_check_raises_what_is_open_and_passes_in_silence_when_complete(
    exercise: Cell, master: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(StillOpen, match="read"):
        check("voice")
    read("russia-must-act")
    with pytest.raises(StillOpen, match="%%answers voice"):
        check("voice")
    for layer in ("voice", "shares"):
        run(exercise, f"{layer}-answers")
        with pytest.raises(StillOpen, match="Still open: "):
            check(layer)
        run(master, f"{layer}-answers")
        assert check(layer) is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"1.3": ""}, r"1\.3"),
        ({"1.3": "autor"}, "Did you mean author"),
        ({"2.1": "quote"}, "speaker"),
        ({"1.3": "author\n6.2: author"}, "twice"),
    ],
)
def test_under_validate_one_open_or_unreadable_answer_is_enough(
    change: dict, why: str, master: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    read("russia-must-act")
    run(fill(master, change), "voice-answers")
    with pytest.raises(StillOpen, match=why):
        check("voice")


def test_an_answer_cell_before_read_says_what_to_run() -> None:
    assert "read(…)" in paragraphs(answers_magic("voice", "T: author"))


@pytest.mark.parametrize("line", ["", "voices", "Voice!", HOSTILE, "voice, harbour"])
def test_an_answer_cell_of_an_unknown_layer_names_the_layers(line: str) -> None:
    read("harbour")
    shown = answers_magic(line, "T: author")
    assert all(name in paragraphs(shown) for name in (*layer_names(), "shares"))
    assert "<script" not in shown.html


@pytest.mark.parametrize("name", ["harbor", "../harbour", HOSTILE])
def test_an_answer_cell_of_an_unknown_text_names_the_texts(name: str) -> None:
    shown = answers_magic(f"voice {name}", "T: author")
    assert all(text in paragraphs(shown) for text in text_names())
    assert "<script" not in shown.html


def test_an_answer_cell_shows_what_is_open_and_the_marked_text(article: Text) -> None:
    read("russia-must-act")
    shown = answers_magic("voice", f"T: author\n2.1: quote | {HOSTILE}")
    assert "2 of 61 sentences answered." in shown.html
    assert article.sentences[-1].text in shown.html
    assert "AU Russia must act immediately" in " ".join(shown.plain.split())
    assert "<script" not in shown.html


def test_an_answer_cell_may_ask_for_another_text_than_the_notebooks_own() -> None:
    read("russia-must-act")
    answers_magic("voice harbour", "T: quote | Pellow")
    assert list(table("voice", "harbour")["label"].dropna()) == ["quote"]
    with pytest.raises(NotReady, match="%%answers voice"):
        table("voice")


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=30) | st.sampled_from(["voice", "shares", "voice harbour"]), st.text(st.characters(exclude_categories=()), max_size=80)
)
def test_no_answer_cell_and_no_check_ever_raises_at_a_student(line: str, body: str) -> None:
    read("harbour")
    assert isinstance(answers_magic(line, body), Shown)
    assert isinstance(check(*line.split()[:2] or [""]), Shown)


def test_the_table_has_a_row_a_sentence_and_always_the_newest_text(article: Text) -> None:
    read("russia-must-act")
    with pytest.raises(NotReady, match="%%answers voice"):
        table("voice")
    answers_magic("voice", "= T: author\n2.1: quote | Secretary Blinken\n6.1: report\n14.1: shout")
    voice = table("voice")
    assert list(voice.columns) == ["item", "paragraph", "words", "label", "speaker", "given", "text"]
    assert list(voice["item"]) == list(article.items)
    assert list(voice["words"]) == [s.words for s in article.sentences]
    by_item = voice.set_index("item")
    assert by_item["label"].dropna().to_dict() == {"T": "author", "2.1": "quote", "6.1": "report"}
    assert by_item["speaker"].dropna().to_dict() == {"T": "author", "2.1": "Blinken", "6.1": "(no name yet)"}
    assert by_item.index[by_item["given"]].to_list() == ["T"]
    answers_magic("voice", "2.1: mixed | Lavrov")
    newest = table("voice").set_index("item")
    assert newest["label"].dropna().to_dict() == {"2.1": "mixed"}
    assert newest.loc["2.1", "speaker"] == "Lavrov"


def test_reveal_shows_the_key_only_where_an_answer_stands() -> None:
    read("harbour")
    key = practice_key()
    assert "Run the cell" in paragraphs(reveal("voice"))
    answers_magic("voice", "= T: author\n1.2:\n2.1:")
    before = paragraphs(reveal("voice"))
    assert "First decide, then look." in before
    assert not any(row.reason in before for row in key.rows.values())
    answers_magic("voice", "= T: author\n1.2:\n2.1: author")
    shown = reveal("voice")
    assert f"2.1: quote | {key.rows['2.1'].detail}" in paragraphs(shown)
    assert "You said author." in shown.plain
    assert key.rows["2.1"].reason in unescape(shown.html)
    assert key.rows["1.2"].reason not in unescape(shown.html)
    assert key.rows["T"].reason not in unescape(shown.html)
    assert "First decide, then look: 1.2." in shown.plain


def test_reveal_with_nothing_to_answer_says_so() -> None:
    read("harbour")
    answers_magic("voice", "= T: author")
    assert "no line for you to answer" in reveal("voice").plain


def test_reveal_of_a_graded_text_says_that_the_teacher_has_the_answers() -> None:
    read("russia-must-act")
    for layer in layer_names():
        item = "g1" if layer == "gloss" else "s1" if layer == "support" else "4.1"
        answers_magic(layer, f"{item}: {read_scheme(layer).names[0]}")
        assert "stay with your teacher" in reveal(layer).plain


def test_pairs_are_a_table_with_both_passages(article: Text) -> None:
    read("russia-must-act")
    answers_magic("gloss", "g1: motive\ng2:\n= g6: faithful")
    frame = table("gloss")
    assert list(frame.columns) == ["item", "label", "given", "from", "to"]
    assert frame.loc[0, "label"] == "motive"
    assert frame.loc[0, "to"] == article["4.1"].text
    answers_magic("evidence", "3.1: document | findable\n6.2:")
    assert list(table("evidence")["item"]) == ["3.1", "6.2"]


def test_a_deleted_line_of_a_layer_that_asks_a_few_is_missed() -> None:
    read("russia-must-act")
    answers_magic("evidence", "3.1: document | findable\n6.2: none | unsourced")
    answers_magic("evidence", "3.1: document | findable")
    assert "Still open: 6.2." in check("evidence").plain


def test_reasons_pairs_and_questions_are_put_before_the_reader() -> None:
    read("russia-must-act")
    shown = answers_magic("reasons", "4.1:\n24.2:")
    assert "r1" in shown.plain
    assert "It sounds sure of itself." in shown.html
    assert "the quotation" in answers_magic("added", "g1:").plain
    assert "Which words in it are Pask" in answers_magic("form-a", "q1:").plain
    assert "0 of 12 questions answered." in check("form-a").plain
    answers_magic("omission", "card: S76")
    assert "1 of 2 lines answered." in check("omission").plain
