"""Answers typed from paper: what is right on the sheet is right in the gradebook, and what cannot be read is named and kept."""

from __future__ import annotations

import os

import pytest
from classes import grades, mark, marks, page_of, start_gradebook
from conftest import UNIT, cell
from hypothesis import given
from hypothesis import strategies as st
from paper_courses import GRADED, course_on, right_answers, typed_table
from typer.testing import CliRunner

from readtwice import cli
from readtwice.collect import Found, Refused, Table, Unreadable, collect, parse
from readtwice.hand_in import mark_tasks
from readtwice.mark_batch import poured
from readtwice.schemes import read_scheme
from readtwice.typed import STUDENT, blank_table, hand_ins
from readtwice.typed_answers import as_answer, columns
from readtwice.units import read_unit, unit_names


@pytest.fixture(scope="module", params=GRADED)
def units(request, tmp_path_factory):
    course = course_on(request.param, tmp_path_factory.mktemp("typed") / "course")
    return {name: read_unit(course, name) for name in unit_names(course)}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    course = course_on(GRADED[0], tmp_path_factory.mktemp("here") / "course")
    return {name: read_unit(course, name) for name in unit_names(course)}


def read(content: bytes, units) -> tuple[list[Found], list[str]]:
    found, attention = hand_ins(Table("typed.csv", 0.0, lambda: content), units)
    return found, [f"{where}: {why}" for where, why in attention]


def scores(found: Found, units) -> dict[str, float]:
    unit = units[found.unit]
    return {test: marked.score for test, marked in mark_tasks(poured(found.read(), unit), unit).items()}


def table(unit, heads: list[str], *rows: list[str]) -> bytes:
    return "\r\n".join(",".join(row) for row in [[STUDENT, *heads], *rows]).encode()


@pytest.mark.parametrize("short", [True, False])
def test_the_key_typed_in_earns_everything_and_a_blank_row_nothing_in_every_unit(units, short):
    for unit in units.values():
        (full, blank), attention = read(typed_table(unit, {"Anna": right_answers(unit, short), "Ben": {}}), units)
        assert {test: score for test, score in scores(full, units).items() if score < 1} == {}, unit.name
        assert set(scores(blank, units).values()) == {0.0}
        assert (full.student, blank.student, full.unit) == ("Anna", "Ben", unit.name)
        (note,) = attention
        assert "nothing is typed for Ben" in note


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-16"), (",", "utf-8")])
def test_a_table_may_come_from_any_spreadsheet(here, delimiter, encoding):
    said = right_answers(here[UNIT], True) | {"Task 3 in writing": 'Die Wörter: „mutual respect“;\nsie sagte "ja", ßo.'}
    (found,), attention = read(typed_table(here[UNIT], {"Jürgen Groß": said}, delimiter, encoding), here)
    assert attention == []
    assert found.student == "Jürgen_Groß"
    assert set(scores(found, here).values()) == {1.0}
    written = cell(poured(found.read(), here[UNIT]), "voice-written")["source"]
    assert written == said["Task 3 in writing"]


def test_heads_survive_a_spreadsheet_and_a_printed_table_is_read_back_without_a_note(here):
    for unit in here.values():
        heads = [column.head for column in columns(unit)]
        assert len(set(heads)) == len(heads)
        assert [head for head in heads if not head[0].isalpha() or "," in head or ";" in head] == []
        assert read(blank_table(unit), here) == ([], [])


def test_a_label_is_typed_as_it_is_quickest():
    voice, evidence, call = map(read_scheme, ("voice", "evidence", "call"))
    for typed in ("QU Blinken", "qu | Blinken", "2 Blinken", "2: Blinken", "quote | Blinken", "Quote, Blinken"):
        assert as_answer(typed, voice) == "quote | Blinken"
    assert as_answer("5", voice) == "author"
    assert as_answer("ev n", evidence) == "event | named"
    assert as_answer("3 | Russia | act | now", call) == "3 | Russia | act | now"  # a strength, not a place on the sheet
    assert as_answer("de Russia | act | now", call) == "3 | Russia | act | now"
    assert as_answer("9 Blinken", voice) == "9 Blinken"
    assert as_answer("s19.3", None) == "19.3"


@given(st.text(max_size=60))
def test_whatever_is_typed_for_a_label_becomes_one_line_and_never_a_given_one(here, typed):
    unit = here[UNIT]
    found, _ = read(typed_table(unit, {"Anna": {"voice 1.3": typed}}), here)
    for one in found:
        source = cell(parse(one.read())[0], "voice-answers")["source"]
        lines = source.split("\n")
        released = unit.solutions_released["voice-answers"].split("\n")
        kept = [line for line in lines if not line.startswith(("1.3:", "# I disagree:"))]
        assert kept == [line for line in released if not line.startswith("1.3:")]


def test_what_cannot_be_read_is_named_by_its_column_and_kept(here):
    heads = ["voice 1.3", "voice 2.1", "voice 6.1", "share of author"]
    (found,), attention = read(table(here[UNIT], heads, ["Anna", "qq Blinken", "=1+1", "au", "a lot"]), here)
    said = [note for note in attention if "row 2" in note]
    assert [note.split(": ")[1] for note in said] == ["voice 1.3", "voice 2.1", "share of author"]
    source = cell(parse(found.read())[0], "voice-answers")["source"]
    assert "\n1.3: qq Blinken\n" in source
    assert "\n2.1: =1+1\n" in source
    assert "\n6.1: author\n" in source


