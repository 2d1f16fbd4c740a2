"""Collecting hand-ins: who handed in what is told from the path, and no archive, link or file is trusted."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest
from conftest import UNIT
from hypothesis import example, given, settings
from hypothesis import strategies as st

from readtwice import collect as collecting
from readtwice.collect import Found, Refused, Unreadable, collect, parse
from readtwice.whose import WhoProblem, read_who, safe_name, whose, write_who

UNITS = (UNIT, "2-what-kind-of-statement")
NOTEBOOK = b'{"cells": []}'
LAYOUTS = [
    (f"anna/{UNIT}/{UNIT}.ipynb", "anna", UNIT),
    (f"class-7/anna/{UNIT}/{UNIT}.ipynb", "anna", UNIT),
    ("anna.ipynb", "anna", ""),
    (f"anna_{UNIT}.ipynb", "anna", UNIT),
    (f"{UNIT}_anna.ipynb", "anna", UNIT),
    (f"anna/{UNIT} (1).ipynb", "anna", UNIT),
    (f"anna_{UNIT} (1).ipynb", "anna", UNIT),
    (f"Anna Berg_4711_assignsubmission_file_/{UNIT}.ipynb", "Anna_Berg", UNIT),
    (f"Anna Berg_4711_assignsubmission_file_{UNIT}.ipynb", "Anna_Berg", UNIT),
    ("Anna Berg_4711_assignsubmission_file_/my answers.ipynb", "Anna_Berg", ""),
    (f"Müller-Ö. Ana_4711_assignsubmission_file_{UNIT} (1).ipynb", "Müller-Ö._Ana", UNIT),
    (f"berganna_4711_8915_{UNIT}.ipynb", "berganna", UNIT),
    (f"berganna_LATE_4711_8915_{UNIT}-2.ipynb", "berganna", UNIT),
    ("berganna_4711_8915_Untitled.ipynb", "berganna", ""),
    (f"Anna Berg - {UNIT}.ipynb", "Anna_Berg", UNIT),
    (f"anna_{UNIT}.ipynb.txt", "anna", UNIT),
    (f"Anna Berg_4711_assignsubmission_file_/{UNIT}.ipynb.json", "Anna_Berg", UNIT),
    (f"anna/{UNIT}/{UNIT}.IPYNB.TXT", "anna", UNIT),
    (f"{unicodedata.normalize('NFD', 'José')}_{UNIT}.ipynb", "José", UNIT),
]


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), content, compress_type=compression)
    return file.getvalue()


def in_zip(tmp_path: Path, content: bytes) -> list[Found | Refused]:
    path = tmp_path / "class.zip"
    path.write_bytes(content)
    return collect(path, UNITS)


def patch(archive: bytes, at_central: int, at_local: int | None, value: bytes) -> bytes:
    """Overwrite a field of the only member, in the central directory and perhaps in its local header."""
    changed = bytearray(archive)
    for sign, at in ((b"PK\x01\x02", at_central), (b"PK\x03\x04", at_local)):
        if at is not None:
            start = archive.index(sign) + at
            changed[start : start + len(value)] = value
    return bytes(changed)


@pytest.mark.parametrize(("path", "student", "unit"), LAYOUTS)
@pytest.mark.parametrize("as_zip", [False, True], ids=["folder", "zip"])
def test_the_path_says_whose_and_which_unit(path, student, unit, as_zip, tmp_path):
    if as_zip:
        (found,) = in_zip(tmp_path, zipped({path: NOTEBOOK}))
    else:
        file = tmp_path / "in" / path
        file.parent.mkdir(parents=True)
        file.write_bytes(NOTEBOOK)
        (found,) = collect(tmp_path / "in", UNITS)
    assert (found.student, found.unit, found.read()) == (student, unit, NOTEBOOK)


def test_a_students_own_copy_of_the_course_is_theirs_and_no_folder_of_it_is_a_student(tmp_path):
    for place in (f"anna/exercises/{UNIT}/{UNIT}.ipynb", f"anna/lessons/{UNIT}.ipynb", f"ben/{UNIT}/{UNIT}.ipynb"):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text("{}")
    assert {(f.student, f.unit) for f in collect(tmp_path, [UNIT])} == {("anna", UNIT), ("ben", UNIT)}


@pytest.mark.parametrize("files", [2, 3, 30])
def test_many_files_without_a_name_in_one_folder_are_not_taken_for_one_students(files, tmp_path):
    (tmp_path / "Unit 1").mkdir()
    for n in range(files):
        (tmp_path / "Unit 1" / f"{UNIT} ({n + 1}).ipynb").write_text("{}")
    assert {f.student for f in collect(tmp_path, [UNIT])} == {"Unit_1" if files < 3 else ""}


@pytest.mark.parametrize("name", ["anna_{}.ipynb", "jan{}_" + UNIT + ".ipynb", UNIT + "_s{}.ipynb", "reader-{}_" + UNIT + ".ipynb"])
def test_students_whose_names_end_in_a_number_stay_apart(name, tmp_path):
    found = in_zip(tmp_path, zipped({name.format(n): NOTEBOOK for n in ("01", "2", "113")}))
    assert len({f.student for f in found}) == 3


def test_two_students_of_one_name_are_told_apart_by_the_platforms_number(tmp_path):
    paths = [f"Anna Berg_{n}_assignsubmission_file_/{unit}.ipynb" for n, unit in ((1, UNITS[0]), (2, UNITS[0]), (3, UNITS[1]))]
    paths += [f"Ben_{n}_assignsubmission_file_/{unit}.ipynb" for n, unit in ((4, UNITS[0]), (5, UNITS[1]))]
    found = in_zip(tmp_path, zipped(dict.fromkeys(paths, NOTEBOOK)))
    assert [f.student for f in sorted(found, key=lambda f: f.where)] == ["Anna_Berg_1", "Anna_Berg_2", "Anna_Berg_3", "Ben", "Ben"]


def test_a_teachers_table_says_whose_a_file_is_but_not_in_nbgraders_tree(tmp_path):
    for path in (f"{UNIT} (2).ipynb", f"anna/{UNIT}/{UNIT}.ipynb"):
        (tmp_path / "in" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / path).write_bytes(NOTEBOOK)
    who = {f"{UNIT} (2).ipynb": "ben", f"anna/{UNIT}/{UNIT}.ipynb": "ben"}
    assert {f.where: f.student for f in collect(tmp_path / "in", UNITS)}[f"{UNIT} (2).ipynb"] == ""
    assert {f.where: f.student for f in collect(tmp_path / "in", UNITS, who)} == {**who, f"anna/{UNIT}/{UNIT}.ipynb": "anna"}


@pytest.mark.parametrize(
    "content",
    [
        "file,student\na (1).ipynb,Anna B.\n",
        "\ufefffile;student\r\na (1).ipynb;Anna B.\r\n\r\n",
        "File\tStudent\tnote\na (1).ipynb\tAnna B.\tx\n",
    ],
)
def test_the_teachers_table_may_come_out_of_any_spreadsheet(content, tmp_path):
    (tmp_path / "who.csv").write_text(content, encoding="utf-8", newline="")
    assert read_who(tmp_path) == {"a (1).ipynb": "Anna_B"}
    write_who(tmp_path, read_who(tmp_path) | {"b, c.ipynb": "ben"})
    assert read_who(tmp_path) == {"a (1).ipynb": "Anna_B", "b, c.ipynb": "ben"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_name_in_the_teachers_table_keeps_its_letters_whatever_the_spreadsheet_wrote(encoding, tmp_path):
    (tmp_path / "who.csv").write_bytes("file;student\r\nJörg (1).ipynb;Jörg Müller\r\n".encode(encoding))
    assert read_who(tmp_path) == {"Jörg (1).ipynb": "Jörg_Müller"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "first line"),
        ("a,b\nc,d", "first line"),
        ("file,student\nx.ipynb,", "line 2"),
        ("file,student\nx", "line 2"),
        ("file,student\nx.ipynb,?ukasz", "line 2: a letter of “.ukasz” was lost"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_the_reason(content, why, tmp_path):
    (tmp_path / "who.csv").write_text(content, encoding="utf-8")
    with pytest.raises(WhoProblem, match=why):
        read_who(tmp_path)


def test_a_table_in_another_encoding_is_refused_before_a_name_is_damaged(tmp_path):
    (tmp_path / "who.csv").write_bytes("file,student\nx.ipynb,Ben Öztürk\n".encode("cp1252"))
    with pytest.raises(WhoProblem, match="not in UTF-8"):
        read_who(tmp_path)


def test_in_nbgraders_tree_the_folder_says_whose_it_is_and_nobody_can_hand_in_for_another(tmp_path):
    """Whatever lies in anna/UNIT/ is Anna's, or is refused: a file called ben.ipynb there is not Ben's."""
    tricks = (f"anna/{UNIT}/ben.ipynb", f"anna/{UNIT}/ben/{UNIT}/{UNIT}.ipynb", f"anna/{UNIT}/ben_{UNIT}.ipynb", f"anna/{UNIT}/ben/x.ipynb")
    for found in in_zip(tmp_path, zipped(dict.fromkeys((f"anna/{UNIT}/{UNIT}.ipynb", *tricks), NOTEBOOK))):
        assert isinstance(found, Refused) or found.student == "anna", found.where


@pytest.mark.parametrize("where", ["anna.ipynb", f"in/anna_{UNIT}.ipynb", f"submitted/anna/{UNIT}/{UNIT}.ipynb"])
def test_one_notebook_alone(where, tmp_path):
    path = tmp_path / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(NOTEBOOK)
    (found,) = collect(path, UNITS)
    assert (found.student, found.read()) == ("anna", NOTEBOOK)


def test_the_time_of_handing_in_is_read_beside_the_notebook(tmp_path):
    path = tmp_path / "anna" / UNIT / f"{UNIT}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(NOTEBOOK)
    path.with_name("timestamp.txt").write_text("2026-03-02 10:00:00 UTC\n")
    (found,) = collect(tmp_path, UNITS)
    assert found.timestamp == "2026-03-02 10:00:00 UTC"


@pytest.mark.parametrize("name", ["nothing-here", "nothing.zip", "nothing.ipynb"])
def test_where_there_is_nothing_that_is_said(name, tmp_path):
    with pytest.raises(FileNotFoundError, match=name):
        collect(tmp_path / name, UNITS)


OUTSIDE = [
    "/etc/anna.ipynb",
    "../anna.ipynb",
    "a/../../anna.ipynb",
    "..\\anna.ipynb",
    "\\\\host\\anna.ipynb",
    "C:\\anna.ipynb",
    "c:anna.ipynb",
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_member_that_leads_out_of_the_zip_is_refused_and_the_others_are_found(name, tmp_path):
    refused, found = sorted(in_zip(tmp_path, zipped({name: NOTEBOOK, "ben.ipynb": NOTEBOOK})), key=lambda f: isinstance(f, Found))
    assert isinstance(refused, Refused)
    assert "out of the zip" in refused.why
    assert found.student == "ben"


def test_a_link_in_a_zip_is_refused(tmp_path):
    archive = patch(zipped({"anna.ipynb": b"/etc/passwd"}), 38, None, struct.pack("<I", 0o120777 << 16))
    (refused,) = in_zip(tmp_path, patch(archive, 5, None, b"\x03"))
    assert isinstance(refused, Refused)
    assert "link" in refused.why


def test_links_in_a_folder_are_named_and_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "ben.ipynb").write_bytes(NOTEBOOK)
    inside = tmp_path / "in"
    inside.mkdir()
    (inside / "linked").symlink_to(outside)
    (inside / "carl.ipynb").symlink_to(outside / "ben.ipynb")
    found = collect(inside, UNITS)
    assert {f.where for f in found} == {"linked", "carl.ipynb"}
    assert all(isinstance(f, Refused) and "links are not followed" in f.why for f in found)


@pytest.mark.parametrize("name", ["timestamp.txt", "submission_secret.txt"])
def test_a_link_beside_a_hand_in_is_not_read(name, tmp_path):
    """A page that is given back must not hold what lies elsewhere on the teacher's machine."""
    (tmp_path / "outside.txt").write_text("2026-03-02 10:00:00 UTC")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "anna.ipynb").write_bytes(NOTEBOOK)
    (tmp_path / "in" / name).symlink_to(tmp_path / "outside.txt")
    (found,) = collect(tmp_path / "in", UNITS)
    assert found.timestamp is None
    assert name not in found.beside


