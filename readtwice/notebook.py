"""What this kernel knows of its notebook: the notebook's own text, and the newest text of each answer cell."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from readtwice.answers import Answers, read_header
from readtwice.cells import cells_of, source_of
from readtwice.keys import KeyProblem
from readtwice.kinds import kind_of
from readtwice.shown import Shown
from readtwice.texts import Text, read_text
from readtwice.units import UnitProblem, answer_cell, read_notebook
from readtwice.units import own_text as text_of_cells


class NotReady(LookupError):
    """A cell that comes before has not run yet."""


@dataclass
class Notebook:
    """What this kernel knows: the notebook's own text, and the newest text of each answer cell."""

    text: str = ""
    sources: dict[tuple[str, str], str] = field(default_factory=dict)
    seen: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # items that stood in a cell, so that a deleted line is missed
    checked: list[Shown] | None = None  # what the cell that runs has checked so far; None where no cells are run


_here = Notebook()


def read(name: str) -> Text:
    """Open a text; the first one becomes the notebook's own. Raises TextNotFound with the names that there are."""
    text = read_text(name)
    _here.text = _here.text or name
    return text


def keep(layer: str, text: Text, source: str) -> None:
    """Keep the text of an answer cell that runs."""
    _here.sources[layer, text.name] = source


def follow(source: str) -> None:
    """Take the newest text of an answer cell that has run here already; the form sends it on every change."""
    header = read_header(source)
    if header and (header[0], header[1] or _here.text) in _here.sources:
        _here.sources[header[0], header[1] or _here.text] = source


def own_text(name: str) -> Text:
    """The text of that name, or the notebook's own; raises NotReady where none is open."""
    if name or _here.text:
        return read_text(name or _here.text)
    raise NotReady("This notebook has not opened its text yet. Run the cell near the top that says  read(…), then this one.")


def is_own(text: Text) -> bool:
    """Whether a text is the notebook's own."""
    return text.name == _here.text


def notice() -> str:
    """Title and notice of the notebook's own text, "" where none is open."""
    return read_text(_here.text).foot if _here.text else ""


def kept(layer: str, text: Text) -> str:
    """The newest text of an answer cell; raises NotReady where it has not run."""
    try:
        return _here.sources[layer, text.name]
    except KeyError:
        raise NotReady(f"Run the cell that starts with  %%answers {layer}  first, then this one.") from None


def seen(layer: str, text: Text, items: Iterable[str]) -> set[str]:
    """All items that stood in an answer cell since the kernel started, with those that stand there now."""
    so_far = _here.seen.setdefault((layer, text.name), set())
    so_far |= set(items)
    return so_far


def new_cell(*_: object) -> None:
    """A cell begins to run: nothing is checked in it yet."""
    _here.checked = []


def with_checks_before(shown: Shown) -> Shown:
    """What a check shows, below what the same cell has checked before; a cell shows its last line only."""
    if _here.checked is None:
        return shown
    _here.checked.append(shown)
    return Shown("".join(one.html for one in _here.checked), "\n".join(one.plain for one in _here.checked))


def labels(layer: str, text: Text, whose: str) -> Answers:
    """Labels of a layer: this notebook's, an earlier notebook's, or those of a practice key."""
    kind = kind_of(layer, text)
    if whose == "key":
        try:
            return kind.key(None).answers()
        except KeyProblem:
            raise NotReady(f"The labels of the key on “{text.title}” stay with your teacher.") from None
    if whose == "earlier":
        return kind.read(_earlier(layer, text))
    if whose:
        raise ValueError(f'whose must be "key" or "earlier", or left out; it is “{whose}”')
    return kind.read(kept(layer, text))


def _earlier(layer: str, text: Text) -> str:
    """The answer cell of a layer in a notebook of another unit, whose folder lies beside this one's."""
    for path in sorted(Path("..").glob("*/*.ipynb")):
        with suppress(OSError, UnitProblem, KeyError, TypeError, UnicodeDecodeError):
            cells = cells_of(read_notebook(path))
            own = text_of_cells(cells, path.stem)
            if cell := answer_cell(cells, layer, text, own):
                return source_of(cell)
    raise NotReady(f"There is no notebook with your labels for {layer} in the folders beside this one. Do that unit first.")
