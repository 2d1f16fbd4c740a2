"""Claim reviews: a reader's own verdicts as records that a search engine could read."""

from __future__ import annotations

from typing import Any

from readtwice.answers import Answers
from readtwice.keys import ITSELF
from readtwice.sources import Card
from readtwice.texts import Text

REVIEWER = "a student's review"
VALUES = {"inaccurate": 1, "context": 2, "accurate": 3}


def claim_reviews(answers: Answers, text: Text, cards: tuple[Card, ...]) -> list[dict[str, Any]]:
    """One ClaimReview (schema.org/ClaimReview) for each verdict that the reader gave, in the order of the text.

    `claimReviewed` is the sentence, `itemReviewed` the claim with the work in which it appears, and
    `reviewRating` has the label as `alternateName`. Three labels also have a number on a scale from 1
    to 3 (inaccurate, context, accurate). `open` and `later` say nothing about how true a sentence is, so
    they have the name alone: schema.org/Rating asks for no number, and any number would be read on a
    scale, whose ends are 1 and 5 where none are given. An author of the text, an address and a date
    stand there only if they are known; the reviewer has no name, and the review no address.
    """
    return [_review(s.item, s.text, answers, text, cards) for s in text.sentences if _own(answers, s.item)]


def _own(answers: Answers, item: str) -> bool:
    answer = answers.rows.get(item)
    return bool(answer and answer.label and not answer.given)


def _review(item: str, sentence: str, answers: Answers, text: Text, cards: tuple[Card, ...]) -> dict[str, Any]:
    answer = answers.rows[item]
    review = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "claimReviewed": sentence,
        "itemReviewed": {"@type": "Claim", "appearance": _appearance(text)},
        "reviewRating": _rating(answer.label),
        "author": {"@type": "Person", "name": REVIEWER},
    }
    source = _citation(item, answer.detail, cards)
    return review | {"citation": source} if source else review


def _rating(label: str) -> dict[str, Any]:
    rating: dict[str, Any] = {"@type": "Rating", "alternateName": label}
    if label in VALUES:
        rating |= {"ratingValue": VALUES[label], "bestRating": max(VALUES.values()), "worstRating": min(VALUES.values())}
    return rating


def _appearance(text: Text) -> dict[str, Any]:
    about = text.about
    author = about.get("author", "")
    known = {
        "headline": text.title,
        "publisher": {"@type": "Organization", "name": about["outlet"]} if about.get("outlet") else None,
        "datePublished": about.get("published"),
        "url": about.get("address"),
        "author": {"@type": "Person", "name": author} if author and not author.startswith("none") else None,
    }
    return {"@type": "OpinionNewsArticle"} | {name: value for name, value in known.items() if value}


def _citation(item: str, detail: str, cards: tuple[Card, ...]) -> dict[str, Any] | None:
    """The card that a verdict rests on, as a work; None for the text itself or a card that does not exist."""
    said = detail.strip().casefold().rstrip(".")
    if said == ITSELF:
        return None
    for card in cards:
        if card.item == item and card.id.casefold() == said:
            work = {"@type": "CreativeWork", "name": card.title, "publisher": {"@type": "Organization", "name": card.publisher}}
            return work | ({"url": card.address} if card.address else {})
    return None
