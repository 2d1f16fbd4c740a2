"""What was marked before: a line for each hand-in, so that only what changed is marked again."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path
from sys import intern

from readtwice.build import replace_file
from readtwice.numbers import RECIPES
from readtwice.units import Unit, master_path, release_path

FILE = Path(".readtwice", "marked.jsonl")
_CODE = (".py", ".csv", ".toml", ".html", ".txt")


@dataclass(frozen=True, slots=True)
class Before:
    """One hand-in as it was marked: digests of what was handed in, of the rules and of how it stood in the gradebook, and what was said.

    `where` is its place among what was handed in, `number` the one by which a platform knows the
    student or the hand-in, "" where there is none.
    """

    student: str
    unit: str
    hand_in: str
    standing: str
    notes: tuple[str, ...]
    where: str = ""
    number: str = ""
    rules: str = ""  # "" in a line from before rules were told apart from content

    def __post_init__(self) -> None:
        object.__setattr__(self, "notes", tuple(self.notes))  # JSON knows lists alone
        for name in ("unit", "rules"):  # the same in thousands of lines
            object.__setattr__(self, name, intern(getattr(self, name)))

    def marked_as(self, hand_in: str, rules: str) -> bool:
        """Whether it was this hand-in that was marked, by these rules."""
        return self.hand_in == hand_in and self.rules == rules


_TEXTS = tuple(one.name for one in fields(Before) if one.name != "notes")


def marked_before(course: Path) -> dict[tuple[str, str], Before]:
    """The newest line for each student and unit; a line that a killed run left half is passed over."""
    held: dict[tuple[str, str], Before] = {}
    with contextlib.suppress(OSError), (course / FILE).open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                one = Before(**json.loads(line))
            except (ValueError, TypeError, RecursionError):
                continue
            if all(isinstance(said, str) for said in (*(getattr(one, name) for name in _TEXTS), *one.notes)):
                held[one.student, one.unit] = one
    return held


def remember(course: Path, marked: Iterable[Before]) -> None:
    """Add lines, once what they tell of is in the gradebook and in its files."""
    path = course / FILE
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(_as_lines(marked))


def forget_lines(course: Path, whose: Collection[tuple[str, str]]) -> None:
    """Take the lines of these students and units out."""
    kept = [one for who, one in marked_before(course).items() if who not in whose]
    replace_file(course / FILE, _as_lines(kept).encode())


def _as_lines(marked: Iterable[Before]) -> str:
    return "".join(f"\n{json.dumps(asdict(one))}" for one in marked)


def rules_digests(course: Path, units: Mapping[str, Unit]) -> dict[str, str]:
    """A digest for each unit of all that decides how it is marked.

    That is its master and exercise, the keys of the items that it asks, with what the teacher
    accepts beside them, and this package.
    """
    digests = {}
    for name, unit in units.items():
        keys = [(task.test, list(unit.key(task).rows.values())) for task in unit.tasks if task.layer not in RECIPES]
        files = _digest([master_path(course, name), release_path(course, name)])
        digests[name] = hashlib.blake2b(_package() + files + repr(keys).encode(), digest_size=20).hexdigest()
    return digests


@lru_cache(maxsize=1)
def _package() -> bytes:
    return _digest(sorted(path for path in Path(__file__).parent.rglob("*") if path.suffix in _CODE))


def _digest(paths: Iterable[Path]) -> bytes:
    digest = hashlib.blake2b(digest_size=20)
    for path in paths:
        digest.update(path.name.encode() + b"\0" + hashlib.blake2b(path.read_bytes()).digest())
    return digest.digest()


def digest_of(student: str, content: bytes, beside: Mapping[str, bytes]) -> str:
    """A digest of a hand-in: whose it is, what stands in it, and what the exchange laid beside it."""
    parts = (student.encode(), content, *(part for name in sorted(beside) for part in (name.encode(), beside[name])))
    return hashlib.blake2b(b"".join(len(part).to_bytes(8, "big") + part for part in parts), digest_size=20).hexdigest()
