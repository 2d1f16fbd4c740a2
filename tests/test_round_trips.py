"""There and back: hand-ins as each platform gives them out, marked, and grades and pages as it takes them in.

Moodle: folders and files as mod/assign/classes/downloader.php names them, the worksheet with the
columns of mod/assign/gradingtable.php. Canvas: names as lib/content_zipper.rb makes them, the gradebook
as lib/gradebook_importer.rb reads it. Google Classroom: a folder of Drive, downloaded.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from classes import mark
from conftest import UNIT
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from readtwice import cli
from readtwice.build import notebook_bytes
from readtwice.gradebook import open_gradebook
from readtwice.rows import Row, owners
from readtwice.units import read_unit
from readtwice.whose import safe_name

WRITTEN = "voice-written"
GERMAN = ("ID", "Vollständiger Name", "E-Mail", "Status", "Bewertung", "Bestwertung", "Änderbar", "Abgabe", "Zuletzt geändert", "Kommentar")
ENGLISH = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
    "Last modified (submission)", "Last modified (grade)", "Feedback comments",
)  # fmt: skip


@pytest.fixture
def hand_ins(course, master, exercise):
    """Mark a zip of whole hand-ins by the names of its members; what is written has the teacher's mark, of most points."""

    def handed_in(*members: str, blank: str = "", left_open: str = "") -> Path:
        path = course.parent / "download.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for member in members:
                archive.writestr(member, notebook_bytes(exercise if blank and member.startswith(blank) else master))
        mark(course, path)
        with open_gradebook(course) as gradebook:
            for student in gradebook.students:
                if student.id not in (left_open, blank):
                    grade = gradebook.find_grade(WRITTEN, UNIT, UNIT, student.id)
                    grade.manual_score = grade.max_score
            gradebook.db.commit()
        return course

    return handed_in


def run(course: Path, *arguments: object) -> Result:
    return CliRunner().invoke(cli.app, [*map(str, arguments), "--course", str(course)])


def grades(course: Path, table: Path, *options: str) -> str:
    result = run(course, "grades", table, *options)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(result: Result) -> str:
    assert result.exit_code == 1, result.output
    return result.stderr


def write(path: Path, *lines: tuple[str, ...], delimiter: str = ",") -> Path:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(lines)
    path.write_text(file.getvalue(), encoding="utf-8", newline="")
    return path


def read(path: Path, delimiter: str = ",") -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def worksheet(path: Path, *students: tuple[str, str, str], head=ENGLISH, participant="Participant ", top="100.00") -> Path:
    """Moodle's grading worksheet: number, name and grade so far of each student."""
    rows = [
        (f"{participant}{number}", name, f"{number}@example.org", "Submitted for grading - ", grade, top, "Yes", "Monday", "-", "")
        for number, name, grade in students
    ]
    return write(path, head, *rows)


MOODLE = {
    "folders of Moodle 4.1": "{}_assignsubmission_file/my answers.ipynb",
    "folders before": "{}_assignsubmission_file_/my answers.ipynb",
    "files": "{}_assignsubmission_file_my answers.ipynb",
}


@pytest.mark.parametrize("layout", MOODLE.values(), ids=MOODLE.keys())
def test_moodle_there_and_back(layout, hand_ins, tmp_path):
    course = hand_ins(
        layout.format("Anna Berg_11"), layout.format("Anna Berg_12"), layout.format("Ben Ö. Müller_13"), left_open="Anna_Berg_12"
    )
    table = worksheet(
        tmp_path / "Grades-ML-77.csv",
        ("12", "Anna Berg", ""),
        ("11", "Anna Berg", ""),
        ("13", "Müller, Ben Ö.", "50.00"),
        ("14", "Cy", "7"),
    )
    before = table.read_bytes()
    said = grades(course, table)
    assert table.read_bytes() == before
    filled = read(tmp_path / "Grades-ML-77-filled.csv")
    assert [row[4] for row in filled] == ["Grade", "", "100", "100", "7"]
    assert [row[:4] + row[5:] for row in filled] == [row[:4] + row[5:] for row in read(table)]
    assert f"{UNIT} waits for 1 written answer, so nothing was filled in for Anna Berg." in said
    assert "50.00 stood in the table, 100 stands in the new one" in said
    assert f"{read_unit(course, UNIT).points:g} points, this table gives at most 100" in said

    shown = run(course, "feedback", "--for", "moodle")
    assert shown.exit_code == 0, shown.output
    with zipfile.ZipFile(course / f"feedback-moodle-{UNIT}.zip") as archive:
        pages = {name: archive.read(name).decode() for name in archive.namelist()}
    whose = {name: moodles_reading(name) for name in pages}
    assert {number: page for page, (number, _, _) in whose.items()}.keys() == {"11", "12", "13"}
    assert {tuple(rest) for _, *rest in whose.values()} == {("assignsubmission", "file")}
    assert "Anna_Berg_12" in next(pages[name] for name, (number, *_) in whose.items() if number == "12")


