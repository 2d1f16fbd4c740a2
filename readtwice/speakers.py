"""Speakers: which speaker of a text a student means."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

AUTHOR = "author"
SLIP = 0.8  # likeness at which one long word counts as a slip of the pen: Blinkin, Lavrow


def words_of(phrase: str) -> list[str]:
    """Words of a phrase in lower case, without punctuation."""
    return re.findall(r"\w+", phrase.casefold().replace("’s", "").replace("'s", ""))


def speaker_of(typed: str, speakers: Mapping[str, tuple[str, ...]]) -> str | None:
    """Say which speaker was meant, by short name, or None where that is open.

    A speaker is meant when one of the known forms of the name stands in what was typed. Names of
    two speakers leave it open, but a form inside a longer one does not count: a deputy minister is
    no minister. A slip in one letter of a long word is forgiven.
    """
    typed_words = words_of(typed)
    found = [(s, place) for s, forms in speakers.items() for f in (s, *forms) if (place := _place(typed_words, words_of(f)))]
    meant = {s for s, place in found if not any(_within(place, other) for t, other in found if t != s)}
    if not meant:
        meant = {s for s in speakers if _nearly(typed_words, words_of(s))}
    return meant.pop() if len(meant) == 1 else None


def starts_of(run: list[str], words: list[str]) -> list[int]:
    """Where a run of words stands among others, in order and together: the positions of its first word."""
    return [i for i in range(len(words) - len(run) + 1) if words[i : i + len(run)] == run] if run else []


def _place(typed: list[str], form: list[str]) -> range | None:
    """Where a form first stands among the typed words, as a range of positions."""
    return next((range(i, i + len(form)) for i in starts_of(form, typed)), None)


def _within(place: range, other: range) -> bool:
    """Whether a longer form overlaps this one."""
    return len(other) > len(place) and max(place.start, other.start) < min(place.stop, other.stop)


def _nearly(typed: list[str], name: list[str]) -> bool:
    """Whether every word of a name stands there but for a slip in a long one."""
    return bool(name) and all(word in typed or (len(word) > 5 and difflib.get_close_matches(word, typed[:20], 1, SLIP)) for word in name)