def test_a_missing_an_unknown_and_a_doubled_column_are_each_named_and_the_others_count(here):
    heads = [column.head for column in columns(here[UNIT])]
    changed = [*heads[1:], "voice 99.9", heads[1].upper()]
    right = right_answers(here[UNIT], True)
    row = ["Anna", *(right.get(head, "") for head in heads[1:]), "au", "au"]
    (found,), attention = read(table(here[UNIT], changed, row), here)
    assert len(attention) == 3
    assert "“voice 99.9” belongs to no question" in attention[0]
    assert "“VOICE 2.1” stands there twice" in attention[1]
    assert attention[2].endswith("are missing, so their answers count as open: voice 1.3")
    assert 0.9 < scores(found, here)["voice"] < 1


def test_a_name_that_lost_a_letter_in_a_spreadsheet_is_named_and_becomes_nobody(here):
    """Saved as Windows-1252, Łukasz is ?ukasz, and would have stood in the gradebook as ukasz."""
    found, attention = read(table(here[UNIT], ["voice 1.3"], ["?ukasz", "au"], ["Anna", "au"]), here)
    assert [one.student for one in found] == ["Anna"]
    assert [note for note in attention if "row 2: a letter of the name “?ukasz” was lost" in note]


def test_empty_rows_are_passed_over_and_answers_without_a_student_are_named(here):
    found, attention = read(table(here[UNIT], ["voice 1.3"], [""], ["", ""], ["", "au"], ["Anna", "au", "more"]), here)
    assert [one.student for one in found] == ["Anna"]
    assert [note for note in attention if "row 4: answers stand here, and no student" in note]
    assert [note for note in attention if "row 5: more cells stand here" in note]


def test_a_date_that_a_spreadsheet_made_of_a_sentence_is_named(here):
    unit = here["4-evidence-and-support"]
    (found,), attention = read(table(unit, ["map 21.1", "map 22.2", "map 24.2"], ["Anna", "19. Mrz", "2026-03-19", "s25.1"]), here)
    assert [head for head in ("map 21.1", "map 22.2", "map 24.2") if any(f"{head}: " in n and "date" in n for n in attention)] == [
        "map 21.1",
        "map 22.2",
    ]
    assert "24.2: 25.1" in cell(parse(found.read())[0], "map-answers")["source"]


def test_an_objection_reaches_the_answers(here):
    (found,), _ = read(table(here[UNIT], ["voice 1.3"], ["Anna", "qu Blinken # I disagree: nobody says so"]), here)
    unit = here[UNIT]
    marked = unit.tasks[0].answers({"voice-answers": cell(poured(found.read(), unit), "voice-answers")["source"]})[1]
    assert marked.rows["1.3"].objection == "nobody says so"
    assert marked.rows["1.3"].label == "quote"


def test_a_table_for_another_text_is_not_marked_with_the_wrong_key(units, here):
    for name, unit in units.items():
        if unit.tasks[0].text.name == here[name].tasks[0].text.name:
            continue
        printed = blank_table(unit) + b"Anna\r\n"
        with pytest.raises(Unreadable, match=r"about the text|belong to no question"):
            read(printed, here)


@pytest.mark.parametrize("content", [b"", b"\0\0\0", b"name,voice 1.3\nAnna,au\n", b"student\nAnna\n", b'student,"' + b"x" * 200_000])
def test_what_is_no_table_of_answers_is_refused_in_a_sentence(here, content):
    with pytest.raises(Unreadable):
        read(content, here)


def test_a_table_speaks_for_others_so_it_counts_only_where_the_teacher_put_it(tmp_path, here):
    content = typed_table(here[UNIT], {"Ben": {}})
    (tmp_path / "anna").mkdir()
    for name in (f"{UNIT}-typed.csv", "other.csv", f"anna/{UNIT}-typed.csv"):
        (tmp_path / name).write_bytes(content)
    taken = {one.where: type(one) for one in collect(tmp_path, here)}
    assert taken == {f"{UNIT}-typed.csv": Table, "other.csv": Refused, f"anna/{UNIT}-typed.csv": Refused}
    (named,) = collect(tmp_path / "other.csv", here)
    assert isinstance(named, Table)


def test_typed_answers_are_marked_like_any_hand_in_and_the_newest_counts(course, exercise, submit):
    unit = read_unit(course, UNIT)
    right = right_answers(unit, True)
    ben = submit("Ben", exercise)
    os.utime(ben, (1, 1))
    typed = course / "submitted" / f"{UNIT}-typed.csv"
    typed.write_bytes(typed_table(unit, {"Anna": right | {"Task 3 in writing": "=HYPERLINK(1)"}, "Ben": right}) + b"Anna,au\r\n")
    outcome = mark(course)
    assert outcome.points["Ben", UNIT] == 23
    said = "\n".join(f"{where}: {why}" for where, why in outcome.attention)
    assert f"{UNIT}-typed.csv, row 3: Ben handed in twice" in said
    assert f"{UNIT}-typed.csv, row 4: Anna handed in twice" in said
    assert outcome.points["Anna", UNIT] == marks_points(course)
    assert float(grades(course)["Ben"]["score"]) == 23
    assert "right on 20 of 20" in page_of(course, "Ben").lower()
    assert mark(course).points == outcome.points


def marks_points(course) -> float:
    return round(sum(m.score * points for m, points in zip(marks(course, "Anna").values(), (20, 3), strict=True)), 2)


def test_a_typed_row_after_a_notebook_of_an_earlier_run_says_what_it_replaces(course, master, submit):
    unit = read_unit(course, UNIT)
    submit("Ben", master)
    mark(course)
    (course / "typed.csv").write_bytes(typed_table(unit, {"Ben": {"voice 1.3": "au"}}))
    start_gradebook(course)
    done = CliRunner().invoke(cli.app, ["mark", str(course / "typed.csv"), "--course", str(course)])
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert f"Ben had handed {UNIT} in before; this counts now, and not Ben/{UNIT}/{UNIT}.ipynb" in said