def test_many_who_wait_are_said_in_one_short_note_and_shortened_ids_are_named(hand_ins, tmp_path):
    names = [f"Ann{letter}, Berg" for letter in "abcdefgh"]
    course = hand_ins(*(f"{name}_{n}_assignsubmission_file/x.ipynb" for n, name in enumerate(names, start=11)))
    with open_gradebook(course) as gradebook:
        for student in gradebook.students:
            gradebook.find_grade(WRITTEN, UNIT, UNIT, student.id).manual_score = None
        gradebook.db.commit()
    table = worksheet(tmp_path / "x.csv", *((str(n), name, "") for n, name in enumerate(names, start=11)))
    table.write_text(table.read_text(encoding="utf-8").replace("11@example.org", "1.00000123456789E+018"), encoding="utf-8")
    said = grades(course, table)
    assert f"nothing was filled in for {'; '.join(names[:5])} and 3 more." in said
    assert "the column “Email address” holds numbers like 1.00000123456789E+018: a spreadsheet has shortened them" in said


def moodles_reading(name: str) -> tuple[str, str, str]:
    """What mod/assign/feedback/file/importziplib.php reads in the first part of a path that has four parts between underscores."""
    parts = next(parts for part in name.split("/") if len(parts := part.split("_", 4)) >= 4)
    return parts[1], parts[2], parts[3]


def test_a_worksheet_in_another_language_is_known_by_what_stands_in_it(hand_ins, tmp_path):
    course = hand_ins("Anna Berg_11_assignsubmission_file/x.ipynb")
    students = (("11", "Anna Berg", ""), ("12", "Ben", ""))
    grades(course, worksheet(tmp_path / "x.csv", *students, head=GERMAN, participant="Teilnehmer/in", top="10,00"))
    assert [row[4] for row in read(tmp_path / "x-filled.csv")] == ["Bewertung", "10", ""]


def test_a_worksheet_graded_in_words_is_refused(hand_ins, tmp_path):
    course = hand_ins("Anna Berg_11_assignsubmission_file/x.ipynb")
    said = refused(run(course, "grades", worksheet(tmp_path / "x.csv", ("11", "Anna Berg", ""), top="-")))
    assert "graded in words" in said
    assert not (tmp_path / "x-filled.csv").exists()


CANVAS_HEAD = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Essay (5)", "Whose voice? (77)", "Current Score")


def canvas(path: Path, *students: tuple[str, str, str], head=CANVAS_HEAD, possible="13.0") -> Path:
    info = len(head) - 8
    lines = [
        ("", *[""] * info, *[""] * 5, "Manual Posting", ""),
        ("    Points Possible", *[""] * info, "", "", "", "", "10", possible, "(read only)"),
        *((*name.split("|"), number, f"s{number}", f"login{number}", "7b", "9", grade, "80") for name, number, grade in students),
        ("Student, Test", *[""] * info, "99", "", "x", "7b", "", "", ""),
    ]
    return write(path, head, *lines)


def test_canvas_there_and_back(hand_ins, tmp_path):
    names = (f"BergAnna_11_901_{UNIT}.ipynb", "MullerBen_LATE_12_902_Untitled-1.ipynb", f"BergAnna_13_903_{UNIT}-2.ipynb")
    course = hand_ins(*names)
    students = (("Berg, Anna", "13", ""), ("Müller, Ben", "12", ""), ("Berg, Anna", "14", ""), ("Cy", "15", "3"))
    table = canvas(tmp_path / "grades.csv", *students)
    said = grades(course, table)
    filled = read(tmp_path / "grades-filled.csv")
    assert [row[6] for row in filled[3:]] == ["13", "13", "", "3", ""]
    assert [row[:6] + row[7:] for row in filled] == [row[:6] + row[7:] for row in read(table)]
    assert filled[:3] == read(table)[:3]
    assert "BergAnna_11 has marks" in said  # whose row is not in this table; the other Anna Berg's is not taken for it

    assert run(course, "feedback", "--for", "canvas").exit_code == 0
    with zipfile.ZipFile(course / f"feedback-canvas-{UNIT}.zip") as archive:
        numbers = {name: tuple(part for part in name.split("_") if part.isdecimal())[:2] for name in archive.namelist()}
    assert sorted(numbers.values()) == [("11", "901"), ("12", "902"), ("13", "903")]  # user and attachment, as Canvas reads them
    assert all(name.endswith(".html") and "/" not in name for name in numbers)


