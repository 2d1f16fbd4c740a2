"""Numbers: what students count from their own labels, and the forgiving reader of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from readtwice.answers import _OPEN, Answers, Problem, line_parts, shorten
from readtwice.schemes import Scheme
from readtwice.speakers import AUTHOR, words_of
from readtwice.texts import Text

NO_NAME = "(no name yet)"
TOLERANCE = 0.01  # a share given to two decimals, rounded up or down

_NUMBER = re.compile(r"([-−–]?(?:\d{1,12}(?:[.,]\d{1,12})?|[.,]\d{1,12}))(\s*(?:%|per\s?cent))?", re.IGNORECASE)


@dataclass(frozen=True)
class Number:
    """A number that a student typed: `value` is a share from 0 to 1, or None while it is open."""

    name: str
    said: str
    value: float | None
    line: int


def read_numbers(source: str, names: Iterable[str]) -> tuple[dict[str, Number], tuple[Problem, ...]]:
    """Read a cell of numbers, one a line: ``share of Blinken: 0.31``.

    ``0.31``, ``0,31``, ``.31``, ``31 %`` and ``31`` mean the same. What cannot be read becomes a Problem.
    """
    names = list(names)
    numbers: dict[str, Number] = {}
    problems: list[Problem] = []
    for number, raw, line, _given in line_parts(source, problems):
        if line.startswith("#"):
            continue
        said_name, colon, said = line.replace("=", ":", 1).rpartition(":")
        name = _named(said_name if colon else line, names)
        if name is None:
            problems.append(Problem(number, raw, f"start the line with one of these names and a colon: {', '.join(names)}."))
            continue
        value, why = (None, "") if _OPEN.fullmatch(said) else _value(said)
        if why:
            problems.append(Problem(number, raw, why))
        if value is not None and name in numbers and numbers[name].value is not None:
            problems.append(Problem(number, raw, f"{name} stands here twice (see line {numbers[name].line}). The later line counts."))
        if value is not None or name not in numbers:
            numbers[name] = Number(name, said.strip(), value, number)
    return numbers, tuple(problems)


def _named(said: str, names: list[str]) -> str | None:
    """The one name whose words hold all words that were said."""
    words = set(words_of(said))
    exact = [name for name in names if words == set(words_of(name))]
    part = [name for name in names if words and words - {"of", "the"} <= set(words_of(name))]
    return (exact or (part if len(part) == 1 else [None]))[0]


def _value(said: str) -> tuple[float | None, str]:
    found = _NUMBER.findall(said)
    if len(found) != 1:
        return None, f"“{shorten(said.strip())}” is not one number. Write a share like 0.31 or 31 %."
    digits, percent = found[0]
    if digits[0] in "-−–":
        return None, f"{shorten(said.strip())} is less than nothing. A share lies between 0 and 1."
    value = float(digits.replace(",", "."))
    value = value / 100 if percent or value >= 2 else value
    return (value, "") if value <= 1 else (None, f"{said.strip()} is more than the whole. A share lies between 0 and 1.")


def speaker_in(label: str, detail: str, scheme: Scheme) -> str:
    """Whose words a sentence counts for: the speaker where the label asks for one, else the author."""
    return (detail or NO_NAME) if scheme[label].asks_detail else AUTHOR


def share_of_words(answers: Answers, scheme: Scheme, text: Text) -> dict[str, float]:
    """Share of the labelled sentences' words that each speaker has, largest first.

    A sentence counts whole for its speaker: a rough count, since a lead-in is the author's.
    """
    words: dict[str, int] = defaultdict(int)
    for item, answer in answers.rows.items():
        if answer.label:
            words[speaker_in(answer.label, answer.detail, scheme)] += text[item].words
    total = sum(words.values())
    return {speaker: n / total for speaker, n in sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))}


@dataclass(frozen=True)
class Recipe:
    """A cell of numbers: the layer that they are counted from, and how."""

    layer: str
    about: str
    count: Callable[[Answers, Scheme, Text], Mapping[str, float]]
    line: str  # how a line of the cell names one of the things counted
    question: str

    def names(self, text: Text) -> list[str]:
        return [self.line.format(name) for name in (AUTHOR, *text.speakers)]

    def expected(self, answers: Answers, scheme: Scheme, text: Text, names: Iterable[str]) -> dict[str, float]:
        """The right number for each of `names`, counted from these labels."""
        counted = {self.line.format(name): value for name, value in self.count(answers, scheme, text).items()}
        return {name: counted.get(name, 0.0) for name in names}


RECIPES = {
    "shares": Recipe("voice", "share of the words by speaker", share_of_words, "share of {}", "How large is each share of the words?"),
}
