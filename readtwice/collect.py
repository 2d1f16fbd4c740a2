"""Collect: the hand-ins in nbgrader's tree, in any folder, in a zip, or one notebook; nothing is trusted."""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from readtwice.cells import cells_of, source_of
from readtwice.spreadsheets import is_utf_16
from readtwice.whose import AND, COURSE_FOLDERS, names_in, safe_name, same_names, whose

LARGEST = 20 * 1024 * 1024  # bytes of one hand-in; a whole article with all outputs has under 1 MB
FEWEST_NAMELESS = 3  # two may be one student's older and newer file
LONGEST_BESIDE = 1000  # bytes of a time or a secret
EXCHANGED = ("timestamp.txt", "submission_secret.txt")
PASSED_OVER = {*EXCHANGED, "Thumbs.db", "desktop.ini"}
TYPED = "-typed.csv"  # how the name of a unit's table of typed answers ends
LONGEST_BROKEN = 2_000_000  # characters of a file that breaks off
DEEPEST = 50  # lists in lists of one
BROKEN = "this file breaks off or is damaged, so it could not be read as a notebook"
SKIPPED_FOLDERS = {".ipynb_checkpoints", "__MACOSX", ".git"}
PACKED = {".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"}
_NOTEBOOK = re.compile(r"\.ipynb(?:\.txt|\.json)?$", re.IGNORECASE)  # some browsers add an ending of their own
_JSON = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{},]', re.DOTALL)
_CLOSES = {"[": "]", "{": "}"}


class Unreadable(ValueError):
    """A file cannot be marked; the message is the reason, in plain words."""


@dataclass(frozen=True, slots=True)
class Found:
    """One file that may be a hand-in: who and which unit its path says ("" where open), and how to read it."""

    where: str
    student: str
    unit: str
    newest: float  # time of the last change, in seconds
    read: Callable[[], bytes]
    number: str  # by which a platform tells two students of one name apart, "" where it gives none
    in_tree: bool  # whether it lies in nbgrader's tree, where the folder alone says whose it is
    beside: Mapping[str, bytes] = field(default_factory=dict)  # what nbgrader's exchange lays beside a hand-in
    together: tuple[str, ...] = ()  # the names of all who handed it in, where they are more than one

    @property
    def timestamp(self) -> str | None:
        """nbgrader's time of handing in, as it stands in timestamp.txt."""
        stamp = self.beside.get("timestamp.txt")
        return stamp.decode("utf-8", "replace").strip()[:100] if stamp is not None else None


@dataclass(frozen=True)
class Refused:
    """One file that is not marked, and why."""

    where: str
    why: str


@dataclass(frozen=True)
class Table:
    """A teacher's table of answers typed from paper, with many hand-ins in it."""

    where: str
    newest: float
    read: Callable[[], bytes]


def collect(source: Path, units: Collection[str], who: Mapping[str, str] = MappingProxyType({})) -> list[Found | Refused | Table]:
    """List what lies at `source`, oldest first; raises FileNotFoundError where there is nothing.

    `who` says whose a file is whose path does not tell, by that path. A table of typed answers
    speaks for many students, so it counts only where a teacher has put it: named as the source, or
    at the top of a folder under the name that it was printed with, and never in a zip.
    """
    if not source.exists():
        raise FileNotFoundError(f"there is nothing at {source}")
    if source.is_dir():
        found = list(_in_folder(source, units))
    elif source.suffix.lower() == ".zip":
        found = list(_in_zip(source, units))
    elif source.suffix.lower() == ".csv":
        found = [_table(source)]
    else:
        parts = source.resolve().parts
        inside = parts[-3:] if len(parts) > 3 and parts[-2] in units else parts[-1:]  # nbgrader's tree names the student
        found = [_file(source, _named("/".join(inside)), units)]
    shared = same_names((f.student, f.unit, f.number) for f in found if isinstance(f, Found))
    found = [each for f in _nameless(found) for each in _each(_told_apart(f, shared, who))]
    return sorted(found, key=lambda f: (0.0 if isinstance(f, Refused) else f.newest, f.where))


def _nameless(found: list[Found | Refused | Table]) -> list[Found | Refused | Table]:
    """The same files; where three or more of one unit lie in one folder and all go by its name, they are nobody's."""
    together = Counter((PurePosixPath(f.where).parent, f.unit, f.student) for f in found if isinstance(f, Found) and not f.in_tree)
    return [
        replace(f, student="")
        if isinstance(f, Found) and not f.number and together[PurePosixPath(f.where).parent, f.unit, f.student] >= FEWEST_NAMELESS
        else f
        for f in found
    ]


