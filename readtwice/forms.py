"""Forms: the short tests before and after the course, four options a question."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from readtwice.texts import rows_of

FORMS = Path(__file__).parent / "forms"
OPTIONS = ("a", "b", "c", "d")


@dataclass(frozen=True)
class Question:
    """One question of a form, about `items` of a text; `options` are the answers by their letter."""

    id: str
    text: str
    items: tuple[str, ...]
    layer: str
    question: str
    options: dict[str, str]


def form_names() -> list[str]:
    """Names of the forms, in alphabetical order."""
    return sorted(path.stem for path in FORMS.glob("*.csv"))


@lru_cache(maxsize=8)
def read_form(name: str) -> tuple[Question, ...]:
    """Read a form's questions; raises ValueError with the names that there are."""
    if name not in form_names():
        raise ValueError(f"There is no form called “{name}”. The forms are: {', '.join(form_names())}.")
    return tuple(
        Question(row["id"], row["text"], tuple(row["item"].split()), row["layer"], row["question"], {o: row[o] for o in OPTIONS})
        for row in rows_of(FORMS / f"{name}.csv")
    )
