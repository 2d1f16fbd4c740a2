"""Details: whether the second half of an answer is right, by the rule of its layer."""

from __future__ import annotations

import re

from readtwice.speakers import starts_of, words_of

TRIGGERS, WHO_WHAT_WHEN = "trigger words", "slots"
SLOTS = ("who", "what", "when")
NOT_STATED = "not stated"
_ENOUGH = 0.5  # likeness at which two phrases say the same: half of all their words are shared
_FILLERS = {"a", "an", "the", "to", "of", "and", "its", "their", "his", "her", "our", "us", "now"}


def detail_credit(kind: str, said: str, right: str, also: tuple[str, ...], sentence: str) -> float:
    """Credit from 0 to 1 for what a student wrote as the detail of a rightly labelled item.

    `kind` is the layer's detail; `right` and `also` are the key's. A speaker, a trace, a gap or a
    source is right or not. Trigger words must stand in the sentence and share at least half their
    words with a phrase of the key; where the key has none for this label, any that stand there do.
    Each of the three slots of a call counts a third.
    """
    if kind == TRIGGERS:
        return _trigger_credit(said, (right, *also), sentence)
    if kind == WHO_WHAT_WHEN:
        return len(slots_right(said, right, also)) / len(SLOTS)
    return float(any(words_of(said) == words_of(form) for form in (right, *also) if form))


def stands_in(words: str, sentence: str) -> bool:
    """Whether words stand in a sentence, in order and together, whatever the case and the punctuation."""
    return bool(starts_of(words_of(words), words_of(sentence)))


def likeness(one: str, other: str) -> float:
    """Share of words that two phrases have in common, from 0 to 1 (Dice 1945): twice the shared over all of both."""
    first, second = (sorted(words_of(phrase)) for phrase in (one, other))
    if not first or not second:
        return 0.0
    rest, shared = list(second), 0
    for word in first:
        if word in rest:
            rest.remove(word)
            shared += 1
    return 2 * shared / (len(first) + len(second))


def copied_from(said: str, sentence: str) -> bool:
    """Whether there are words, and each piece of them stands in the sentence; pieces are set apart by a semicolon, a slash or dots."""
    copied = _pieces(said)
    return bool(copied) and all(stands_in(part, sentence) for part in copied)


def _pieces(said: str) -> list[str]:
    return [part for part in re.split(r"[;/…]|\.\.\.", said) if part.strip()]


def _trigger_credit(said: str, triggers: tuple[str, ...], sentence: str) -> float:
    copied = _pieces(said)
    if not copied_from(said, sentence):
        return 0.0
    known = [trigger for trigger in triggers if trigger]
    return float(not known or any(likeness(part, trigger) >= _ENOUGH for part in copied for trigger in known))


def slots_right(said: str, right: str, also: tuple[str, ...]) -> list[str]:
    """Which of who, what and when say the same as the key's, or as another right answer."""
    given = [*(part.strip() for part in said.split("|")), *[""] * len(SLOTS)][: len(SLOTS)]
    if given[0] and given[1] and not given[2]:
        given[2] = NOT_STATED  # whoever names who and what, and no time, has said that none is stated
    found = []
    for slot, words, answer in zip(SLOTS, [part.strip() for part in right.split("|")], given, strict=False):
        others = [form.partition(":")[2].strip() for form in also if form.partition(":")[0].strip() == slot]
        if any(_same_slot(slot, answer, form) for form in (words, *others)):
            found.append(slot)
    return found


def _same_slot(slot: str, answer: str, form: str) -> bool:
    if slot == "when" and form == NOT_STATED:
        return words_of(answer) in (words_of(NOT_STATED), ["none"], ["no", "time"])
    return _content(answer) == _content(form) or likeness(answer, form) >= _ENOUGH


def _content(phrase: str) -> list[str]:
    """Words of a phrase without articles and other fillers, in order."""
    words = words_of(phrase)
    return [word for word in words if word not in _FILLERS] or words