def _table(path: Path) -> Refused | Table:
    if path.stat().st_size > LARGEST:
        return Refused(path.name, f"this file is larger than {LARGEST // 1024**2} MB")
    return Table(path.name, path.stat().st_mtime, path.read_bytes)


def _told_apart(found: Found | Refused | Table, shared: set[str], who: Mapping[str, str]) -> Found | Refused | Table:
    """A file with its owner as the teacher's table has it, else with the platform's number where two share a name."""
    if not isinstance(found, Found) or found.in_tree:
        return found
    if told := who.get(unicodedata.normalize("NFC", found.where)):
        return replace(found, student=told)
    return replace(found, student=f"{found.student}_{found.number}") if found.student in shared and found.number else found


def _each(found: Found | Refused | Table) -> list[Found | Refused | Table]:
    """A file once for each student who handed it in; the platform's number stays with the one whose name it goes with."""
    names = names_in(found.student) if isinstance(found, Found) and AND in found.student else ()
    if len(names) < 2:
        return [found]
    numbers = {whose(PurePosixPath(found.where), ())[0]: found.number}
    return [replace(found, student=name, number=numbers.get(name, ""), together=names) for name in names]


def _in_folder(folder: Path, units: Collection[str]) -> Iterator[Found | Refused | Table]:
    tables = {f"{unit}{TYPED}" for unit in units}
    shut: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=shut.append):
        for path in (Path(place, name) for name in (*folders, *files)):
            inside = _named(path.relative_to(folder).as_posix())
            if _passed_over(inside):
                continue
            try:
                if path.is_symlink():
                    yield Refused(str(inside), "this is a link to another place, and links are not followed")
                elif path.is_file():
                    yield _table(path) if str(inside) in tables else _file(path, inside, units)
                elif not path.is_dir():
                    yield Refused(str(inside), "this is neither a file nor a folder")
            except OSError as error:
                yield Refused(str(inside), f"this could not be read ({error.strerror})")
        folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
    for error in shut:
        yield Refused(str(_named(os.path.relpath(error.filename, folder))), f"this folder could not be opened ({error.strerror})")


def _named(path: str) -> PurePosixPath:
    """A path to speak of: what is no text gets question marks, and what is no sign, such as what steers a terminal, is left out."""
    text = path.encode("utf-8", "replace").decode()
    return PurePosixPath("".join(" " if c.isspace() else c for c in text if c.isspace() or c.isprintable()))


def _file(path: Path, inside: PurePosixPath, units: Collection[str]) -> Found | Refused:
    if path.stat().st_size > LARGEST:
        return Refused(str(inside), f"this file is larger than {LARGEST // 1024**2} MB")
    beside = {}
    for extra in (path.with_name(name) for name in EXCHANGED):
        with contextlib.suppress(OSError):  # one that nobody may read is as good as none
            if extra.is_file() and not extra.is_symlink():
                beside[extra.name] = _start_of(extra)
    return _found(inside, units, path.stat().st_mtime, partial(_bytes_of, str(path)), beside)


def _bytes_of(path: str) -> bytes:
    return Path(path).read_bytes()  # a Path for each of very many hand-ins would take most of the memory


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST_BESIDE)


def _in_zip(path: Path, units: Collection[str]) -> Iterator[Found | Refused]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        yield Refused(path.name, "this zip is damaged and cannot be opened. Download it once more")
        return
    members = {member.filename: member for member in archive.infolist()}
    for member in archive.infolist():
        name = member.filename.replace("\\", "/")
        inside = _named(name)
        shown = str(inside)
        if name.endswith("/"):
            continue
        if not name or "\0" in name:
            yield Refused(shown if name else "(no name)", "this part of the zip has no readable name")
        elif inside.is_absolute() or re.match(r"[A-Za-z]:", shown) or ".." in inside.parts:
            yield Refused(shown, "its path leads out of the zip")
        elif stat.S_ISLNK(member.external_attr >> 16):
            yield Refused(shown, "this is a link to another place, and links are not followed")
        elif _passed_over(inside):
            continue
        elif member.file_size > LARGEST:
            yield Refused(shown, f"unpacked, this file is larger than {LARGEST // 1024**2} MB")
        else:
            names = {exchanged: str(PurePosixPath(name).with_name(exchanged)) for exchanged in EXCHANGED}
            yield _found(inside, units, _zip_time(member), lambda member=member: _unpack(archive, member), _beside(archive, members, names))