@pytest.fixture
def small_limit(monkeypatch) -> int:
    monkeypatch.setattr(collecting, "LARGEST", 1000)
    return 1000


@pytest.mark.parametrize("as_zip", [False, True], ids=["folder", "zip"])
def test_a_file_that_is_too_large_is_refused_unread(as_zip, tmp_path, small_limit):
    content = b"x" * (small_limit + 1)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "anna.ipynb").write_bytes(content)
    (refused,) = in_zip(tmp_path, zipped({"anna.ipynb": content})) if as_zip else collect(tmp_path / "in", UNITS)
    assert isinstance(refused, Refused)
    assert "larger than" in refused.why


@pytest.mark.parametrize("claimed", [0, 10, 1000])
@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_member_that_lies_about_its_size_is_never_read_beyond_the_limit(claimed, compression, tmp_path, small_limit):
    archive = zipped({"anna.ipynb": b"x" * 100_000}, compression)
    (found,) = in_zip(tmp_path, patch(archive, 24, 22, struct.pack("<I", claimed)))
    with pytest.raises(Unreadable):
        found.read()


def why_unreadable(read: Callable[..., object], *args: object) -> str:
    """The reason that reading gives for giving up, or nothing where it does not give up."""
    try:
        read(*args)
    except Unreadable as error:
        return str(error)
    return ""


