"""Leave the page: source cards, a quotation beside its record, verdicts as claim reviews."""

from __future__ import annotations

import csv
import json
import re
import shutil
from html.parser import HTMLParser

import pytest
from conftest import ROOT
from hypothesis import example, given
from hypothesis import strategies as st
from test_pure import HEAVY, OUTSIDE, loaded_after

from readtwice import cards, check, claim_review, compare, notebook, quotations, read, source_table, table
from readtwice.answer_cell import answers_magic
from readtwice.answers import read_answers
from readtwice.build import build, check_build
from readtwice.claim_reviews import claim_reviews
from readtwice.hand_in import mark_tasks, restore
from readtwice.keys import key_path, read_key
from readtwice.kinds import kind_of
from readtwice.quotations import ADDED, KEPT, LEFT_OUT, WORD_FOR_WORD, differences, pieces, read_records, words_in
from readtwice.schemes import read_scheme
from readtwice.sources import KINDS, OMISSION, read_sources
from readtwice.texts import read_text, text_names
from readtwice.units import master_path, read_notebook, read_unit, release_path

PACKED = [name for name in text_names() if read_sources(name)]
RECORDED = [name for name in text_names() if read_records(name)]
UNIT5 = "5-leave-the-page"
GRADED = ["russia-must-act", "parallel"]
SAYS_THE_SAME = re.compile(r"word for word|says the quoted sentence|the same words")


@pytest.fixture(autouse=True)
def fresh_notebook(monkeypatch):
    monkeypatch.setattr(notebook, "_here", notebook.Notebook())


class Elements(HTMLParser):
    """Names of the elements of a page, its attributes, and its text."""

    def __init__(self, html: str):
        super().__init__()
        self.names, self.attributes, self.words = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data):
        self.words.append(data)


# source cards


@pytest.mark.parametrize("name", PACKED)
def test_each_card_shows_all_that_the_pack_says_and_lets_nothing_be_fetched(name):
    text = read(name)
    for item in {card.item for card in read_sources(name)} - {OMISSION}:
        shown = cards(item)
        page = Elements(shown.html)
        said = "".join(page.words)
        held = [card for card in read_sources(name) if card.item == item]
        assert page.names.count("details") == page.names.count("summary") == len(held)
        for card in held:
            for part in (card.id, card.publisher, card.date, card.title, KINDS[card.kind], card.says, card.cannot_settle, card.address):
                assert part in said, (item, card.id)
                assert part in shown.plain, (item, card.id)
            assert (f"“{card.quotation}”" in said) == bool(card.quotation)
        assert text[item].text in said
        assert text.about["notice"] in said
        assert text.about["notice"] in shown.plain
        assert not {"a", "script", "img", "iframe", "link"} & set(page.names)
        assert not {"href", "src"} & set(page.attributes)


def test_a_paraphrased_source_is_never_quoted():
    read("russia-must-act")
    (card,) = (c for c in read_sources("russia-must-act") if c.id == "S41")
    assert card.use == "paraphrase"
    assert "the source is not quoted here" in cards("11.2").plain


@pytest.mark.parametrize("name", GRADED)
def test_cards_tell_no_label_no_reason_and_no_better_source(name):
    read(name)
    kind = kind_of("verdict", read_text(name))
    key = kind.key(ROOT / "solutions")
    for item, row in key.rows.items():
        shown = cards(item)
        assert row.reason not in "".join(Elements(shown.html).words)
        heads = re.findall(r"<summary.*?</summary>", shown.html)
        looks = [re.sub(r"<b>\w+</b>.*", "", head) for head in heads]
        assert len(set(looks)) == 1, "every card of a sentence opens alike, whatever the key says"
        order = [card.id for card in read_sources(name) if card.item == item]
        assert re.findall(r"(?m)^  (\w+)$", shown.plain) == order


@pytest.mark.parametrize("name", [*GRADED, "harbour"])
def test_the_cards_for_the_omission_hold_more_than_the_keys_and_stand_in_the_order_of_their_names(name):
    text = read(name)
    key = kind_of("omission", text).key(ROOT / "solutions")
    shown = cards("omission")
    offered = re.findall(r"(?m)^  (\w+)$", shown.plain)
    right = {key.rows["card"].label, *key.rows["card"].accept}
    assert right < set(offered)
    assert set(key.rows["card"].near) <= set(offered)
    assert 2 * len(right) <= len(offered)
    assert offered == sorted(offered, key=lambda source: (len(source), source))
    assert key.rows["card"].reason not in "".join(Elements(shown.html).words)
    assert not re.search(r"(?m)^  \w+ .*\d\.\d", shown.plain), "no card says which sentence it is about"


