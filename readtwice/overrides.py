"""Overrides: labels that a teacher accepts beside the key's, with the reason, in a table beside the keys."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from readtwice.arrows import MAP
from readtwice.choices import CARD
from readtwice.class_answers import AGREEMENT, SPLIT
from readtwice.keys import Key, KeyProblem, KeyRow
from readtwice.kinds import OMISSION, Kind, kind_names, questions_of
from readtwice.sources import read_sources
from readtwice.spreadsheets import lines_of
from readtwice.texts import Text

FILE = "overrides.csv"
COLUMNS = ("layer", "item", "label", "because", "when")


@dataclass(frozen=True)
class Override:
    """A label that the teacher accepts for an item: `text` is the folder of keys it belongs to, `when` a date."""

    text: str
    layer: str
    item: str
    label: str
    because: str
    when: str = ""


def home_of(layer: str, text: Text) -> str:
    """The folder under solutions/keys/ in which the overrides of a layer of a text lie: where its key lies."""
    return layer if questions_of(layer) else text.name


def overrides_path(course: Path, home: str) -> Path:
    return course / "solutions" / "keys" / home / FILE


def overrides_of(course: Path) -> list[Override]:
    """All that is accepted in a course, in the order of the tables; raises KeyProblem where one cannot be used."""
    homes = sorted(path.parent.name for path in (course / "solutions" / "keys").glob(f"*/{FILE}"))
    return [override for home in homes for override in read_overrides(course, home)]


def read_overrides(course: Path, home: str) -> list[Override]:
    """The overrides beside the keys of a text; none where there is no table. Raises KeyProblem.

    A teacher may edit the table in a spreadsheet. A later line about the same label counts.
    """
    return list({(one.layer, one.item, one.label): one for _, one in _numbered(table_of(course, home), home)}.values())


def table_of(course: Path, home: str) -> list[list[str]]:
    """The table as it stands, its first line included; raises KeyProblem where it cannot be read as one."""
    try:
        rows = lines_of(overrides_path(course, home).read_bytes())
    except FileNotFoundError:
        return [list(COLUMNS)]
    except (OSError, UnicodeError, csv.Error) as error:
        raise KeyProblem(f"{home}/{FILE} cannot be read as a table. Save it as CSV in UTF-8") from error
    if not rows or [cell.strip().casefold() for cell in rows[0][: len(COLUMNS)]] != list(COLUMNS):
        raise KeyProblem(f"{home}/{FILE}: its first line must be  {','.join(COLUMNS)}")
    list(_numbered(rows, home))
    return rows


def table_bytes(rows: Iterable[Iterable[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue().encode()


def _numbered(rows: list[list[str]], home: str) -> Iterator[tuple[int, Override]]:
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row[: len(COLUMNS)]]
        if not any(cells):
            continue
        cells += [""] * (len(COLUMNS) - len(cells))
        if empty := [name for name, cell in zip(COLUMNS[:4], cells, strict=False) if not cell]:
            raise KeyProblem(f"{home}/{FILE}, line {number}: {empty[0]} is empty. Fill it, or delete the line")
        override = Override(home, *cells)
        if override.layer not in kind_names() or override.layer in (MAP, AGREEMENT, SPLIT):
            raise KeyProblem(f"{home}/{FILE}, line {number}: no label can be accepted for “{override.layer}”. Delete the line")
        yield number, override


def labels_of(kind: Kind, item: str, text: Text) -> tuple[str, ...]:
    """The labels that can be accepted for an item of this kind; none where the answer is no label that stands for itself."""
    if kind.name == OMISSION:
        return tuple(sorted({card.id for card in read_sources(text.name)})) if item == CARD else text.items
    return kind.scheme.names if kind.scheme and kind.name not in (MAP, AGREEMENT, SPLIT) else ()


def accepting(key: Key, kind: Kind, text: Text, solutions: Path) -> Key:
    """A key with what the teacher accepts beside it; raises KeyProblem for a line about an unknown item or label.

    An accepted label earns full credit, whatever it earned before, and the item's reason says that
    the teacher accepts it, and why. A label that the key itself holds for right stays as it is.
    """
    home = home_of(kind.name, text)
    rows = dict(key.rows)
    for override in read_overrides(solutions.parent, home):
        if override.layer == kind.name:
            where = f"{home}/{FILE}: {override.layer} {override.item} {override.label}"
            if override.item not in rows:
                raise KeyProblem(f"{where}: the key has no such item. Correct the line, or delete it")
            if override.label not in labels_of(kind, override.item, text):
                raise KeyProblem(f"{where}: there is no such label. Correct the line, or delete it")
            rows[override.item] = _accepted(rows[override.item], override)
    return Key(key.layer, rows)


def _accepted(row: KeyRow, override: Override) -> KeyRow:
    label = override.label
    if row.earns_all(label):
        return row
    because = override.because if override.because.endswith((".", "!", "?", '"', "”")) else f"{override.because}."
    return replace(
        row,
        accept=(*row.accept, label),
        near=tuple(other for other in row.near if other != label),
        own=row.own or row,
        reason=f"{row.reason} Your teacher also accepts “{label}”: {because}",
    )