def overwritten(archive: bytes, at: int) -> bytes:
    return archive[:at] + bytes(byte ^ 0xFF for byte in archive[at : at + 4]) + archive[at + 4 :]


@pytest.mark.parametrize(
    "archive",
    [
        patch(zipped({"anna.ipynb": NOTEBOOK}), 8, 6, struct.pack("<H", 1)),
        patch(zipped({"anna.ipynb": NOTEBOOK}), 10, 8, struct.pack("<H", 97)),
        overwritten(zipped({"anna.ipynb": b"x" * 500}, zipfile.ZIP_STORED), 100),
        overwritten(zipped({"anna.ipynb": bytes(range(256))}), 60),
        overwritten(zipped({"anna.ipynb": bytes(range(256))}, zipfile.ZIP_LZMA), 46),
    ],
    ids=["encrypted", "unknown method", "wrong checksum", "damaged deflate", "damaged lzma"],
)
def test_a_member_that_cannot_be_unpacked_says_so_when_it_is_read(archive, tmp_path):
    (found,) = in_zip(tmp_path, archive)
    assert "zip" in why_unreadable(found.read)


def test_a_zip_whose_names_are_no_text_is_refused(tmp_path):
    archive = zipped({"bärbel.ipynb": NOTEBOOK}).replace("ä".encode(), b"\xff\xff")
    (refused,) = in_zip(tmp_path, archive)
    assert isinstance(refused, Refused)


