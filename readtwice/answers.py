"""Answers: the text of an answer cell, and the forgiving reader of it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from readtwice.schemes import Scheme
from readtwice.speakers import speaker_of
from readtwice.texts import Text

MOST_LINES = 2_000
LONGEST_LINE = 2_000

_HEADER = re.compile(r"[ \t]*%{1,2}[ \t]*answers?\b[ \t]*([\w-]*)[ \t]*([\w-]*)", re.IGNORECASE)
_ITEM = re.compile(r"[(\[§]?\s*(T\b|\d{1,3}\s*[.,]\s*\d{1,3}|[A-Za-z]\d{1,3}\b)\s*[)\]]?\s*(?:[:.=–-]|\|)?\s*", re.IGNORECASE)
_LABEL = re.compile(r"[\"'(\[]*([\w-]+)[\"')\].]*")
_OPEN = re.compile(r"[\s_.?…-]*")
_PLAIN = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "：": ":", "｜": "|", "＝": "="}
    | dict.fromkeys("\u00a0\u2007\u202f\t", " ")
    | dict.fromkeys("\ufeff\u200b\u200e\u200f\u2060")
)


@dataclass(frozen=True)
class Answer:
    """One reader's answer to one item; an empty `label` is open. `line` counts from 1 in the cell."""

    item: str
    label: str
    detail: str = ""
    given: bool = False
    line: int = 0
    objection: str = ""


@dataclass(frozen=True)
class Problem:
    """A line that could not be read as it stands, and why, in a sentence for the student."""

    line: int
    said: str
    why: str

    def __str__(self) -> str:
        return f"Line {self.line}, “{shorten(self.said)}”: {self.why}"


@dataclass(frozen=True)
class Answers:
    """One reader's labels on a layer, by item in the order of the text, and the lines left over."""

    layer: str
    rows: Mapping[str, Answer] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def label(self, item: str) -> str:
        return self.rows[item].label if item in self.rows else ""

    @property
    def given(self) -> list[str]:
        return [item for item, answer in self.rows.items() if answer.given]

    def open(self, items: Iterable[str]) -> list[str]:
        """Those of `items` that have no label yet."""
        return [item for item in items if not self.label(item)]


def line_of(item: str, label: str, detail: str) -> str:
    """The line of an answer cell that says an answer: ``id: label | detail``."""
    return f"{item}: " + " | ".join(filter(None, (label, detail)))


def shorten(said: str, most: int = 60) -> str:
    """Cut what a student wrote to a length that a message can hold."""
    return said if len(said) <= most else said[: most - 1] + "…"


def read_header(source: str) -> tuple[str, str] | None:
    """Layer and text named in the line ``%%answers LAYER [TEXT]`` with which a cell starts, if it does."""
    for line in source.translate(_PLAIN).splitlines():
        if line.strip():
            found = _HEADER.match(line)
            return (found[1].casefold(), found[2].casefold()) if found else None
    return None


def read_answers(source: str, scheme: Scheme, text: Text) -> Answers:
    """Read the text of an answer cell.

    One line an item, ``id: label | detail``. A line that starts with ``=`` is given, one that
    starts with ``#`` a comment. Space, case, order and the kind of quotation marks do not matter.
    What cannot be read becomes a Problem; nothing a student writes raises an error. An item that
    stands there twice counts with its last label.
    """
    return read_lines(source, scheme, text.items_of(scheme.layer, scheme.items), text.speakers)