@pytest.mark.parametrize("name", [*GRADED, "harbour"])
def test_a_card_on_offer_that_earns_nothing_says_what_a_card_on_a_sentence_says(name):
    """So it is about something that the text tells, or that came later, and no omission by itself."""
    key = kind_of("omission", read_text(name)).key(ROOT / "solutions").rows["card"]
    pack = read_sources(name)
    on_sentences = {(card.id, card.says) for card in pack if card.item != OMISSION}
    others = [c for c in pack if c.item == OMISSION and c.id not in {key.label, *key.accept, *key.near}]
    assert len(others) >= 5
    assert [c.id for c in others if (c.id, c.says) not in on_sentences] == []


def test_several_sentences_are_shown_in_the_order_asked_and_numbers_without_quotes_are_understood():
    read("harbour")
    shown = cards("9.1", 4.3, " 4.3 ").plain
    assert shown.index("9.1 The engineer") < shown.index("4.3 But no family")
    assert shown.count("4.3 But no family") == 1


def test_an_unknown_sentence_one_without_cards_and_none_at_all_are_told_in_a_sentence():
    assert "has not opened its text" in cards("1.1").plain
    read("harbour")
    assert "There is no sentence “99.9”." in cards("99.9").plain
    assert "There is no card on 1.2." in cards("1.2").plain
    assert "Say which sentence" in cards().plain
    mixed = cards("1.2", "1.1").plain
    assert "There is no card on 1.2." in mixed
    assert "It says" in mixed


def test_a_text_without_a_source_pack_says_so():
    (name,) = [name for name in text_names() if not read_sources(name)][:1]
    read(name)
    assert cards("1.1").plain == "This text has no source cards."
    assert "no source cards" in compare("1.1", "S01").plain
    assert source_table().empty


@example("O")  # what cards on the whole text are filed under
@given(st.text())
def test_no_item_breaks_a_cell_and_all_of_it_is_escaped(item):
    notebook._here.text = "harbour"
    for shown in (cards(item), compare(item, item), claim_review(item)):
        assert shown.plain
        assert not {"script", "img"} & set(Elements(shown.html).names)


# a quotation beside its record

WORDS = st.lists(st.sampled_from(["the", "quay", "is", "old,", "and", "our", "—", "boats", "wait"]), max_size=12).map(" ".join)


@given(WORDS, WORDS)
def test_kept_and_added_words_are_the_quotation_and_kept_and_left_out_ones_the_record(quoted, recorded):
    found = differences(quoted, recorded)
    ours = " ".join(words for how, words in found if how in (KEPT, ADDED))
    theirs = " ".join(words for how, words in found if how in (KEPT, LEFT_OUT))
    assert bare(ours) == bare(quoted)
    assert bare(theirs) == bare(recorded)


@given(WORDS)
def test_a_quotation_word_for_word_is_kept_whole(quoted):
    assert {how for how, _ in differences(quoted, quoted.upper())} <= {KEPT}


def bare(passage: str) -> list[str]:
    return [re.sub(r"\W", "", word).casefold() for word in words_in(passage)]


def test_words_keep_the_lone_signs_behind_them():
    assert words_in("no trade space there – none …") == ["no", "trade", "space", "there –", "none …"]


@pytest.mark.parametrize("name", RECORDED)
def test_a_record_holds_only_words_that_the_text_and_the_pack_have(name):
    text = read_text(name)
    for record in read_records(name):
        assert record.quoted in text[record.item].text, record.item
        held = [card for card in read_sources(name) if card.id == record.source]
        quotable = [card.quotation for card in held if card.use == "quote"]
        words = [record.before, record.after] + [record.same] * (record.same != WORD_FOR_WORD)
        for part in filter(None, words):
            assert any(part.strip("… ") in quotation for quotation in quotable), part
        if record.same == WORD_FOR_WORD:
            assert any(card.item == record.item and SAYS_THE_SAME.search(card.says) for card in held), record.item


