"""The class file: no names and no prose in it, nothing of fewer than five readers, and read whatever became of it."""

from __future__ import annotations

import copy
import json
import os
import re
from dataclasses import replace

import pytest
from conftest import ROOT, UNIT, cell
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from readtwice import cli
from readtwice.agreement import FEWEST
from readtwice.class_export import class_rows
from readtwice.class_file import COLUMNS, FILE, SHIPPED, ClassProblem, Row, class_csv, read_class, simulated_class, without_few
from readtwice.hand_in import mark_tasks, restore
from readtwice.schemes import layer_names, read_scheme
from readtwice.units import master_path, read_notebook, read_unit

SHEET = "0-before-you-read"
SECRET = "I think that my uncle is right"


def hand_ins(readers: int, sheets: int | None = None):
    """Units, and the marks of so many readers who hand in the masters of unit 1 and of the sheet, with prose of their own."""
    units = {name: read_unit(ROOT, name) for name in (UNIT, SHEET)}
    marked = {}
    for name, n in ((UNIT, readers), (SHEET, readers if sheets is None else sheets)):
        notebook = read_notebook(master_path(ROOT, name))
        if name == UNIT:
            cell(notebook, "voice-written")["source"] = SECRET
            answers = cell(notebook, "voice-answers")
            answers["source"] += f"\n# I disagree: {SECRET}"
        fresh = restore(notebook, units[name].release)
        for reader in range(n):
            marked[f"student-{reader}", name] = mark_tasks(copy.deepcopy(fresh), units[name])
    return units, marked


def test_a_row_is_a_label_of_an_asked_item_or_a_score_and_nothing_else():
    units, marked = hand_ins(6)
    rows, left_out = class_rows(marked, units)
    assert left_out == []
    asked = {item for task in units[UNIT].tasks if task.layer == "voice" for item in task.asked}
    labels = [row for row in rows if row.layer == "voice"]
    assert {row.item for row in labels} == asked
    assert len(labels) == 6 * len(asked)
    assert {row.label for row in labels} <= set(read_scheme("voice").names)
    assert {row[1:] for row in rows if row.layer != "voice"} == {("", "form-a", "score", "1.00")}
    written = class_csv(rows).decode()
    assert SECRET not in written
    assert "student" not in written
    assert not re.search("Blinken|Lavrov", written)
    assert written.splitlines()[0] == ",".join(COLUMNS)


def test_ids_are_new_at_each_export_and_another_one_for_each_layer():
    units, marked = hand_ins(6)
    first, second = (class_rows(marked, units)[0] for _ in range(2))
    assert {row.reader for row in first} & {row.reader for row in second} == set()
    assert len({row.reader for row in first if row.layer == "voice"}) == 6
    assert {row.reader for row in first if row.layer == "voice"} & {row.reader for row in first if row.layer == "form-a"} == set()


def test_the_order_of_the_readers_says_nothing_about_who_they_are():
    """Each of six readers has a label of its own; over many exports each comes first about as often."""
    units, marked = hand_ins(6, sheets=0)
    students = sorted({student for student, _ in marked})
    for student, label in zip(students, [*read_scheme("voice").names, ""], strict=True):
        marks = marked[student, UNIT]["voice"]
        rows = (replace(marks.rows[0], answer=label), *marks.rows[1:])
        marked[student, UNIT] = {**marked[student, UNIT], "voice": replace(marks, rows=rows)}
    first = {class_rows(marked, units)[0][0].label for _ in range(60)}
    assert len(first) == 5


@pytest.mark.parametrize("readers", range(FEWEST))
def test_fewer_than_five_readers_are_refused_with_a_clear_sentence(readers):
    units, marked = hand_ins(readers)
    with pytest.raises(ClassProblem, match="fewer than 5 readers"):
        class_rows(marked, units)


def test_a_layer_that_fewer_than_five_did_is_left_out_and_said():
    units, marked = hand_ins(6, sheets=4)
    rows, left_out = class_rows(marked, units)
    assert {row.layer for row in rows} == {"voice"}
    assert left_out == ["form-a is left out: fewer than 5 readers did it"]