def _beside(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], names: Mapping[str, str]) -> dict[str, bytes]:
    """What the exchange laid beside a member; a damaged or overlong one is left out."""
    beside = {}
    for name, path in names.items():
        if path in members and members[path].file_size <= LONGEST_BESIDE:
            with contextlib.suppress(Unreadable):
                beside[name] = _unpack(archive, members[path])
    return beside


def _zip_time(member: zipfile.ZipInfo) -> float:
    try:
        return datetime(*member.date_time).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Read a member, but never more than LARGEST bytes, whatever size it claims."""
    try:
        with archive.open(member) as file:
            content = file.read(LARGEST + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Unreadable(f"this part of the zip cannot be unpacked ({error})") from error
    except Exception as error:  # zlib.error and the like have no common parent
        raise Unreadable("this part of the zip is damaged") from error
    if len(content) > LARGEST:
        raise Unreadable(f"unpacked, this file is larger than {LARGEST // 1024**2} MB")
    return content


def _passed_over(inside: PurePosixPath) -> bool:
    return inside.name in PASSED_OVER or inside.name.startswith(".") or bool(SKIPPED_FOLDERS & set(inside.parts))


def _found(
    inside: PurePosixPath, units: Collection[str], newest: float, read: Callable[[], bytes], beside: Mapping[str, bytes]
) -> Found | Refused:
    if inside.suffix.lower() in PACKED:
        return Refused(str(inside), "this file is packed. Unpack it, and mark the folder with what was in it")
    if not _NOTEBOOK.search(inside.name):
        return Refused(str(inside), "this is not a notebook. A hand-in is a file that ends in .ipynb")
    folders = inside.parts[:-1]
    student, unit, number = whose(inside.with_name(_NOTEBOOK.sub(".ipynb", inside.name)), units)
    at = next((i for i, part in enumerate(folders) if i and part in units and folders[i - 1] not in COURSE_FOLDERS), None)
    if at is not None:  # nbgrader's tree: the folder above the unit's says whose it is, whatever lies in it
        owner, student = safe_name(folders[at - 1]), safe_name(student)
        if len(folders) > at + 1 or student != owner:
            return Refused(
                str(inside), f"this lies in the folder of {owner} but is not {folders[at]}.ipynb. Rename it, or move it out of there"
            )
    return Found(str(inside), student, unit, newest, read, number, at is not None, beside)


def parse(content: bytes) -> tuple[Any, bool]:
    """The notebook in a file, as plain data, and whether the file is whole; raises Unreadable with the reason in plain words.

    A file that breaks off, or goes on behind its end, gives what stands there up to that place.
    """
    if not content.strip():
        raise Unreadable("this file is empty")
    text, in_unicode = _text(content)
    whole = True
    try:
        try:
            notebook = json.loads(text)
        except json.JSONDecodeError as error:
            notebook, whole = json.loads(_closed(text[: min(error.pos, LONGEST_BROKEN)])), False
    except json.JSONDecodeError as error:
        raise Unreadable(BROKEN if in_unicode else "this file is not text, so it is no notebook") from error
    except (RecursionError, ValueError) as error:
        raise Unreadable("this file is built in a way that no notebook is") from error
    if not isinstance(notebook, dict) or not ("cells" in notebook or "worksheets" in notebook):
        raise Unreadable("this file is not a notebook inside, whatever its name says" if whole else BROKEN)
    if not whole and not any(source_of(cell).strip() for cell in cells_of(notebook)):
        raise Unreadable(BROKEN)
    return notebook, whole


def _text(content: bytes) -> tuple[str, bool]:
    """The text of a file, and whether it is Unicode; else it is read as editors for Windows once saved it."""
    encoding = "utf-16" if is_utf_16(content) else "utf-8-sig"
    try:
        return content.decode(encoding), True
    except UnicodeDecodeError as error:
        if len(content) - error.start < 4 <= error.start:  # it breaks off within a letter
            return content[: error.start].decode(encoding), True
        return content.decode("cp1252", "replace"), False


def _closed(begun: str) -> str:
    """The beginning of a JSON text up to its last part that is whole, with all that stands open there closed."""
    open_: list[str] = []
    end = 0
    for token in _JSON.finditer(begun):
        if token[0] in _CLOSES and len(open_) < DEEPEST:
            open_.append(_CLOSES[token[0]])
            end = token.end()
        elif open_ and token[0] == open_[-1]:
            open_.pop()
            end = token.end()
        elif open_ and token[0] == ",":
            end = token.start()
        elif len(token[0]) > 1:
            continue
        else:
            break
        if not open_:
            break
    return begun[:end] + "".join(reversed(open_))
