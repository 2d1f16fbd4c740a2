"""The marked text: readable without colour, without script, and with nothing of a student's as live HTML."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import escape
from html.parser import HTMLParser

import pytest

from readtwice.answers import Answer, Answers, read_answers
from readtwice.keys import Key
from readtwice.marked_text import NOTICE_EVERY, marked_text, plain_text, text_with_tags
from readtwice.schemes import Scheme
from readtwice.texts import Sentence, Text

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)> & \"Blinken\""
SAFE_TAGS = {"div", "p", "span", "b", "i"}


class Page(HTMLParser):
    """The visible text of a page, and the tags and attributes that are really there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said, self.tags, self.attributes = "", [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.said += data


@pytest.fixture(scope="session")
def half(voice_key: Key, voice: Scheme, article: Text) -> Answers:
    """A third given, a third answered, a third open."""
    lines = []
    for n, row in enumerate(voice_key.rows.values()):
        said = f"{row.item}: {row.label} | {row.detail}"
        lines.append((f"= {said}", said, f"{row.item}:")[n % 3])
    return read_answers("\n".join(lines), voice, article)


def behind(page: Page, text: Text, item: str) -> str:
    """What stands between a sentence and the next one."""
    after = page.said.split(text[item].text, 1)[1]
    position = text.items.index(item) + 1
    return after.split(text.sentences[position].text, 1)[0] if position < len(text.sentences) else after[:40]


Layout = Callable[[Answers, Scheme, Text], str]
layouts = pytest.mark.parametrize("layout", [marked_text, lambda answers, scheme, text: plain_text(text)], ids=["marked", "plain"])


@layouts
def test_every_sentence_appears_once_in_order_with_its_number_before_it(
    layout: Layout, half: Answers, voice: Scheme, article: Text
) -> None:
    said = Page(layout(half, voice, article)).said
    end = 0
    for sentence in article.sentences:
        assert said.count(sentence.text) == 1
        assert said[: said.index(sentence.text)].endswith(f"{sentence.item} ")
        assert said.index(sentence.text) >= end
        end = said.index(sentence.text) + len(sentence.text)


def test_tag_and_name_detail_and_given_or_open_are_said_in_words(half: Answers, voice: Scheme, article: Text) -> None:
    page = Page(marked_text(half, voice, article))
    for item in article.items:
        said, answer = behind(page, article, item), half.rows[item]
        if answer.label:
            assert f"{voice[answer.label].tag} {answer.label}" in said
            assert answer.detail in said
        assert ("(given)" in said) == answer.given
        assert ("open" in said) == (not answer.label)


def test_the_legend_names_the_question_and_every_label(half: Answers, voice: Scheme, article: Text) -> None:
    head = Page(marked_text(half, voice, article)).said.split(article.title)[0]
    assert voice.question in head
    assert all(f"{label.tag} {label.name}" in head for label in voice.labels)


def test_no_sentence_is_coloured_without_its_label_beside_it(half: Answers, voice: Scheme, article: Text) -> None:
    html = marked_text(half, voice, article)
    for sentence in article.sentences:
        colours = re.findall(rf"background-color:(#\w+)[^>]*>{re.escape(escape(sentence.text, quote=False))}<", html)
        label = half.label(sentence.item)
        assert colours == ([voice[label].colour] if label else [])


def test_a_hostile_detail_is_shown_as_it_was_typed_and_stays_text(voice: Scheme, article: Text) -> None:
    answers = Answers("voice", {item: Answer(item, "quote", HOSTILE) for item in article.items})
    html = marked_text(answers, voice, article)
    page = Page(html)
    assert "<script" not in html
    assert set(page.tags) <= SAFE_TAGS | {f"/{tag}" for tag in SAFE_TAGS}
    assert page.said.count(HOSTILE) == len(article.items)


@layouts
def test_hostile_words_of_a_text_stay_text(layout: Layout, voice: Scheme, article: Text) -> None:
    text = replace(
        article,
        title=HOSTILE,
        sentences=(Sentence("T", 0, HOSTILE), Sentence("1.1", 1, HOSTILE)),
        about={"notice": HOSTILE, "outlet": HOSTILE},
    )
    page = Page(layout(Answers("voice", {"T": Answer("T", "author")}), voice, text))
    assert set(page.tags) <= SAFE_TAGS | {f"/{tag}" for tag in SAFE_TAGS}
    assert page.said.count(HOSTILE) == 4


@layouts
def test_the_notice_stands_after_every_five_paragraphs_and_at_the_end(layout: Layout, half: Answers, voice: Scheme, article: Text) -> None:
    said = Page(layout(half, voice, article)).said
    paragraphs = article.sentences[-1].paragraph
    notice = article.about["notice"]
    assert said.count(notice) == paragraphs // NOTICE_EVERY + 1
    assert said.endswith(notice)
    for first in range(1, paragraphs - NOTICE_EVERY + 1):
        start, end = (said.index(article[f"{n}.1"].text) for n in (first, first + NOTICE_EVERY))
        assert notice in said[start:end]


@layouts
def test_there_is_no_script_no_address_and_nothing_to_load(layout: Layout, half: Answers, voice: Scheme, article: Text) -> None:
    html = layout(half, voice, article)
    page = Page(html)
    assert set(page.tags) <= SAFE_TAGS | {f"/{tag}" for tag in SAFE_TAGS}
    assert {name for name, _ in page.attributes} <= {"style", "lang", "class"}
    assert not re.search(r"https?:|//\w|url\(|@import|javascript:", html)


@layouts
def test_every_tag_that_opens_is_closed(layout: Layout, half: Answers, voice: Scheme, article: Text) -> None:
    opened: list[str] = []
    for tag in Page(layout(half, voice, article)).tags:
        if tag.startswith("/"):
            assert opened.pop() == tag[1:]
        else:
            opened.append(tag)
    assert opened == []


def test_the_foot_says_whose_text_it_is_and_when_it_appeared(half: Answers, voice: Scheme, article: Text) -> None:
    foot = Page(marked_text(half, voice, article)).said.rsplit(article.sentences[-1].text, 1)[1]
    assert article.about["outlet"] in foot
    assert article.about["published"] in foot


def test_without_html_each_line_has_number_tag_and_sentence(half: Answers, voice: Scheme, article: Text) -> None:
    lines = text_with_tags(half, voice, article).splitlines()
    for line, sentence in zip(lines, article.sentences, strict=True):
        label = half.label(sentence.item)
        assert line.split(maxsplit=2) == [sentence.item, voice[label].tag if label else "__", sentence.text]