def test_an_item_that_fewer_than_five_answered_is_left_out_and_said():
    rows = [Row(f"r{n}", "harbour", "voice", item, "author") for n in range(6) for item in ("T", "1.1") if item == "T" or n < 4]
    kept, notes = without_few(rows)
    assert {row.item for row in kept} == {"T"}
    assert notes == ["voice on harbour: 1 item is left out, because fewer than 5 readers answered"]


def test_what_is_written_is_read_again(tmp_path):
    units, marked = hand_ins(6)
    rows, _ = class_rows(marked, units)
    (tmp_path / FILE).write_bytes(class_csv(rows))
    room = read_class(tmp_path / FILE)
    assert sorted(room.rows) == sorted(rows)
    assert room.notes == ()
    assert not room.simulated
    assert room.layers == [("russia-must-act", "voice")]
    assert set(room.scores("a").values()) == {1.0}


def test_a_field_that_a_spreadsheet_takes_for_a_formula_is_never_written():
    with pytest.raises(ValueError, match="formula"):
        class_csv([Row("=1+1", "harbour", "voice", "T", "author")])


SHIPPED_ROWS = list(simulated_class().rows)


@pytest.mark.parametrize("parted", [";", "\t", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_that_went_through_a_spreadsheet_is_read(parted, encoding, tmp_path):
    text = SHIPPED.read_text(encoding="utf-8").replace(",", parted).replace("\n", "\r\n").replace("reader", "Reader", 1)
    (tmp_path / FILE).write_bytes(text.encode(encoding))
    assert list(read_class(tmp_path / FILE).rows) == SHIPPED_ROWS


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"\x00" * 50,
        b"name,grade\nAnna,1\n",
        b"PK\x03\x04 a zip",
        b"%PDF-1.7",
        b"reader,text,layer,item\nr1,harbour,voice,T\n",
        b"reader,text,layer,item,label\n",
        b'"' + b"x" * 200_000,
        b"reader,text,layer,item,label\nr1,harbour,voice,T,author\n",
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence(content, tmp_path):
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(ClassProblem, match=r"class\.csv (is no class file|holds nothing)"):
        read_class(tmp_path / FILE)


def test_a_folder_of_that_name_and_a_huge_file_are_refused(tmp_path, monkeypatch):
    (tmp_path / FILE).mkdir()
    with pytest.raises(ClassProblem, match="could not be read"):
        read_class(tmp_path / FILE)
    monkeypatch.setattr("readtwice.class_file.LARGEST", 10)
    with pytest.raises(ClassProblem, match="larger than"):
        read_class(SHIPPED)


BAD = [
    ("r1", "harbour", "voice", "9.9", "author"),
    ("r1", "harbour", "voice", "04. Feb", "author"),
    ("r1", "harbour", "voice", "T", "=cmd|' /C calc'!A0"),
    ("r1", "harbour", "voice", "T", "<b>author</b>"),
    ("r1", "harbour", "reasons", "9.2", "r1"),
    ("r1", "../../etc", "voice", "T", "author"),
    ("", "harbour", "voice", "T", "author"),
    ("r1", "", "form-a", "score", "1.7"),
    ("r1", "", "form-a", "score", "nan"),
    ("r1", "", "form-z", "score", "0.5"),
    ("r1", "", "form-a", "q1", "a"),
    ("r1",),
]


@pytest.mark.parametrize("bad", BAD)
def test_a_line_of_no_layer_label_item_or_text_is_left_out_and_counted(bad, tmp_path):
    lines = class_csv(SHIPPED_ROWS).decode() + ",".join(bad) + "\n"
    (tmp_path / FILE).write_text(lines, encoding="utf-8")
    room = read_class(tmp_path / FILE)
    assert list(room.rows) == SHIPPED_ROWS
    assert [note for note in room.notes if "1 line could not be read" in note] == list(room.notes) != []


fields = st.one_of(
    st.sampled_from(["r1", "harbour", "voice", "call", "T", "1.1", "author", "3", "form-a", "score", "0.5", "=1", '"', ";", "\t"]),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=8),
)


@given(st.lists(st.lists(fields, max_size=6).map(",".join), max_size=30).map("\n".join), st.booleans())
def test_whatever_a_file_holds_it_is_read_or_refused(tmp_path_factory, text, headed):
    path = tmp_path_factory.mktemp("any") / FILE
    path.write_text(("reader,text,layer,item,label\n" if headed else "") + text, encoding="utf-8")
    try:
        room = read_class(path)
    except ClassProblem:
        return
    for row in room.rows:
        assert row.layer.startswith("form-") or row.label in read_scheme(row.layer).names
        assert sum(other[1:4] == row[1:4] for other in room.rows) >= FEWEST


# the command


def run(*arguments: object):
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def give(folder, readers: int, notebook) -> None:
    folder.mkdir(parents=True)
    for reader in range(readers):
        (folder / f"student-{reader}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def test_the_command_writes_the_file_names_broken_hand_ins_and_leaves_the_course_alone(course, master, monkeypatch):
    monkeypatch.chdir(course)
    before = sorted(course.rglob("*"))
    give(course / "in", 5, master)
    (course / "in" / "zoe.ipynb").write_text("{", encoding="utf-8")
    done = run("class-file", "in")
    assert done.exit_code == 0, done.output
    assert "zoe.ipynb: this file breaks off" in done.stdout
    assert {path for path in course.rglob("*") if "in" not in path.relative_to(course).parts} == {*before, course / FILE}
    assert len(read_class(course / FILE).readers("russia-must-act", "voice")) == 5


def test_the_command_takes_the_newest_of_two_hand_ins(course, master, exercise, monkeypatch):
    monkeypatch.chdir(course)
    give(course / "in" / "old", 5, exercise)
    give(course / "in" / "new", 5, master)
    for path in (course / "in" / "old").iterdir():
        os.utime(path, (1, 1))
    assert run("class-file", "in", "--to", course / "own.csv").exit_code == 0
    assert len(read_class(course / "own.csv").readers("russia-must-act", "voice")) == 5
    assert not (course / FILE).exists()


def test_the_command_refuses_four_readers_and_writes_nothing(course, master, monkeypatch):
    monkeypatch.chdir(course)
    give(course / "in", 4, master)
    (course / "in" / "zoe.ipynb").write_text("{", encoding="utf-8")
    done = run("class-file", "in")
    assert done.exit_code == 1
    assert "4 readers answered anything here." in done.stderr
    assert "zoe.ipynb" in done.stdout
    assert not (course / FILE).exists()


def test_the_command_says_so_where_nothing_was_marked_and_where_nothing_lies(course, monkeypatch):
    monkeypatch.chdir(course)
    assert "Nothing has been marked" in run("class-file").stderr
    assert "there is nothing at" in run("class-file", "nowhere").stderr
    assert "could not be written" not in run("class-file").stderr
    assert not (course / "gradebook.db").exists()


def test_without_an_argument_the_command_takes_all_that_was_marked(course, master, submit, monkeypatch):
    from classes import start_gradebook

    monkeypatch.chdir(course)
    start_gradebook(course)
    for reader in range(5):
        submit(f"student-{reader}", master)
    marked = run("mark", "submitted")
    assert "readtwice class-file" in marked.stdout
    assert run("class-file").exit_code == 0
    assert len(read_class(course / FILE).readers("russia-must-act", "voice")) == 5
    assert "student" not in (course / FILE).read_text(encoding="utf-8")


@pytest.mark.parametrize("elsewhere", [False, True])
def test_two_who_handed_in_together_are_one_reader_in_whatever_gradebook(elsewhere, course, master, tmp_path):
    give(course / "in", 5, master)
    (course / "in" / "student-4.ipynb").rename(course / "in" / f"Dee & Eve {UNIT}.ipynb")
    db = ["--db", f"sqlite:///{tmp_path / 'elsewhere.db'}"] if elsewhere else []
    assert run("mark", course / "in", "--course", course, *db).exit_code == 0
    for of in ([], [course / "in"]):
        done = run("class-file", *of, "--course", course, *db)
        assert done.exit_code == 0, done.output
        assert len(read_class(course / FILE).readers("russia-must-act", "voice")) == 5


def test_every_layer_of_the_course_can_stand_in_a_class_file():
    assert [layer for _, layer in simulated_class().layers] == layer_names()