@pytest.mark.parametrize("name", GRADED)
def test_no_comparison_gives_an_asked_verdict_away(name):
    with (ROOT / "solutions" / "keys" / name / "asked.csv").open(encoding="utf-8", newline="") as file:
        asked = {row["item"] for row in csv.DictReader(file) if row["layer"] == "verdict"}
    assert {record.item for record in read_records(name)} & asked == set()


@pytest.mark.parametrize("name", RECORDED)
def test_a_comparison_says_in_words_what_the_picture_shows(name):
    text = read(name)
    for record in read_records(name):
        shown = compare(record.item, record.source.lower())
        page = Elements(shown.html)
        said = " ".join(" ".join(page.words).split())
        for how, words in pieces(record):
            assert " ".join(words.split()) in said
            assert how == KEPT or f"[{how}: {words}]" in shown.plain
            assert how == KEPT or said.count(f"{how} {words}") == 1, "no change stands in the picture without its name"
        assert text.about["notice"] in said
        assert text.about["notice"] in shown.plain
        assert not {"a", "script", "img"} & set(page.names)


def test_what_was_cut_changed_and_kept_is_counted():
    read("harbour")
    assert "kept 15, added 0, left out 0, cut after 20" in compare(4.3, "K1").plain
    assert "[left out: the] [added: our]" in compare("9.1", "K8").plain
    assert "cut before 0, kept 18, added 0, left out 0, cut after 0" in compare("4.2", "K1").plain
    assert "holds no second copy" in compare("4.3", "K1").plain
    assert "holds no second copy" not in compare("9.1", "K8").plain
    assert "cut after 7" in compare("14.1", "K12").plain
    assert "takes a berth away from any of the boats" in compare("4.2", "K1").plain, "the card that has these words"


def test_words_of_which_the_pack_has_a_part_are_counted_as_at_least():
    read("russia-must-act")
    shown = compare("2.1", "S01").plain
    assert "cut before at least 9" in shown
    assert "The dots stand for words of the record that are not in the pack." in shown


def test_a_comparison_that_the_pack_cannot_make_names_those_that_it_can():
    assert "has not opened its text" in compare("1.1", "K1").plain
    read("harbour")
    shown = compare("1.1", "K1").plain
    assert "no words to lay beside 1.1 from K1" in shown
    assert "9.1 with K8" in shown


def test_a_table_of_records_with_other_columns_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(quotations, "TEXTS", tmp_path)
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange" / "records.csv").write_text("item,source\n1.1,S01\n", encoding="utf-8")
    with pytest.raises(ValueError, match="columns must be item, source, quoted"):
        read_records("strange")


# claim reviews


def reviews_of(name: str, source: str) -> list[dict]:
    text = read_text(name)
    return claim_reviews(read_answers(source, read_scheme("verdict"), text), text, read_sources(name))


def test_a_claim_review_has_the_properties_of_schema_org():
    (review,) = reviews_of("russia-must-act", "20.1: inaccurate | S52")
    assert review["@context"] == "https://schema.org"
    assert review["@type"] == "ClaimReview"
    assert review["claimReviewed"] == read_text("russia-must-act")["20.1"].text
    assert review["author"] == {"@type": "Person", "name": "a student's review"}
    appearance = review["itemReviewed"]["appearance"]
    assert review["itemReviewed"]["@type"] == "Claim"
    assert appearance["url"] == read_text("russia-must-act").about["address"]
    assert appearance["datePublished"] == "2022-01-25"
    assert "author" not in appearance, "the page names no author"
    assert review["reviewRating"] == {
        "@type": "Rating",
        "alternateName": "inaccurate",
        "ratingValue": 1,
        "bestRating": 3,
        "worstRating": 1,
    }
    assert review["citation"]["name"].startswith("Baltic states get approval")
    assert "url" not in review, "the review itself has no address"


@pytest.mark.parametrize("label", read_scheme("verdict").names)
def test_a_number_stands_only_where_the_label_says_how_true_a_sentence_is(label):
    (review,) = reviews_of("harbour", f"4.3: {label} | K1")
    rating = review["reviewRating"]
    assert rating["alternateName"] == label
    numbers = {"ratingValue", "bestRating", "worstRating"} & set(rating)
    assert len(numbers) == (0 if label in ("open", "later") else 3)
    if numbers:
        assert rating["worstRating"] <= rating["ratingValue"] <= rating["bestRating"]


