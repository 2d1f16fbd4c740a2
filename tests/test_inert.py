"""What a student wrote, made inert: the same words, and nothing that a page, Markdown or a formula reader could act on."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters import markdown2html
from pages import Page

from readtwice.hand_in import inert, written_text

TRICKS = (
    "<script>alert(1)</script>",
    "</pre><img src=x onerror=alert(1)>",
    "![x](javascript:alert(1)) [a](javascript:1) attachment:a.png",
    "$$\\href{javascript:alert(1)}{y}$$ \\(x\\) \\begin{align}",
    "\n\n# head\n\n- one\n\n---\n\n| a |\n|---|\n",
    "```\n~~~\n    code",
    "&lt;b&gt; &#60; &amp",
    "<!-- <pre> <style> ]]>",
)
printable = st.text().map(lambda s: "".join(c for c in s if c in "\n\t" or c.isprintable()))
written = st.lists(st.one_of(printable, st.sampled_from(TRICKS))).map("".join)


@given(written)
def test_inert_text_reads_back_as_it_was_written(text):
    assert written_text(inert(text)) == text


@given(written)
def test_inert_text_holds_no_sign_that_a_page_markdown_or_formulas_know(text):
    inside = re.fullmatch(r"<pre [^<>]*>(.*)</pre>", inert(text))[1]
    assert not set(inside) & set("<>$\\`*[](){}_\"'|!~")


@settings(deadline=None)
@given(written)
def test_inert_text_passes_through_markdown_as_one_element_with_the_same_words(text):
    page = Page(markdown2html(inert(text)))
    assert [tag for tag, _ in page.found] == ["pre"]
    assert page.attributes == {"class", "style"}
    assert page.words.get("pre", "") == text


def test_words_with_any_kind_of_space_or_line_end_between_them_stay_apart():
    """Editors and French typing put in spaces that cannot be told from the plain one."""
    spaces = [c for c in map(chr, range(0x10000)) if unicodedata.category(c) in ("Zs", "Zl", "Zp")] + ["\r", "\r\n"]
    glued = [ascii(space) for space in spaces if written_text(inert(f"the{space}bridge")).split() != ["the", "bridge"]]
    assert glued == []


def test_signs_without_a_look_of_their_own_are_left_out():
    assert written_text(inert("a\x00b\x1b[31m\u202ec\ud800")) == "ab[31mc"


def test_a_text_that_looks_inert_already_is_made_inert_once_more():
    forged = inert("x").replace("x", "&lt;script&gt;")
    assert written_text(inert(forged)) == forged