@pytest.mark.parametrize("content", [b"", b"no zip", zipped({"anna.ipynb": NOTEBOOK})[:-30], NOTEBOOK])
def test_what_is_no_zip_is_refused_by_name(content, tmp_path):
    (refused,) = in_zip(tmp_path, content)
    assert isinstance(refused, Refused)
    assert refused.where == "class.zip"
    assert "zip" in refused.why


@settings(max_examples=300, deadline=None)
@given(cut=st.integers(0, 400), flips=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6))
def test_no_damage_to_a_zip_raises_anything_but_a_reason(cut, flips, tmp_path_factory):
    archive = bytearray(zipped({"bärbel.ipynb": NOTEBOOK * 9, "anna/1.ipynb": NOTEBOOK}))
    for at, value in flips:
        archive[at % len(archive)] = value
    path = tmp_path_factory.getbasetemp() / "damaged.zip"
    path.write_bytes(archive[: len(archive) - cut])
    for one in collect(path, UNITS):
        if isinstance(one, Found):
            assert why_unreadable(one.read) == "" or "zip" in why_unreadable(one.read)


@pytest.mark.parametrize("trick", ["\x1b[2J", "\x1b]0;x\x07", "\r", "\n  all is well", "\u202e", "\u200b"])
@pytest.mark.parametrize("as_zip", [False, True], ids=["folder", "zip"])
def test_no_name_of_a_file_steers_the_terminal_that_it_is_said_on(trick, as_zip, tmp_path):
    names = (f"an{trick}na_{UNIT}.ipynb", f"{trick}notes.docx", f"{trick}.{trick}./x.ipynb")
    if as_zip:
        found = in_zip(tmp_path, zipped(dict.fromkeys(names, NOTEBOOK)))
    else:
        for name in names:
            (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "in" / name).write_bytes(NOTEBOOK)
        found = collect(tmp_path / "in", UNITS)
    assert len(found) == 3
    assert all(f.where.isprintable() for f in found)
    assert any(isinstance(f, Found) and f.unit == UNIT and f.student.startswith("an") for f in found)