def read_lines(
    source: str, scheme: Scheme, items: Sequence[str], speakers: Mapping[str, tuple[str, ...]] = MappingProxyType({})
) -> Answers:
    """Read an answer cell about any items, such as the questions of a form; the rules of read_answers hold."""
    known = {item.casefold(): item for item in items}
    rows: dict[str, Answer] = {}
    problems: list[Problem] = []
    last = ""
    for number, raw, line, given in line_parts(source, problems):
        if line.startswith("#"):
            if last and (objection := _objection(line)):
                rows[last] = replace(rows[last], objection=" ".join(filter(None, (rows[last].objection, objection))))
            continue
        found = _ITEM.match(line)
        if not found:
            problems.append(Problem(number, raw, f"this does not start with the number of a {_thing(scheme)}. {_how(scheme, items)}"))
            last = ""
            continue
        item = known.get(re.sub(r"\s", "", found[1]).replace(",", ".").casefold())
        if item is None:
            problems.append(Problem(number, raw, f"there is no {_thing(scheme)} {found[1]} here. Look at the numbers beside the text."))
            last = ""
            continue
        label, detail, why = _label(line[found.end() :], scheme)
        if why:
            problems.append(Problem(number, raw, why))
        if scheme.detail == "speaker" and detail:
            detail = speaker_of(detail, speakers) or detail
        if item in rows and label:
            problems.append(Problem(number, raw, _twice(rows[item], label)))
        if item not in rows or label:
            rows[item] = Answer(item, label, detail, given, number, rows[item].objection if item in rows else "")
        last = item
    ordered = {item: rows[item] for item in items if item in rows}
    return Answers(scheme.layer, ordered, tuple(problems))


def line_parts(source: str, problems: list[Problem]) -> Iterable[tuple[int, str, str, bool]]:
    """Number, raw text, tidied text and whether given, of each line that may hold an answer."""
    lines = re.split(r"\r\n|\r|\n", source, maxsplit=MOST_LINES)
    for number, raw in enumerate(lines[:MOST_LINES], start=1):
        line = raw[:LONGEST_LINE].translate(_PLAIN).strip()
        if not line or _HEADER.match(line):
            continue
        if len(raw) > LONGEST_LINE:
            problems.append(Problem(number, raw, f"this line is longer than {LONGEST_LINE} characters; the rest of it was not read."))
        given = line.startswith("=")
        yield number, raw.strip(), line.lstrip("= ").strip() if given else line, given
    if len(lines) > MOST_LINES:
        problems.append(Problem(MOST_LINES + 1, "", f"only the first {MOST_LINES} lines of this cell were read."))


def _label(rest: str, scheme: Scheme) -> tuple[str, str, str]:
    """Label, detail and what is wrong (empty where nothing is) of the part behind the item."""
    rest = rest.lstrip(": ")
    if _OPEN.fullmatch(rest.partition("|")[0]):
        return "", "", ""
    found = _LABEL.match(rest)
    label = found[1].casefold() if found else ""
    if label in scheme.names:
        second = re.match(r"[\s,/]*(?:or|and)?[\s,/]*([\w-]+)", rest[found.end() :].casefold())
        if second and second[1] in scheme.names:
            return "", "", f"two labels stand here, {label} and {second[1]}. Keep the one that you would defend."
        return label, rest[found.end() :].lstrip(" |,;:/–-(\"'").rstrip(" )\"'").strip(), ""
    near = difflib.get_close_matches(label, scheme.names, 1, 0.7)
    if near and len(rest.partition("|")[0].split()) == 1:
        return "", "", f"“{label}” is not a label of this layer. Did you mean {near[0]}?"
    return "", "", f"“{shorten(rest)}” is not a label of this layer. The labels are: {', '.join(scheme.names)}."


def _twice(earlier: Answer, label: str) -> str:
    if not earlier.label:
        return f"{earlier.item} stands here twice (line {earlier.line} is empty). This line counts."
    same = "Both say the same." if earlier.label == label else f"The later line counts: {label}."
    return f"{earlier.item} stands here twice (see line {earlier.line}). {same} Please delete one of them."


def _objection(line: str) -> str:
    found = re.match(r"#+\s*I\s+disagree\s*:?\s*(.*)", line, re.IGNORECASE)
    return found[1].strip() if found else ""


def _thing(scheme: Scheme) -> str:
    return scheme.items.removesuffix("s")


def _how(scheme: Scheme, items: Sequence[str]) -> str:
    return f"Write a line like  {items[1] if len(items) > 1 else '1.1'}: {scheme.names[-1]}"
