"""Whose a row of a platform's table is: by the platform's number, else by name; never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from readtwice.marked_before import Before
from readtwice.whose import CANVAS, on_platform, safe_name


@dataclass(frozen=True)
class Row:
    """What a row says of a student: the name, the platform's number, and other ways in which the student may be known."""

    name: str
    number: str = ""
    known_as: tuple[str, ...] = ()  # login, e-mail address


def owners(
    rows: Sequence[Row], students: Sequence[str], before: Mapping[tuple[str, str], Before], platform: str, unit: str
) -> tuple[list[str], list[str]]:
    """The student of each row, "" where that cannot be known, and a sentence for each row that might be somebody's.

    Moodle numbers the participants of each assignment anew (assign_user_mapping), so a number of its
    counts for the unit in whose hand-in it stood; Canvas has one number for a user. Names are compared word
    by word, whatever their order and case; where two students or two rows share one, neither is taken.
    """
    numbers = _numbers(before, platform, unit)
    by_number: dict[str, set[str]] = {}
    for student, number in numbers.items():
        by_number.setdefault(number, set()).add(student)
    by_name: dict[tuple[str, ...], set[str]] = {}
    for student in students:
        for key in _keys(student, numbers.get(student, "")):
            by_name.setdefault(key, set()).add(student)
    by_login: dict[str, set[str]] = {}
    for student in students:
        by_login.setdefault(student.casefold(), set()).add(student)
    found: list[set[str]] = []
    for row in rows:
        if row.number and row.number in by_number:
            found.append(by_number[row.number])
            continue
        named = set().union(*(by_name.get(key, set()) for key in _keys(row.name)))
        logins = {safe_name(said).casefold() for known in row.known_as for said in (known, known.partition("@")[0]) if said}
        named = named.union(*(by_login.get(login, set()) for login in logins))
        found.append({student for student in named if not (row.number and student in numbers)})  # that one has another number
    counts = Counter(next(iter(named)) for named in found if len(named) == 1)
    taken, notes = [], []
    for row, named in zip(rows, found, strict=True):
        (one,) = named if len(named) == 1 else ("",)
        if len(named) > 1:
            notes.append(f"{row.name}: this may be {' or '.join(sorted(named))}. Nothing was filled in")
        elif one and counts[one] > 1:
            notes.append(f"{row.name}: {counts[one]} rows may be {one}. Nothing was filled in")
            one = ""
        taken.append(one)
    return taken, notes


def _numbers(before: Mapping[tuple[str, str], Before], platform: str, unit: str) -> dict[str, str]:
    """The platform's number of each student, as far as hand-ins carried one."""
    return {
        student: one.number
        for (student, name), one in before.items()
        if one.number and (name == unit or platform == CANVAS) and platform and on_platform(one.where)[0] == platform
    }


def _keys(name: str, number: str = "") -> set[tuple[str, ...]]:
    """What a name is compared by: its words in any order, and the words written as one, as Canvas writes them."""
    words = [word for word in re.split(r"[\W_]+", unicodedata.normalize("NFC", name).casefold()) if word and word != number]
    last, comma, first = name.partition(",")
    turned = "".join(re.split(r"[\W_]+", unicodedata.normalize("NFC", first + last).casefold())) if comma else ""
    return {key for key in (tuple(sorted(words)), ("".join(words),), (turned,)) if any(key)}