def test_one_file_makes_no_class():
    names = "&".join(f"n{n}" for n in range(2000))
    assert whose(PurePosixPath(f"{names}_{UNIT}.ipynb"), UNITS)[0].count("&") == 0


@pytest.mark.parametrize("how", ["NFC", "NFD"])
def test_a_teachers_table_finds_a_file_however_its_accents_are_spelt(how, tmp_path):
    (tmp_path / "who.csv").write_text(f"file,student\n{unicodedata.normalize(how, 'Übung (1).ipynb')},Zoë\n", encoding="utf-8")
    path = tmp_path / "in" / unicodedata.normalize("NFC" if how == "NFD" else "NFD", "Übung (1).ipynb")
    path.parent.mkdir()
    path.write_bytes(NOTEBOOK)
    (found,) = collect(tmp_path / "in", UNITS, read_who(tmp_path))
    assert found.student == "Zoë"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_file_is_named_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "anna.ipynb")
    (refused,) = collect(tmp_path, UNITS)
    assert refused == Refused("anna.ipynb", "this is neither a file nor a folder")


SHUT = """
import os, sys
from readtwice.collect import Found, collect
from pathlib import Path
os.setgid(65534), os.setuid(65534)
for one in collect(Path(sys.argv[1]), [sys.argv[2]]):
    print(one.where, "found" if isinstance(one, Found) else one.why)
"""


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="needs another user to become")
def test_what_may_not_be_read_is_named_and_the_rest_is_collected():
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to others
        found_by_another_user(Path(name))


def found_by_another_user(tmp_path: Path) -> None:
    for path in (f"anna_{UNIT}.ipynb", "shut/x.ipynb", "no-entry/y.ipynb", f"timed/ben_{UNIT}.ipynb", "timed/timestamp.txt"):
        (tmp_path / "in" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / path).write_bytes(NOTEBOOK)
    for path, mode in (("shut", 0), ("no-entry", 0o444), ("timed/timestamp.txt", 0)):
        (tmp_path / "in" / path).chmod(mode)
    tmp_path.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", SHUT, str(tmp_path / "in"), UNIT], capture_output=True, text=True, check=True)
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert said == {
        f"anna_{UNIT}.ipynb": "found",
        f"timed/ben_{UNIT}.ipynb": "found",
        "shut": "this folder could not be opened (Permission denied)",
        "no-entry/y.ipynb": "this could not be read (Permission denied)",
    }


@pytest.mark.parametrize("name", ["all.7z", "all.RAR", "anna/mine.zip", "hand-ins.tar.gz"])
def test_a_packed_file_among_the_hand_ins_is_named_as_one(name, tmp_path):
    (refused,) = in_zip(tmp_path, zipped({name: b"x"}))
    assert "Unpack it" in refused.why


def test_a_zip_in_a_zip_and_other_files_are_refused_by_name(tmp_path):
    found = in_zip(tmp_path, zipped({"anna/inner.zip": zipped({"anna.ipynb": NOTEBOOK}), "ben.docx": b"PK", "carl.ipynb": NOTEBOOK}))
    assert {f.where for f in found if isinstance(f, Refused)} == {"anna/inner.zip", "ben.docx"}
    assert [f.student for f in found if isinstance(f, Found)] == ["carl"]


