"""How the course's notebooks are written: words per prose cell, length of code cells, code led by prose.

Run it with  python benchmarks/prose.py  in the course folder. Tables, headings and list items are
not counted as words of a prose cell; an answer cell and the check below it are no code cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from readtwice.units import read_notebook

FEW_LINES = 5
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Cell:
    """A cell as a reader meets it: prose without its tables and headings, or code without blank lines."""

    kind: str
    source: str

    @property
    def words(self) -> int:
        """Words of running prose."""
        lines = [line for line in self.source.splitlines() if not re.match(r"\s*(\||#|[-*] |\d+\. )", line)]
        return len(re.findall(r"[\w’'-]+", " ".join(lines)))

    @property
    def lines(self) -> int:
        return sum(bool(line.strip()) for line in self.source.splitlines())

    @property
    def is_code(self) -> bool:
        """Code to read: neither an answer cell nor its check."""
        return self.kind == "code" and not re.match(r"\s*(%%answers|check\()", self.source)


def cells_of(path: Path) -> list[Cell]:
    """The cells of a notebook in order."""
    return [Cell(cell["cell_type"], cell["source"]) for cell in read_notebook(path)["cells"]]


def led(cells: list[Cell]) -> list[tuple[Cell, Cell | None]]:
    """Each code cell with the prose cell right before it, or None where there is none."""
    pairs = zip([None, *cells], cells, strict=False)
    return [(cell, before if before and before.kind == "markdown" else None) for before, cell in pairs if cell.is_code]


def measures(path: Path) -> dict[str, float]:
    """Median words of a prose cell, share of code cells of five lines or fewer, share of code cells led by prose."""
    cells = cells_of(path)
    prose = [cell.words for cell in cells if cell.kind == "markdown" and cell.words]
    code = led(cells)
    return {
        "words": median(prose),
        "short": sum(cell.lines <= FEW_LINES for cell, _ in code) / len(code) if code else 1.0,
        "led": sum(before is not None for _, before in code) / len(code) if code else 1.0,
    }


def notebooks(root: Path = ROOT) -> list[Path]:
    return sorted(
        path for folder in ("lessons", "exercises") for path in (root / folder).rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
    )


if __name__ == "__main__":
    print("| notebook | words per prose cell (median) | code cells ≤ 5 lines | led by prose |\n|---|---|---|---|")
    for path in notebooks():
        found = measures(path)
        print(f"| {path.stem} ({path.relative_to(ROOT).parts[0]}) | {found['words']:.0f} | {found['short']:.0%} | {found['led']:.0%} |")