def test_better_verdicts_have_higher_numbers():
    values = [
        reviews_of("harbour", f"4.3: {label} | K1")[0]["reviewRating"]["ratingValue"] for label in ("inaccurate", "context", "accurate")
    ]
    assert values == sorted(set(values))


def test_an_invented_text_has_its_author_and_no_address():
    (review,) = reviews_of("harbour", "5.1: inaccurate | text")
    assert review["itemReviewed"]["appearance"]["author"]["name"] == read_text("harbour").about["author"]
    assert "url" not in json.dumps(review)
    assert "citation" not in review


def test_given_and_open_verdicts_are_left_out_and_an_unknown_source_is_not_cited():
    assert reviews_of("harbour", "= 1.1: accurate | K1\n3.2:\n") == []
    (review,) = reviews_of("harbour", "3.2: open | K99 <script>")
    assert "citation" not in review


def test_the_cell_shows_json_that_can_be_read_back():
    read("harbour")
    assert "%%answers verdict" in claim_review().plain
    answers_magic("verdict", "3.2: open | k3\n7.2: later | K6")
    assert "%%answers verdict" not in claim_review().plain
    shown = claim_review("verdict")
    written = shown.plain.rpartition("\n")[0]
    assert [review["reviewRating"]["alternateName"] for review in json.loads(written)] == ["open", "later"]
    assert json.loads("".join(Elements(shown.html[: shown.html.index("</pre>")]).words)) == json.loads(written)
    assert "holds verdicts" in claim_review("voice").plain
    answers_magic("verdict", "3.2:")
    assert "no verdict of your own yet" in claim_review().plain


# the table of cards, and the lesson's own figures


@pytest.mark.parametrize("name", [*GRADED, "harbour"])
def test_every_source_that_a_key_names_is_found_by_a_merge(name):
    text = read(name)
    key = read_key(key_path(text, "verdict", ROOT / "solutions"), read_scheme("verdict"), text)
    answers_magic("verdict", "\n".join(f"{item}: {row.label} | {row.detail}" for item, row in key.rows.items()))
    both = table("verdict").merge(source_table(), on=["item", "source"])
    assert list(both["item"]) == list(key.rows)
    assert set(both["kind"]) <= {*KINDS, "text"}


def test_the_table_has_a_row_for_each_card_on_a_sentence():
    read("harbour")
    held = source_table()
    pack = [card for card in read_sources("harbour") if card.item != OMISSION]
    assert len(held[held["source"] != "text"]) == len(pack)
    assert list(held.columns) == ["item", "source", "kind", "who", "when", "title", "says"]
    assert not held["who"].str.contains(read_text("harbour").about["outlet"]).any()


def test_the_lesson_counts_rightly_how_much_holds():
    import pandas

    read("harbour")
    key = table("verdict", whose="key").merge(table("statement", whose="key"), on="item", suffixes=("_verdict", "_statement"))
    counts = pandas.crosstab(key["label_statement"], key["label_verdict"]).loc["checkable"]
    assert counts.sum() == 8
    assert (counts["accurate"], counts["context"], counts["inaccurate"], counts["open"]) == (2, 3, 2, 1)
    lesson = (ROOT / "lessons" / "5-leave-the-page.ipynb").read_text(encoding="utf-8")
    assert "Of eight checkable sentences two are `accurate`, and three are right as far as they go." in lesson


@pytest.mark.parametrize("name", GRADED)
def test_most_checkable_sentences_of_a_graded_text_hold_or_lack_context(name):
    rows = kind_of("verdict", read_text(name)).key(ROOT / "solutions").rows.values()
    checked = [row.label for row in rows if row.label != "later"]
    assert sum(label in ("accurate", "context") for label in checked) > len(checked) / 2


