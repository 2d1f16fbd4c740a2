"""On paper: what stays of an exercise where nobody has a computer, and what stands in place of its cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from readtwice.answers import read_header
from readtwice.cells import Cell, grade_id, is_solution, is_test, is_written, source_of
from readtwice.hand_in import SELF_CHECK

PROSE, LABELS, TEXT, CARDS, AGREEMENT, TABLE, ANSWERS, WRITTEN, SELF = (
    "prose", "labels", "text", "cards", "agreement", "table", "answers", "written", "self-check"
)  # fmt: skip
CHECK, COMPUTER, COMPARE = "check", "computer", "compare"  # what does not come along
TASKS = {ANSWERS, WRITTEN, SELF}

_READ = re.compile(r"^(\w+)\s*=\s*read\(\s*[\"']([\w-]+)[\"']\s*\)$", re.MULTILINE)
_CARDS = re.compile(r"^cards\((.*)\)$", re.MULTILINE)
_CLASS = re.compile(r"^(agree|class_table)\(.*[\"']simulated[\"']\)")
_LABEL_TABLE = re.compile(r"^\| label \|")
_FOR_THE_TEACHER = "*For the teacher.*"
_SENTENCE_ENDS = re.compile(r"[.?!][”\"*)`]*\s+(?=[“\"*`(]*[A-Z])")
_BULLET = re.compile(r"(?m)^(?=(?:[-*]|\d+\.) )")
_ON_SCREEN = re.compile(
    r"\bcells?\b|\bforms? opens|No form\?|in the form\b|\b[Cc]lick|\bpress\b|Shift|Ctrl|notebook|formgrader|\bcolons?\b|\bpandas\b"
    r"|programming|\b[Rr]un (?:the|it|this|these|both|all|them)\b|\bsaved?\b|network|before the picture|folder|three answers below"
    r"|\.ipynb|\bfield\b|in its place|On paper all cards|^\**It (?:also )?(?:opens|shows)\b"
)


@dataclass(frozen=True)
class Piece:
    """One piece of a worksheet, in the order of the exercise: its kind, its words, and the cell that it stands for."""

    kind: str
    words: str = ""  # Markdown of prose, the name of a text, the numbers behind cards
    cell: str = ""  # grade id of an answer cell
    task: str = ""  # what students call the task, such as Task 3


@dataclass(frozen=True)
class Paper:
    """An exercise for paper, the headings of what needs a computer, and the answers to compare one's own with."""

    pieces: tuple[Piece, ...]
    left_out: tuple[str, ...]
    compare: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        """Names of the texts that are shown, in their order."""
        return list(dict.fromkeys(piece.words for piece in self.pieces if piece.kind == TEXT))

    @property
    def tasks(self) -> dict[str, str]:
        """What students call the task of each answer cell, by grade id."""
        return {piece.cell: piece.task for piece in self.pieces if piece.cell}


def on_paper(release: Mapping[str, Any]) -> Paper:
    """The exercise that students were given, made ready for paper. It knows no key.

    A section (a heading and what stands below it) that runs code goes, unless a task stands in it;
    what goes is named. In what stays, answer cells, texts, cards and the simulated class become
    pieces; all other code goes with the words that lead into it, and so does each sentence that
    speaks of cells, keys to press or files. A table of labels gives way to the scheme's own.
    """
    read: dict[str, str] = {}
    pieces: list[Piece] = []
    left_out: list[str] = []
    compare: list[str] = []
    for section in _sections(release["cells"]):
        told = []
        for cell in section:
            read |= dict(_READ.findall(source_of(cell)))
            told.append((*_kind(cell, read), cell))
        kinds = {kind for kind, *_ in told}
        heading = _heading(source_of(section[0]))
        if COMPARE in kinds:
            compare += [source_of(cell) for kind, _, cell in told if kind == COMPARE]
        elif COMPUTER in kinds and not kinds & TASKS:
            left_out.append(heading)
        else:
            pieces += _pieces(told, heading.partition(" · ")[0])
    return Paper(tuple(pieces), tuple(left_out), tuple(compare))


def _sections(cells: Iterable[Cell]) -> Iterator[list[Cell]]:
    section: list[Cell] = []
    for cell in cells:
        if section and cell["cell_type"] == "markdown" and source_of(cell).startswith(("# ", "## ", "### ")):
            yield section
            section = []
        section.append(cell)
    if section:
        yield section


def _heading(source: str) -> str:
    found = re.match(r"#+ (.*)", source)
    return found[1].strip() if found else ""


def _kind(cell: Cell, read: Mapping[str, str]) -> tuple[str, str]:
    """What a cell is on paper, and its words."""
    source = source_of(cell).strip()
    if is_written(cell):
        return WRITTEN, ""
    if is_solution(cell) and read_header(source):
        return ANSWERS, ""
    if is_test(cell):
        return CHECK, ""
    if cell["cell_type"] != "code":
        if SELF_CHECK in cell["metadata"].get("tags", []):
            return SELF, ""
        return (COMPARE if "<details>" in source else PROSE), source
    if found := _CARDS.search(source):
        return CARDS, " ".join(re.findall(r"[\w.]+", found[1]))
    if found := _CLASS.match(source):
        return (AGREEMENT if found[1] == "agree" else TABLE), ""
    last = source.rpartition("\n")[2].strip()
    return (TEXT, read[last]) if last in read else (COMPUTER, "")


def _pieces(told: Sequence[tuple[str, str, Cell]], task: str) -> Iterator[Piece]:
    for at, (kind, words, cell) in enumerate(told):
        following = told[at + 1][0] if at + 1 < len(told) else ""
        if kind == PROSE and (following not in (CHECK, COMPUTER) or _heading(words)):
            yield from _prose(words)
        elif kind in TASKS:
            yield Piece(kind, cell=grade_id(cell), task=task)
        elif kind not in (PROSE, CHECK, COMPUTER):
            yield Piece(kind, words)


def _prose(source: str) -> Iterator[Piece]:
    """What stays of a Markdown cell; a table of labels leaves a place for the scheme's."""
    kept: list[str] = []
    for block in re.split(r"\n\s*\n", source):
        if _LABEL_TABLE.match(block):
            if kept:
                yield Piece(PROSE, "\n\n".join(kept))
                kept = []
            yield Piece(LABELS)
        elif stays := _block(block):
            kept.append(stays)
    if kept:
        yield Piece(PROSE, "\n\n".join(kept))


def _block(block: str) -> str:
    """A heading, a table, a list or a paragraph without the sentences that speak of a screen."""
    if block.startswith(_FOR_THE_TEACHER):
        return ""
    if block.startswith(("#", "|")):
        return block
    kept = [stays for part in _BULLET.split(block) if (stays := _sentences(" ".join(part.split())))]
    return "\n".join(part for part in kept if part not in ("-", "*"))


def _sentences(paragraph: str) -> str:
    ends = [found.end() for found in _SENTENCE_ENDS.finditer(paragraph)]
    sentences = [paragraph[start:end] for start, end in zip([0, *ends], [*ends, len(paragraph)], strict=True)]
    kept = [sentence for sentence in sentences if not _ON_SCREEN.search(sentence)]
    return "".join(kept).strip()
