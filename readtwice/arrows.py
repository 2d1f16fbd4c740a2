"""The argument map: boxes of one text, and the arrow that a reader draws from each to what it is a reason for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from readtwice.answers import Answer, Answers, Problem, shorten
from readtwice.choices import read_words
from readtwice.details import stands_in
from readtwice.keys import Key, KeyProblem, KeyRow
from readtwice.texts import TEXTS, Text, rows_of, split_list

MAP = "map"
EVIDENCE, CLAIM, CALL = ROLES = ("evidence", "claim", "call")
COLOURS = {EVIDENCE: "#d8f0d0", CLAIM: "#cfe3f7", CALL: "#f8cfc4"}
COLUMNS = ["item", "role", "words"]
_ARROWS = re.compile(r"[\s=>→–—-]+")


@dataclass(frozen=True)
class Box:
    """A box of a map: a sentence by its id, what it does in the argument, and the words of it that are shown."""

    item: str
    role: str
    words: str


def read_boxes(text: Text) -> tuple[Box, ...]:
    """The boxes of a text in its own order; none where it has no ``map.csv``.

    Raises ValueError where a role or a sentence is unknown, words do not stand in their sentence, or
    there is not one call.
    """
    rows = rows_of(TEXTS / text.name / "map.csv")
    if rows and list(rows[0]) != COLUMNS:
        raise ValueError(f"{text.name}/map.csv: the columns must be {', '.join(COLUMNS)}")
    boxes = tuple(Box(**row) for row in rows)
    for box in boxes:
        if box.role not in ROLES or box.item not in text.items or not stands_in(box.words, text[box.item].text):
            raise ValueError(f"{text.name}/map.csv, {box.item}: no such role or sentence, or words that do not stand there")
    if boxes and [box.role for box in boxes].count(CALL) != 1:
        raise ValueError(f"{text.name}/map.csv: a map has one call")
    order = [item for item in text.items if item in {box.item for box in boxes}]
    if [box.item for box in boxes] != order:
        raise ValueError(f"{text.name}/map.csv: one row a box, in the order of the text")
    return boxes


def starts(boxes: Sequence[Box]) -> tuple[str, ...]:
    """Boxes from which an arrow leads: all but the call."""
    return tuple(box.item for box in boxes if box.role != CALL)


def ends(boxes: Sequence[Box]) -> tuple[str, ...]:
    """Boxes to which an arrow may lead: claims and the call, for evidence is where an argument begins."""
    return tuple(box.item for box in boxes if box.role != EVIDENCE)


def read_arrows(source: str, boxes: Sequence[Box]) -> Answers:
    """Read a cell of arrows, one a line: ``20.1: 19.3`` says that 20.1 is given as a reason for 19.3.

    An arrow to the box itself, to evidence or to no box becomes a Problem and stays open. Arrows
    that run in a circle are kept, with a Problem that names it.
    """
    read = read_words(source, starts(boxes), "number of a box")
    rows: dict[str, Answer] = {}
    problems = list(read.problems)
    for item, answer in read.rows.items():
        end, why = _end(item, answer.label, boxes)
        rows[item] = replace(answer, label=end)
        if why:
            problems.append(Problem(answer.line, f"{item}: {answer.label}", why))
    arrows = {item: row.label for item, row in rows.items() if row.label}
    for circle in circles(arrows):
        way = " → ".join([*circle, circle[0]])
        why = f"here the arrows run in a circle, {way}, and none of them reaches the call. Change one of them."
        problems.append(Problem(rows[circle[0]].line, f"{circle[0]}: {arrows[circle[0]]}", why))
    return Answers(MAP, rows, tuple(sorted(problems, key=lambda problem: problem.line)))


def _end(item: str, said: str, boxes: Sequence[Box]) -> tuple[str, str]:
    """The box that an arrow leads to, "" where it leads to none, and what is wrong, "" where nothing is."""
    end = _ARROWS.sub("", said).replace(",", ".").strip(".;_?…|").upper()
    known = {box.item: box.role for box in boxes}
    if not end:
        return "", ""
    if end == item:
        return "", f"an arrow cannot lead from {item} to {item} itself. Choose another box."
    if known.get(end) == EVIDENCE:
        return "", f"{end} is evidence, where an argument begins, so no arrow leads there. Choose one of: {', '.join(ends(boxes))}."
    if end in known:
        return end, ""
    if len([name for name in re.findall(r"\d+[.,]\d+", said) if name.replace(",", ".") in known]) > 1:
        return "", "two boxes stand here, and an arrow leads to one. Keep the box that comes next."
    return "", f"“{shorten(said)}” is no box of this map. An arrow can lead to: {', '.join(ends(boxes))}."


def map_key(rows: Sequence[Mapping[str, str]], boxes: Sequence[Box]) -> Key:
    """The key of a map from its rows; raises KeyProblem where an arrow is missing, leads nowhere, or runs in a circle."""
    if [row["item"] for row in rows] != list(starts(boxes)):
        raise KeyProblem("map.csv: needs one row for each box but the call, in the order of the text")
    words = {box.item: box.words for box in boxes}
    key = {}
    for row in rows:
        accept, near = split_list(row["accept"]), split_list(row["near"])
        said = (row["label"], *accept, *near)
        if row["item"] in said or set(said) - set(ends(boxes)) or len(set(said)) < len(said) or not row["reason"].strip():
            raise KeyProblem(f"map.csv, {row['item']}: an arrow leads to another box that is a claim or the call, and has a reason")
        key[row["item"]] = KeyRow(row["item"], row["label"], "", accept, near, reason=row["reason"], words=words[row["item"]])
    if found := circles({item: row.label for item, row in key.items()}):
        raise KeyProblem(f"map.csv: the arrows run in a circle: {', '.join(found[0])}")
    return Key(MAP, key)


def circles(arrows: Mapping[str, str]) -> list[list[str]]:
    """Each ring of arrows that leads back to its own start, from its first box on."""
    found: list[list[str]] = []
    done: set[str] = set()
    for start in arrows:
        way: list[str] = []
        at = start
        while at in arrows and at not in done:
            done.add(at)
            way.append(at)
            at = arrows[at]
        if at in way:
            found.append(way[way.index(at) :])
    return found


def under(item: str, arrows: Mapping[str, str]) -> set[str]:
    """Boxes from which arrows lead to this one, at once or by way of others."""
    found: set[str] = set()
    fresh = {item}
    while fresh:
        fresh = {start for start, end in arrows.items() if end in fresh} - found - {item}
        found |= fresh
    return found


def without_box(item: str, arrows: Mapping[str, str]) -> dict[str, str]:
    """The arrows that are left where a box is taken away."""
    return {start: end for start, end in arrows.items() if item not in (start, end)}
