"""The class file: which labels a class gave, without names and without prose."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from readtwice.agreement import FEWEST
from readtwice.answers import Answer, Answers
from readtwice.forms import form_names
from readtwice.schemes import layer_names, read_scheme
from readtwice.spreadsheets import lines_of
from readtwice.texts import TextNotFound, read_text

COLUMNS = ("reader", "text", "layer", "item", "label")
FILE = "class.csv"
SHIPPED = Path(__file__).parent / "classes" / "harbour.csv"
SIMULATED = "simulated"  # the id of every made-up reader starts with it
FORM, SCORE = "form-", "score"  # a test is a layer with one item: the share of its questions that were right
LARGEST = 20 * 1024 * 1024  # bytes


class ClassProblem(ValueError):
    """There is no class file to read or to write; the message says why, in plain words."""


class Row(NamedTuple):
    """One label of one reader. A test's score, 0 to 1, stands in `label`, and its `text` is ""."""

    reader: str
    text: str
    layer: str
    item: str
    label: str


@dataclass(frozen=True)
class ClassFile:
    """The labels of a class, none of them on an item with fewer than five readers; `notes` say what was left out."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def simulated(self) -> bool:
        """Whether every reader says of itself that it is made up."""
        return all(row.reader.startswith(SIMULATED) for row in self.rows)

    @property
    def layers(self) -> list[tuple[str, str]]:
        """(text, layer) of all labels, in the order of the course."""
        there = dict.fromkeys((row.text, row.layer) for row in self.rows)
        return [pair for layer in layer_names() for pair in there if pair[1] == layer]

    def readers(self, text: str, layer: str) -> dict[str, Answers]:
        """Each reader's labels on a layer of a text; a reader's id says nothing about other layers."""
        said: dict[str, dict[str, Answer]] = {}
        for row in self.rows:
            if (row.text, row.layer) == (text, layer):
                said.setdefault(row.reader, {})[row.item] = Answer(row.item, row.label)
        return {reader: Answers(layer, rows) for reader, rows in said.items()}

    def items(self, text: str, layer: str) -> list[str]:
        """The items that have labels, in the order of the text."""
        there = {row.item for row in self.rows if (row.text, row.layer) == (text, layer)}
        return [item for item in read_text(text).items_of(layer, read_scheme(layer).items) if item in there]

    def scores(self, form: str) -> dict[str, float]:
        """Each reader's score in a test, 0 to 1; the same reader has the same id in both tests."""
        return {row.reader: float(row.label) for row in self.rows if row.layer == FORM + form}


def without_few(rows: Iterable[Row]) -> tuple[list[Row], list[str]]:
    """The rows of items that at least five readers answered, and what that leaves out, a sentence each."""
    rows = list(rows)
    readers = Counter(row[1:4] for row in rows)
    kept = [row for row in rows if readers[row[1:4]] >= FEWEST]
    whole = {row[1:3] for row in kept}
    notes = []
    for text, layer in dict.fromkeys(row[1:3] for row in rows):
        few = sum(n < FEWEST for (t, la, _), n in readers.items() if (t, la) == (text, layer))
        name = f"{layer} on {text}" if text else layer
        if (text, layer) not in whole:
            notes.append(f"{name} is left out: fewer than {FEWEST} readers did it")
        elif few:
            notes.append(f"{name}: {few} item{'s are' if few > 1 else ' is'} left out, because fewer than {FEWEST} readers answered")
    return kept, notes


def class_csv(rows: Iterable[Row]) -> bytes:
    """Rows as a CSV in UTF-8. Every field is an id, a name or a label of ours, so none is a spreadsheet's formula."""
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in rows:
        if formula := [field for field in row if field[:1] in ("=", "+", "-", "@", "\t", "\r")]:
            raise ValueError(f"a spreadsheet would take this for a formula: {formula[0]}")
        table.writerow(row)
    return file.getvalue().encode()


def read_class(path: Path) -> ClassFile:
    """Read a class file that may have been through a spreadsheet; raises ClassProblem.

    Commas, semicolons or tabs may part the fields. A row that names no label of a layer, no item of
    a text or no text of ours is left out and counted, and so is what fewer than five readers said.
    """
    rows: dict[tuple[str, ...], Row] = {}
    unread = 0
    for raw in _table(path):
        row = _row(raw)
        if row is None:
            unread += 1
        else:
            rows[row[:4]] = row
    kept, notes = without_few(rows.values())
    if unread:
        notes.append(f"{unread} line{'s' if unread > 1 else ''} could not be read; was the file saved in a spreadsheet? Ask for a new copy")
    if not kept:
        raise ClassProblem(f"{path.name} holds nothing that at least {FEWEST} readers answered. Ask your teacher for the class file.")
    return ClassFile(tuple(kept), tuple(notes))


@lru_cache(maxsize=1)
def simulated_class() -> ClassFile:
    """The class that comes with this package: made up, on a practice text."""
    return read_class(SHIPPED)


def _table(path: Path) -> list[dict[str, str]]:
    """The rows of a table by the names of its columns, however it is parted and encoded; raises ClassProblem."""
    wrong = ClassProblem(f"{path.name} is no class file: its first line must name the columns {', '.join(COLUMNS)}.")
    try:
        if path.stat().st_size > LARGEST:
            raise ClassProblem(f"{path.name} is larger than {LARGEST // 1024**2} MB, so it is not read.")
        content = path.read_bytes()
    except OSError as error:
        raise ClassProblem(f"{path.name} could not be read ({error.strerror}).") from None
    try:
        lines = [line for line in lines_of(content) if any(line)]
    except csv.Error:
        raise wrong from None
    head = [name.strip().casefold() for name in lines[0]] if lines else []
    if not set(COLUMNS) <= set(head):
        raise wrong
    return [dict(zip(head, line, strict=False)) for line in lines[1:]]


def _row(raw: Mapping[str, str]) -> Row | None:
    """A row as we would write it, or None where it is none of ours."""
    reader, name, layer, item, label = (raw.get(column, "").strip().lstrip("'") for column in COLUMNS)
    layer, label = layer.casefold(), label.casefold()
    if not reader or len(reader) > 40:
        return None
    if layer.startswith(FORM):
        score = _share(label)
        there = layer.removeprefix(FORM) in form_names() and item.casefold() == SCORE and score is not None
        return Row(reader, "", layer, SCORE, f"{score:.2f}") if there else None
    try:
        text = read_text(name)
    except TextNotFound:
        return None
    if layer not in layer_names() or label not in read_scheme(layer).names:
        return None
    known = {one.casefold(): one for one in text.items_of(layer, read_scheme(layer).items)}
    item = item.replace(",", ".").casefold()
    return Row(reader, name, layer, known[item], label) if item in known else None


def _share(said: str) -> float | None:
    try:
        value = float(said.replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None