def test_the_omission_of_the_practice_text_is_explained_at_once():
    read("harbour")
    answers_magic("omission", "card: K14\nsentence: 3.2")
    shown = check("omission").plain
    assert "card: you said K14; the key says K15." in shown
    assert "sentence: 3.2 is right." in shown
    key = kind_of("omission", read_text("harbour")).key(None)
    sentences = " ".join(read_text("harbour")[item].text for item in (key.rows["sentence"].label, *key.rows["sentence"].accept))
    assert [bit for bit in re.findall(r'"([^"]+)"', key.rows["card"].reason) if bit not in sentences] == []


def test_a_verdict_that_the_text_settles_is_shown_in_the_lesson_as_the_key_has_it():
    key = kind_of("verdict", read_text("harbour")).key(None)
    assert (key.rows["5.1"].label, key.rows["5.1"].detail) == ("inaccurate", "text")


@pytest.mark.parametrize("module", ["source_cards", "quotations", "claim_reviews", "leave_page"])
def test_the_modules_load_nothing_heavy(module):
    assert loaded_after(f"import readtwice.{module}", tuple({*HEAVY, *OUTSIDE})) == set()


# the unit as a whole


@pytest.mark.slow
@pytest.mark.parametrize("name", GRADED)
def test_the_master_earns_all_points_and_the_untouched_exercise_none_and_kindly(name, course):
    for path in [*(course / "solutions").glob("[!k5]*"), *(course / "exercises").glob("[!5]*")]:
        shutil.rmtree(path)  # one unit is quicker to build than all
    build(course, name)
    assert check_build(course) == []
    unit = read_unit(course, UNIT5)
    assert (sum(task.points for task in unit.tasks), sum(unit.written.values())) == (7, 3)
    master, exercise = read_notebook(master_path(course, UNIT5)), read_notebook(release_path(course, UNIT5))
    assert {layer: marks.score for layer, marks in mark_tasks(restore(master, unit.release), unit).items()} == {"verdict": 1, "omission": 1}
    assert {marks.score for marks in mark_tasks(restore(exercise, unit.release), unit).values()} == {0}
    words = " ".join(c["source"] for c in exercise["cells"])
    other = {"russia-must-act": ("Quernby", "Brayfold"), "parallel": ("RUSSTRAT", "Ukraine")}[name]
    assert [word for word in other if word in words] == []


@pytest.mark.parametrize("path", ["lessons/5-leave-the-page.ipynb", "exercises/5-leave-the-page/5-leave-the-page.ipynb"])
def test_nothing_before_the_cut_needs_what_comes_after_it(path):
    """Every code cell above the cut runs without those below it."""
    names: dict[str, object] = {}
    for c in read_notebook(ROOT / path)["cells"]:
        if c["cell_type"] == "code":
            first, _, rest = c["source"].partition("\n")
            if header := re.fullmatch(r"%%answers (\w+)", first):
                answers_magic(header[1], rest)
            else:
                exec(c["source"], names)
        elif "**The 20-minute cut ends here.**" in c["source"]:
            break
    else:
        raise AssertionError("there is no cut")
    assert ("verdict", names["text"].name) in notebook._here.sources


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1250])
def test_cards_and_comparisons_work_by_keyboard_print_open_and_pass_axe(width, visit, tmp_path):
    from browsing import faults  # Playwright is there for the browser tests alone

    read("russia-must-act")
    page = tmp_path / "page.html"
    shown = [cards("8.2", "21.1"), cards("omission"), compare("2.1", "S01")]
    body = "".join(f"<section>{one.html}</section>" for one in shown)
    head = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cards</title></head>'
    page.write_text(f"{head}<body><main><h1>Cards</h1>{body}</main></body></html>", encoding="utf-8")
    with visit(page.as_uri(), width) as seen:
        first = seen.page.locator("details").first
        inside = first.locator("dl")
        assert not inside.is_visible()
        seen.page.keyboard.press("Tab")
        seen.page.keyboard.press("Enter")
        assert inside.is_visible()
        seen.page.keyboard.press("Space")
        assert not inside.is_visible()
        seen.page.emulate_media(media="print")
        every = "lists => lists.every(list => list.checkVisibility({ contentVisibilityAuto: true }) && list.offsetHeight > 40)"
        assert seen.page.locator("details dl").evaluate_all(every)
        seen.page.emulate_media(media="screen")
        seen.page.locator("details").evaluate_all("cards => cards.forEach(card => card.open = true)")
        assert faults(seen.page) == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.away == []