def test_canvas_with_first_and_last_names_apart(hand_ins, tmp_path):
    course = hand_ins("Anna Berg.ipynb")
    table = canvas(tmp_path / "x.csv", ("Berg|Anna", "13", ""), head=("LastName", "FirstName", "ID", *CANVAS_HEAD[2:]))
    grades(course, table)
    assert read(tmp_path / "x-filled.csv")[3][7] == "13"


def test_where_no_assignment_is_named_after_a_unit_nothing_is_added_to_canvas(hand_ins, tmp_path):
    course = hand_ins(f"BergAnna_11_901_{UNIT}.ipynb")
    table = canvas(tmp_path / "x.csv", ("Berg, Anna", "11", ""), head=(*CANVAS_HEAD[:6], "Homework 3 (77)", "Current Score"))
    said = refused(run(course, "grades", table))
    assert f"{UNIT} (12345)" in said
    assert "Essay (5), Homework 3 (77)" in said
    table.write_text(table.read_text().replace("Homework 3", f"{UNIT} Homework 3"))
    grades(course, table)
    assert read(tmp_path / "x-filled.csv")[3][6] == "13"


def test_google_classroom_a_folder_of_drive_and_a_table_to_type_from(course, master, tmp_path):
    folder = tmp_path / "Whose voice"
    folder.mkdir()
    for name in (f"Anna Berg - {UNIT}.ipynb", f"Copy of {UNIT}.ipynb"):
        (folder / name).write_bytes(notebook_bytes(master))
    (course / "who.csv").write_text(f"file,student\nCopy of {UNIT}.ipynb,Ben Birch\n")
    mark(course, folder)
    assert run(course, "grades").exit_code == 0
    assert [row[0] for row in read(course / "grades-units.csv")] == ["student", "Anna_Berg", "Ben_Birch"]
    assert "no hand-in came in a download of Moodle" in refused(run(course, "feedback", "--for", "moodle"))
    assert run(course, "feedback").exit_code == 0
    with zipfile.ZipFile(course / "feedback.zip") as archive:
        assert sorted(archive.namelist()) == [f"Anna_Berg/{UNIT}.html", f"Ben_Birch/{UNIT}.html"]


def test_a_plain_table_gets_columns_and_keeps_its_own(hand_ins, tmp_path):
    course = hand_ins("Anna Berg.ipynb", "Ben Birch.ipynb", "=Cy.ipynb", "aberg2.ipynb", left_open="Ben_Birch")
    (course / "scale.csv").write_text("from,mark\n50,=1\n0,6\n")
    lines = (
        ("Surname", "First name", "login"),
        ("Berg", "Anna", ""),
        ("Birch", "Ben", ""),
        ("=Cy", "", ""),
        ("Who", "Ever", "aberg2"),
        ("X", "Y", ""),
    )
    said = grades(course, write(tmp_path / "list.csv", *lines, delimiter=";"))
    points = f"{read_unit(course, UNIT).points:g}"
    head, *rows = read(tmp_path / "list-filled.csv", ";")
    assert head == [*lines[0], f"{UNIT} points", f"{UNIT} percent", f"{UNIT} mark"]
    full = [points, "100", "'=1"]
    assert [row[3:] for row in rows] == [full, [rows[1][3], "", ""], full, full, ["", "", ""]]
    assert 0 < float(rows[1][3].replace(",", ".")) < float(points)
    assert rows[2][0] == "'=Cy"
    assert "1-whose-voice waits for 1 written answer, so percent and mark are open for Ben_Birch." in said


def test_who_is_in_doubt_is_named_and_left_empty(hand_ins, tmp_path):
    course = hand_ins("Anna Berg.ipynb", "Berg Anna.ipynb", "Ben.ipynb")
    said = grades(course, write(tmp_path / "x.csv", ("name",), ("Anna Berg",), ("Ben",), ("ben",), ("Cy",)), "--unit", UNIT)
    assert "Anna Berg: this may be Anna_Berg or Berg_Anna. Nothing was filled in" in said
    assert "2 rows may be Ben" in said
    assert "0 of 4 rows" in said
    assert not (tmp_path / "x-filled.csv").exists()


def test_a_filled_table_never_overwrites_another(hand_ins, tmp_path):
    course = hand_ins("Anna.ipynb")
    table = write(tmp_path / "x.csv", ("student",), ("Anna",))
    (tmp_path / "x-filled.csv").write_text("my notes")
    for _ in range(2):
        grades(course, table)
    assert (tmp_path / "x-filled.csv").read_text() == "my notes"
    assert sorted(path.name for path in tmp_path.glob("x*")) == ["x-filled-2.csv", "x-filled.csv", "x.csv"]


UNUSABLE = [
    (b"PK\x03\x04", "spreadsheet program's own file"),
    ("name\nJosé\n".encode("latin-1"), "not in UTF-8"),
    (b"", "no rows"),
    (b"name\n", "no rows"),
    (b"class,room\n7b,12\n", "no column of this table says whose"),
]