def test_what_systems_leave_behind_is_passed_over(tmp_path):
    left = (".DS_Store", "__MACOSX/._anna.ipynb", "anna/.ipynb_checkpoints/x-checkpoint.ipynb", "Thumbs.db", "anna/timestamp.txt")
    assert in_zip(tmp_path, zipped(dict.fromkeys(left, b"x"))) == []


@given(st.text())
@example("../../etc/passwd")
@example("..")
@example("𠀀" * 100)
@example("<script>alert(1)</script>")
@example("\u037e\u1fef")  # which become a semicolon and a backtick where accents are spelt as one character
@example('a"; rm -rf ~; $(x) `y` %PATH% \r\n\x00')
def test_a_students_name_is_one_plain_part_of_a_path(name):
    safe = safe_name(name)
    assert not set(safe) & set("/\\<>\"'`$;:*?|&%\r\n\x00 ")
    assert safe == "" or PurePosixPath("in", safe).parts == ("in", safe)
    assert not safe.startswith(".")
    assert len(safe.encode()) <= 255


@pytest.mark.parametrize(("one", "other"), [("प्रिया", "प्रीया"), ("สุภา", "สภา"), ("நிலா", "நீலா")])
def test_names_that_differ_in_their_vowel_signs_stay_apart(one, other):
    assert safe_name(one) == one
    assert safe_name(other) == other


@pytest.mark.parametrize("name", ["con", "Aux", "nul.txt", "COM1"])
def test_no_student_is_called_as_windows_calls_a_device(name):
    assert safe_name(name) == safe_name(safe_name(name)) != name
    assert safe_name(f"x{name}") == f"x{name}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_notebook_is_read_in_any_common_encoding(encoding):
    notebook = {"cells": [{"source": "“Größe”"}]}
    assert parse(json.dumps(notebook, ensure_ascii=False).encode(encoding)) == (notebook, True)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"Dear teacher, here is my homework", "damaged"),
        (b'{"cells": [{"cell_type": "markd', "breaks off"),
        (b"[" * 100_000, "no notebook is"),
        (b'{"cells":' * 100_000, "no notebook is"),
        (b'{"cells": ' + b"9" * 10_000 + b"}", "no notebook is"),
        (b'{"worksheet": 1}', "not a notebook inside"),
        (b"[1, 2]", "not a notebook inside"),
        (b"\x89PNG\r\n\x1a\n\xff\xd8", "not text"),
        (b"\xff\xfe\x00", "not text"),
        (zipped({"anna.ipynb": NOTEBOOK}), "this file"),
    ],
)
def test_what_is_no_notebook_is_refused_with_the_reason(content, reason):
    with pytest.raises(Unreadable, match=reason):
        parse(content)


HELD = {"cells": [{"id": "a", "source": ["é, [\n", "{\\\n"]}, {"id": "b", "source": ["c"]}], "nbformat": 4}


@given(st.data())
def test_of_a_file_that_breaks_off_what_stands_before_is_read(data):
    """Wherever it breaks off, and whatever stands behind: no cell is made up, none is changed, none before the break is lost."""
    text = json.dumps(HELD, ensure_ascii=False, indent=data.draw(st.sampled_from([None, 1])))
    whole = text.encode(data.draw(st.sampled_from(["utf-8", "utf-16"])))
    at = data.draw(st.integers(1, len(whole) - 1))
    behind = b"\0" * data.draw(st.sampled_from([0, 512]))
    if why := why_unreadable(parse, whole[:at] + behind):
        assert why.startswith("this file")
        return
    notebook, is_whole = parse(whole[:at] + behind)
    assert not is_whole
    for held, made in zip(HELD["cells"], notebook["cells"], strict=False):
        lines = made.get("source", [])
        assert {**made, "source": lines} == {**{name: held[name] for name in made}, "source": held["source"][: len(lines)]}
    assert len(notebook["cells"]) <= 2


def test_what_stands_behind_the_end_of_a_file_is_left_out():
    text = json.dumps(HELD)
    assert parse((text + text[50:]).encode()) == (HELD, False)


@given(st.binary() | st.recursive(st.none() | st.text(), st.lists).map(lambda value: json.dumps(value).encode()))
def test_no_content_raises_anything_but_a_reason(content):
    why = why_unreadable(parse, content)
    assert why.startswith("this file") if why else isinstance(parse(content)[0], dict)