def test_a_table_that_cannot_be_used_is_refused_with_the_reason(hand_ins, tmp_path):
    course = hand_ins("Anna.ipynb")
    for content, why in UNUSABLE:
        (tmp_path / "x.csv").write_bytes(content)
        assert why in refused(run(course, "grades", tmp_path / "x.csv"))
    assert "no table at" in refused(run(course, "grades", tmp_path / "nothing.csv"))
    assert "no unit" in refused(run(course, "grades", "--unit", "nonsense"))
    assert not (tmp_path / "x-filled.csv").exists()


@pytest.mark.parametrize("command", ["grades", "feedback"])
def test_outside_a_course_that_is_said(command, tmp_path):
    assert "not a course folder" in refused(run(tmp_path, command))


WORDS = st.lists(st.sampled_from(["Anna", "Ben", "Müller", "Ö", "Day", "de", "la", "Cruz"]), min_size=1, max_size=4, unique=True)


@given(st.lists(WORDS, min_size=1, max_size=5, unique_by=lambda words: tuple(sorted(words))), st.randoms())
def test_a_name_is_known_in_any_order_and_case_and_nobody_gets_anothers_row(names, rng):
    students = [safe_name(" ".join(words)) for words in names]
    turned = [
        rng.choice([" ".join(words), ", ".join([" ".join(words[1:]), words[0]]), " ".join(reversed(words)).upper()]) for words in names
    ]
    found, _ = owners([Row(name) for name in turned], students, {}, "", "")
    assert all(one in ("", student) for one, student in zip(found, students, strict=True))
    joined = Counter(
        "".join(letters) for words in names for letters in ("".join(words).casefold(), "".join(words[1:] + words[:1]).casefold())
    )
    if max(joined.values()) <= 2:
        assert found == students


def test_before_anything_is_marked_that_is_said(course):
    mark(course, course / "exercises")
    assert "nothing has been marked yet" in refused(run(course, "grades"))
    assert "no feedback pages yet" in refused(run(course, "feedback"))
    assert "none for “paper”" in refused(run(course, "feedback", "--for", "paper"))


def test_who_has_no_page_is_named(hand_ins):
    course = hand_ins("Anna.ipynb", "Ben_12_assignsubmission_file/x.ipynb", "Cy_13_assignsubmission_file/x.ipynb")
    (course / "feedback" / "Cy" / UNIT / f"{UNIT}.html").unlink()
    (course / "submitted" / "dora" / UNIT).mkdir(parents=True)
    shown = run(course, "feedback", "--for", "moodle", "--unit", UNIT)
    assert "1 page\n" in shown.stdout
    assert f"Anna, {UNIT}: this did not come in a download of Moodle" in shown.stdout
    assert f"Cy, {UNIT}: there is no feedback page" in shown.stdout
    assert f"dora, {UNIT}: there is no feedback page" in shown.stdout


def test_the_tables_of_units_and_items(hand_ins, course):
    hand_ins("Anna.ipynb", "Ben.ipynb", "Cy.ipynb", blank="Cy", left_open="Ben")
    (course / "scale.csv").write_text("from,mark\n50,1\n0,6\n")
    shown = run(course, "grades")
    assert shown.exit_code == 0, shown.output
    head, *rows = read(course / "grades-units.csv")
    table = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    unit = read_unit(course, UNIT)
    assert (table["Anna"]["points"], table["Anna"]["percent"], table["Anna"]["mark"]) == (f"{unit.points:g}", "100", "1")
    assert (table["Ben"]["percent"], table["Ben"]["mark"], table["Ben"]["waits"]) == ("", "", f"{UNIT}: waits for 1 written answer")
    assert (table["Cy"]["points"], table["Cy"]["percent"], table["Cy"]["mark"]) == ("0", "0", "6")
    head, *rows = read(course / "grades-items.csv")
    voice = next(task for task in unit.tasks if task.layer == "voice")
    own = [dict(zip(head, row, strict=True)) for row in rows if row[0] == "Anna" and row[2] == "voice"]
    assert [row["item"] for row in own] == list(voice.asked)
    assert {row["text"] for row in own} == {voice.text.name}
    assert [row["answer"] for row in own] == [row.label for row in unit.key(voice).rows.values()]
    assert {(row["credit"], row["why"]) for row in own} == {("1", "right")}
    assert {(row[5], row[6], row[8]) for row in rows if row[0] == "Cy" and row[2] == "voice"} == {("", "", "open")}
    assert all(row[5] == "" for row in rows if row[2] not in ("voice",))
    assert not re.search(r"(?m)^[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[=+@-]", (course / "grades-items.csv").read_text())
