"""The form by mouse and by keyboard, on a page of its own: the cell is a text area, and what it says is all there is."""

from __future__ import annotations

from collections.abc import Iterator

import browsing as web
import pytest
from browsing import Watched
from form_page import ARTICLE, Form, host, kind, sheet
from playwright.sync_api import Browser

from readtwice.form import form_data
from readtwice.schemes import layer_names
from readtwice.texts import read_text

pytestmark = pytest.mark.browser

ASKED = {
    "voice": ("1.3", "2.1", "4.1", "24.2"),
    "statement": ("1.3", "2.1", "4.1"),
    "move": ("9.1", "9.2", "11.2"),
    "call": ("11.2", "12.1", "12.2"),
    "evidence": ("3.1", "4.1", "9.1"),
    "verdict": ("8.2", "10.2", "18.1"),
    "gloss": ("g1", "g2", "g5"),
    "support": ("s1", "s2", "s5"),
    "reasons": ("4.1", "24.2"),
    "added": ("g1", "g3"),
    "omission": ("card", "sentence"),
    "form-a": tuple(f"q{n}" for n in range(1, 13)),
}
VIEWS = pytest.mark.parametrize("name", ASKED)
LABELLED = pytest.mark.parametrize("name", [name for name in ASKED if kind(name).scheme])
LOOKED_AT = ("voice", "move", "call", "gloss", "evidence", "form-a", "added")
TYPED = ("voice", "move", "call", "added")
HOSTILE = "<script>top.__pwned=1</script><img src=x onerror='top.__pwned=1'> x"

KEY_OF = {"call": ("3", "2", "1", "0"), "form-a": ("a", "b", "c", "d")}
NAMELESS = """form => [...form.querySelectorAll('button, input, select, summary, progress, [role=group], [tabindex]')]
    .filter(e => e.checkVisibility() && !(e.textContent.trim() && e.matches('button, summary')) && !e.labels?.length
        && !e.getAttribute('aria-label') && !(e.getAttribute('aria-labelledby') ?? '').split(' ').some(id => document.getElementById(id)))
    .map(e => e.outerHTML)"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CARET = "[document.activeElement.selectionStart, document.activeElement.selectionEnd]"


@pytest.fixture(scope="module")
def seen(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with host(browser, tmp_path_factory.mktemp("form")) as seen:
        yield seen


@pytest.fixture
def form(seen: Watched) -> Iterator[Form]:
    """A fresh page with a form on it, on which nothing may go wrong in silence."""
    errors: list[str] = []
    seen.page.set_viewport_size({"width": 1250, "height": 1000})
    seen.page.reload()
    seen.page.on("pageerror", note := lambda error: errors.append(str(error)))
    yield Form(seen.page)
    seen.page.remove_listener("pageerror", note)
    seen.nothing_ran()
    assert (errors, seen.away) == ([], [])


def shown(form: Form, name: str, *more: str, most: int = 99) -> Form:
    """The form of that kind of answers, with its sheet and these lines below it."""
    return form.show(name, "\n".join([sheet(kind(name), ASKED[name]), *more]), most)


def keys_of(name: str) -> tuple[str, ...]:
    names = kind(name).scheme.names
    return KEY_OF.get(name, tuple(str(n) for n in range(1, len(names) + 1)))


# By keyboard and by mouse


@LABELLED
def test_each_key_chooses_its_label(form: Form, name: str) -> None:
    shown(form, name).at(ASKED[name][1])
    for key, label in zip(keys_of(name), kind(name).scheme.names, strict=True):
        form.press(key)
        assert form.line(ASKED[name][1]) == f"{ASKED[name][1]}: {label}"
        assert form.said.startswith(f"{ASKED[name][1]}: {label}. 1 of {len(ASKED[name])}")
    form.press("Backspace")
    assert form.source == sheet(kind(name), ASKED[name])
    assert "open again" in form.said


def test_the_upper_row_of_a_french_keyboard_chooses_labels_with_and_without_shift(form: Form) -> None:
    shown(form, "voice").at("2.1")
    press = "key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...key }))"
    form.page.evaluate(press, {"key": "é", "code": "Digit2"})
    assert form.line("2.1") == "2.1: quote"
    form.page.evaluate(press, {"key": "3", "code": "Digit3", "shiftKey": True})
    assert form.line("2.1") == "2.1: mixed"
    form.page.evaluate(press, {"key": "!", "code": "Digit1", "shiftKey": True})
    assert form.line("2.1") == "2.1: mixed"


@VIEWS
def test_arrows_home_and_end_move_and_the_notebook_gets_the_keyboard_back(form: Form, name: str) -> None:
    first, second, last = ASKED[name][0], ASKED[name][1], ASKED[name][-1]
    shown(form, name).at(first)
    keys = ("ArrowDown", "ArrowLeft", "ArrowUp", "End", "ArrowRight", "Home", "Escape")
    assert [form.press(key).here for key in keys] == [second, first, first, last, last, first, "textarea"]


@LABELLED
def test_a_label_is_chosen_and_taken_back_with_the_mouse(form: Form, name: str) -> None:
    item, label = ASKED[name][0], kind(name).scheme.names[1]
    shown(form, name)
    if form.item(item).locator(".rt-labels").count():
        button = form.item(item).locator(".rt-label").nth(1)
        button.click()
        assert button.get_attribute("aria-pressed") == "true"
    else:
        form.field(item, "label").select_option(label)
    assert form.line(item) == f"{item}: {label}"
    if form.item(item).locator(".rt-labels").count():
        button.click()
        assert button.get_attribute("aria-pressed") == "false"
    else:
        form.field(item, "label").select_option("")
    assert form.line(item) == f"{item}:"


@VIEWS
def test_one_item_at_a_time_has_the_tab_key_and_nothing_holds_it(form: Form, name: str) -> None:
    shown(form, name)
    form.cell.focus()
    seen = []
    while form.press("Tab").root.locator(":focus").count():
        seen.append(form.here)
        assert len(seen) < 40
    assert [place for place in seen if place in ASKED[name]] == [ASKED[name][0]]
    while form.press("Shift+Tab").here != "textarea":
        seen.append(form.here)
        assert len(seen) < 80


def test_tab_steps_do_not_grow_with_the_answers_in_a_text(form: Form) -> None:
    shown(form, "voice").at("1.3").press("2", "ArrowDown", "2", "ArrowDown", "2", "Shift+Tab")
    steps = 0
    while form.press("Tab").root.locator(":focus").count():
        steps += 1
    assert steps == 1 + 5 + 2  # the item, its labels, the speaker and the objection


def test_n_goes_to_the_next_open_item_and_round(form: Form) -> None:
    shown(form, "statement").at("2.1").press("1", "n")
    assert form.here == "4.1"
    assert form.press("n").here == "1.3"
    assert form.press("1", "n", "1", "n").here == "4.1"
    assert form.said == "3 of 3 sentences answered."
    assert form.count == "All 3 answered"


def test_o_shows_only_what_is_open_and_keeps_the_keyboard_in_sight(form: Form) -> None:
    shown(form, "statement").at("2.1").press("1", "o")
    assert form.here == "4.1"
    assert [form.item(item).is_visible() for item in ASKED["statement"]] == [True, False, True]
    assert form.root.get_by_role("button", name="Only open ones").get_attribute("aria-pressed") == "true"
    assert not form.root.get_by_text("(given)").first.is_visible()
    form.press("1", "ArrowUp", "1", "o", "o")
    assert form.here == "button"
    assert form.press("o").item("2.1").is_visible()


def test_n_finds_what_is_open_again_where_only_open_ones_are_shown(form: Form) -> None:
    shown(form, "statement").at("2.1").press("1", "o")
    form.source = form.source.replace("\n2.1: policy", "\n2.1:")
    assert form.press("n", "n").here == "2.1"
    assert form.item("2.1").is_visible()


def test_u_takes_the_last_step_back_and_says_so(form: Form) -> None:
    shown(form, "statement").at("2.1").press("1", "2", "2", "u")
    assert form.line("2.1") == "2.1: policy"
    assert form.said == "Undone. 2.1: policy. 1 of 3 sentences answered."
    assert (form.here, form.label("2.1", "policy").get_attribute("aria-pressed")) == ("2.1", "true")
    form.press("Control+z", "Control+s")
    assert form.said == "Undone. 2.1 is open again. 0 of 3 sentences answered."
    assert (form.line("2.1"), form.page.evaluate("cells[0].saved")) == ("2.1:", 1)
    form.press("Control+Shift+z")
    assert form.said == "Done again. 2.1: policy. 1 of 3 sentences answered."
    form.press("Control+y")
    assert (form.said, form.line("2.1")) == ("Done again. 2.1: prediction. 1 of 3 sentences answered.", "2.1: prediction")
    form.press("Control+y")
    assert form.said == "There is nothing to redo."
    form.press("u", "u", "u")
    assert (form.said, form.line("2.1")) == ("There is nothing to undo.", "2.1:")


def test_what_is_undone_is_seen_where_only_open_ones_are_shown(form: Form) -> None:
    shown(form, "statement").at("2.1").press("1", "o")
    assert not form.item("2.1").is_visible()
    form.press("u")
    assert form.item("2.1").is_visible()
    form.source = form.source.replace("\n2.1:", "\n2.1: value").replace("\n4.1:", "\n4.1: value")
    assert form.item("2.1").is_visible(), "what is shown does not slip away"


def test_undoing_much_at_once_is_told_as_a_number(form: Form) -> None:
    shown(form, "voice")
    form.page.evaluate("cells[0].change([{ start: 0, end: cells[0].source.length, text: '' }])")
    assert form.at("2.1").press("u").said == "Undone. 57 sentences changed. 0 of 4 sentences answered."


def test_a_double_click_is_one_click(form: Form) -> None:
    shown(form, "voice").label("2.1", "quote").dblclick()
    assert form.line("2.1") == "2.1: quote"
    form.item("2.1").get_by_role("button", name="I disagree").dblclick()
    assert form.field("2.1", "I disagree, because").is_visible()
    form.root.get_by_role("button", name="Tests and examples").dblclick()
    assert form.root.locator(".rt-help").is_visible()
    form.root.get_by_role("button", name="Only open ones").dblclick()
    assert not form.item("2.1").is_visible()
    form.label("4.1", "report").click()
    form.root.get_by_role("button", name="Undo").dblclick()
    assert (form.line("4.1"), form.line("2.1")) == ("4.1:", "2.1:")


def test_a_question_mark_opens_the_tests_where_the_keyboard_is(form: Form) -> None:
    shown(form, "statement").at("2.1").press("?")
    help = form.root.locator(".rt-help")
    assert kind("statement").scheme["value"].test in help.inner_text()
    assert help.evaluate("help => help.previousElementSibling.dataset.id") == form.here == "2.1"
    form.press("ArrowDown")
    assert help.evaluate("help => help.previousElementSibling.dataset.id") == "4.1"
    form.press("Escape")
    assert (help.count(), form.here) == (0, "4.1")


def test_the_open_tests_do_not_slip_away_under_the_mouse(form: Form) -> None:
    form.page.set_viewport_size({"width": 1250, "height": 5000})  # so that no scrolling makes up for what moves
    shown(form, "statement").root.get_by_role("button", name="Tests and examples").click()
    form.label("2.1", "value").click()
    assert form.line("2.1") == "2.1: value"


def test_the_form_of_a_test_shows_all_options_and_no_help(form: Form) -> None:
    shown(form, "form-a")
    assert form.item("q1").locator(".rt-label").count() == 4
    assert "because" in form.item("q1").locator(".rt-label").first.inner_text()
    assert form.root.get_by_role("button", name="Tests").count() == 0
    assert form.at("q1").press("?").root.locator(".rt-help").count() == 0


@pytest.mark.parametrize("name", TYPED)
def test_letters_in_a_field_are_never_commands(form: Form, name: str) -> None:
    item = ASKED[name][0]
    shown(form, name).at(item)
    if kind(name).scheme:
        form.press(keys_of(name)[1])
    before = form.line(item)
    form.press("Enter").type("no w1? u2o")
    assert form.line(item).startswith(before)
    assert form.line(item).endswith("no w1? u2o")
    assert form.root.locator(".rt-help, .rt-picker").count() == 0
    assert form.press("Home", "ArrowRight", "Backspace").line(item).endswith(" o w1? u2o")
    assert form.press("Escape").here == item


# The second half of an answer


NUMBERS = "%%answers shares\nshare of author:\nshare of Blinken:\nshare of Lavrov: a lot"


def test_numbers_are_typed_into_fields_of_their_own_names(form: Form) -> None:
    form.show("shares", NUMBERS)
    assert form.count == "0 of 3"
    assert "“a lot” is not one number" in form.problems[0]
    form.at("share of author").press("Enter").type("0,57").press("Tab").type("31 %")
    assert form.source.split("\n")[1:3] == ["share of author: 0,57", "share of Blinken: 31 %"]
    assert form.count == "2 of 3"
    form.field("share of Lavrov", "number").fill("0.12")
    assert form.line("share of Lavrov") == "share of Lavrov: 0.12"
    assert form.problems == []


def test_a_number_that_cannot_be_read_is_kept_and_told(form: Form) -> None:
    form.show("shares", NUMBERS).field("share of author", "number").fill("more than half")
    assert form.line("share of author") == "share of author: more than half"
    assert form.count == "0 of 3"
    assert any("more than half" in problem for problem in form.problems)
    field = form.field("share of author", "number")
    described = "e => document.getElementById(e.getAttribute('aria-describedby')).textContent"
    assert (field.get_attribute("aria-invalid"), "is not one number" in field.evaluate(described)) == ("true", True)
    field.fill("0.6")
    assert (field.get_attribute("aria-invalid"), field.evaluate(described)) == ("false", "")


def test_a_speaker_is_typed_or_taken_from_the_list(form: Form) -> None:
    shown(form, "voice").at("2.1").press("2", "Enter").type("Blinken (US)")
    assert form.line("2.1") == "2.1: quote | Blinken (US)"
    assert form.field("2.1", "speaker").input_value() == "Blinken (US)"
    known = form.field("2.1", "speaker").evaluate("field => [...field.list.options].map(option => option.value)")
    assert "Blinken" in known
    form.press("Escape", "5")
    assert form.line("2.1") == "2.1: author"
    assert not form.field("2.1", "speaker").is_visible()


def test_a_statement_has_no_second_half(form: Form) -> None:
    shown(form, "statement").at("2.1").press("1", "Enter")
    assert form.here == "2.1"
    assert form.item("2.1").locator(".rt-detail").count() == 0


@pytest.mark.parametrize("name", ["evidence", "verdict", "support", "reasons"])
def test_the_second_half_is_chosen_from_the_list_of_its_item(form: Form, name: str) -> None:
    item = ASKED[name][1]
    shown(form, name).at(item).press("1", "Enter")
    choices = form.page.locator(":focus").locator("option").evaluate_all("options => options.map(option => option.value)")
    assert len(choices) > 2
    form.press("ArrowDown")
    assert form.line(item) == f"{item}: {kind(name).scheme.names[0]} | {choices[1]}"
    assert form.press("Escape").here == item


def test_what_the_list_does_not_hold_stays_in_the_cell_and_is_told(form: Form) -> None:
    shown(form, "evidence").source = "%%answers evidence\n4.1: document | a hunch"
    assert form.field("4.1", "trace").input_value() == ""
    assert "“a hunch” in the cell is none of these" in form.item("4.1").inner_text()
    form.at("4.1").press("1")
    assert form.line("4.1") == "4.1: quotation | a hunch"


@pytest.mark.parametrize("name", ["evidence", "verdict"])
def test_a_claim_can_be_read_in_its_place(form: Form, name: str) -> None:
    item = ASKED[name][1]
    shown(form, name)
    place = form.item(item).locator("details")
    place.get_by_text("in its place").click()
    paragraph = item.split(".")[0]
    assert form.item(item).locator("details b", has_text=item).count() == 1
    assert f"{int(paragraph) - 1}.1" in place.inner_text()


@pytest.mark.parametrize("name", ["gloss", "support", "added"])
def test_a_pair_shows_its_passages_with_their_heads(form: Form, name: str) -> None:
    shown(form, name)
    heads = form.item(ASKED[name][0]).locator(".rt-side b").all_inner_texts()
    assert len(heads) == 2
    assert all(len(side) > 40 for side in form.item(ASKED[name][0]).locator(".rt-side").all_inner_texts())


def test_the_slots_of_a_call_are_written_behind_bars(form: Form) -> None:
    shown(form, "call").at("12.1").press("2", "Enter").type("Russia")
    assert form.line("12.1") == "12.1: 2 | Russia"
    form.press("Tab").type("wait | see")
    form.press("Tab").type("now")
    assert form.line("12.1") == "12.1: 2 | Russia | wait   see | now"
    form.field("12.1", "who").fill("")
    form.field("12.1", "when").fill("")
    assert form.line("12.1") == "12.1: 2 | ? | wait   see"
    assert [form.field("12.1", slot).input_value() for slot in ("who", "what", "when")] == ["", "wait | see", ""]
    form.field("12.1", "what").fill("")
    assert form.line("12.1") == "12.1: 2"


def test_words_are_picked_with_the_mouse_and_taken_whole(form: Form) -> None:
    shown(form, "move").at("9.1").press("1")
    words = form.item("9.1").locator(".rt-words")
    words.evaluate("words => getSelection().setBaseAndExtent(words.firstChild, 3, words.firstChild, 15)")
    words.dispatch_event("mouseup")
    assert form.line("9.1") == "9.1: attack | Blinken's reference"
    box = words.bounding_box()
    form.page.mouse.move(box["x"] + 5, box["y"] + 8)
    form.page.mouse.down()
    form.page.mouse.move(box["x"] + 40, box["y"] + 8, steps=4)
    form.page.mouse.up()
    assert form.line("9.1") == "9.1: attack | Blinken's"
    assert form.field("9.1", "trigger words").input_value() == "Blinken's"


def test_words_are_picked_with_the_keyboard(form: Form) -> None:
    shown(form, "move").at("9.1").press("w")
    assert form.here == "9.1"  # no label yet, so no words are asked for
    form.press("1", "w", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "2", "n")
    assert form.said == "reference to the"
    assert form.item("9.1").locator(".rt-picked").all_inner_texts() == ["reference", "to", "the"]
    assert form.press("Enter").here == "9.1"
    assert form.line("9.1") == "9.1: attack | reference to the"
    assert form.press("w", "Escape").here == "9.1"
    form.press("w", "Tab")
    assert form.item("9.1").locator(".rt-picker").count() == 0
    form.at("9.1").press("w")
    form.label("9.2", "justify").click()
    assert (form.item("9.1").locator(".rt-picker").count(), form.line("9.2")) == (0, "9.2: justify")
    assert form.line("9.1") == "9.1: attack | reference to the"


def test_each_sentence_offers_its_own_reasons(form: Form) -> None:
    shown(form, "reasons").at("4.1").press("1", "ArrowDown", "1")
    offered = [form.field(item, "reason").locator("option").all_inner_texts() for item in ASKED["reasons"]]
    assert min(map(len, offered)) > 2
    assert set(offered[0][1:]).isdisjoint(offered[1][1:])


def test_an_omission_is_chosen_from_the_cards_and_the_sentences(form: Form) -> None:
    shown(form, "omission")
    cards, sentences = (form.field(item, "answer").locator("option").all_inner_texts() for item in ASKED["omission"])
    assert len(cards) > 6
    assert cards[1:] == sorted(cards[1:])
    assert len(sentences) == 1 + len(read_text(ARTICLE).sentences)
    form.field("card", "answer").select_option("S27")
    form.at("sentence").press("Enter").type("24.1")
    assert form.source.split("\n")[1:] == ["card: S27", "sentence: 24.1"]
    form.source = "%%answers omission\ncard: S999\nsentence:"
    assert "“S999” in the cell is none of these" in form.item("card").inner_text()
    assert form.count == "1 of 2"


def test_words_are_typed_into_one_field_after_the_other(form: Form) -> None:
    first, second = ASKED["added"]
    shown(form, "added").at(first).press("Enter").type("“so-called” don’t")
    form.press("Tab").type("S01 ")
    assert form.line(first) == f"{first}: “so-called” don’t"
    assert form.line(second) == f"{second}: S01"
    assert form.count == "All 2 answered"
    assert form.item(first).get_by_role("textbox").input_value() == "“so-called” don’t"


def test_an_objection_is_written_below_its_item(form: Form) -> None:
    shown(form, "statement", "4.1: value", "# I disagree: old").at("2.1").press("1")
    form.label("2.1", "I disagree").click()
    form.type("it’s “his” (own) word")
    assert "\n2.1: policy\n# I disagree: it’s “his” (own) word\n" in form.source
    assert form.field("2.1", "I disagree, because").input_value() == "it’s “his” (own) word"
    assert form.field("4.1", "I disagree, because").is_visible()
    assert form.field("4.1", "I disagree, because").input_value() == "old"
    form.press("Escape", "2")
    assert "\n2.1: prediction\n# I disagree: it’s “his” (own) word\n" in form.source


def test_what_stands_behind_a_label_stays_until_the_label_changes(form: Form) -> None:
    shown(form, "statement", "4.1: value, for it rates").label("4.1", "I disagree").click()
    form.type("no")
    assert "4.1: value, for it rates\n# I disagree: no" in form.source


# One truth


def test_what_is_typed_into_the_cell_stands_in_the_form(form: Form) -> None:
    shown(form, "voice")
    form.source = form.source.replace("\n2.1:", "")
    form.cell.press("Control+End")
    form.type("\n2.1: quote | Lavrov\nnonsense\n")
    assert form.label("2.1", "quote").get_attribute("aria-pressed") == "true"
    assert form.field("2.1", "speaker").input_value() == "Lavrov"
    assert "QU quote: Lavrov" in form.item("2.1").inner_text()
    assert form.count == "1 of 4"
    assert "1 of 4 sentences answered." in form.root.inner_text()
    assert len(form.problems) == 1
    form.press("Backspace", *["Backspace"] * len("nonsense"))
    assert form.problems == []


def test_a_field_that_is_being_typed_into_shows_what_changes_outside(form: Form) -> None:
    shown(form, "voice").at("2.1").press("2", "Enter").type("Lavrov")
    form.source = form.source.replace("Lavrov", "Blinken")
    assert form.page.locator(":focus").input_value() == "Blinken"
    form.type("!")
    assert form.line("2.1") == "2.1: quote | Blinken!"
    form.press("Control+z")
    assert (form.line("2.1"), form.page.locator(":focus").input_value()) == ("2.1: quote", "")


@pytest.mark.parametrize("typed", ["(", "“Minister” ", "don’t", "  two  spaces", "A (b)", "- x", "|", "美国\u200b", "‘so-called’ (US) "])
def test_typing_is_never_disturbed(form: Form, typed: str) -> None:
    """The reader makes other signs of some, and does without others at the ends; the field keeps them until it is left."""
    shown(form, "voice").at("2.1").press("2", "Enter").type("XY").press("ArrowLeft")
    for sign in typed:
        form.page.keyboard.insert_text(sign)
    form.source = f"{form.source}\n# somebody else writes, too"
    assert form.page.locator(":focus").input_value() == f"X{typed}Y"
    assert form.page.evaluate(CARET) == [1 + len(typed)] * 2


def test_a_redrawn_form_gives_the_keyboard_back_to_the_same_field(form: Form) -> None:
    shown(form, "voice").at("2.1").press("o", "2", "?", "Enter").type("Lavrov").press("ArrowLeft")
    form.source = form.source.replace("\n4.1:", "\n= 4.1: quote | Putin")
    assert form.page.evaluate(CARET) == [5, 5]
    form.type("x")
    assert form.line("2.1") == "2.1: quote | Lavroxv"
    assert not form.root.locator(".rt-given").first.is_visible()
    assert form.root.locator(".rt-help").is_visible()


def test_given_lines_are_marked_as_given_and_have_no_buttons(form: Form) -> None:
    shown(form, "voice")
    given = form.root.locator(".rt-given").filter(has_text="Let me remind you")
    assert "AU author (given)" in given.inner_text()
    assert given.locator("button, input, select, [tabindex]").count() == 0
    asked = form.item("2.1").locator(".rt-words")
    assert given.evaluate("e => getComputedStyle(e).color") != asked.evaluate("e => getComputedStyle(e).color")


def test_a_line_that_becomes_given_is_given_in_the_form_and_back(form: Form) -> None:
    shown(form, "voice")
    form.source = form.source.replace("\n2.1:", "\n= 2.1: quote | Blinken")
    assert form.item("2.1").count() == 0
    assert "QU quote: Blinken (given)" in form.root.inner_text()
    assert form.count == "0 of 3"
    form.source = form.source.replace("\n= 2.1: quote | Blinken", "\n2.1: mixed")
    assert form.label("2.1", "mixed").get_attribute("aria-pressed") == "true"


def test_a_deleted_line_is_open_and_is_written_at_the_end(form: Form) -> None:
    shown(form, "voice")
    form.source = form.source.replace("\n2.1:", "").replace("\n= 3.1: author", "")
    assert form.count == "0 of 5"
    form.at("3.1").press("5", "ArrowUp", "1")
    assert form.source.endswith("\n3.1: author\n2.1: distance")
    form.source = ""
    assert "0 of 61" in form.count
    assert form.at("T").press("5").source == "T: author"


def test_a_deleted_claim_is_no_longer_asked(form: Form) -> None:
    shown(form, "evidence").source = "%%answers evidence\n3.1:\n9.1:"
    assert (form.item("4.1").count(), form.count) == (0, "0 of 2")


# Broken text

BROKEN = "%%answers voice\r\n1.3 author | Putin\r\n2.1: qoute\r\n4.1: author\r\n# mine\r\n4.1: mixed\r\n24.2\r\n24.2: author or quote\r\nha"


def test_broken_lines_are_listed_with_their_number_and_the_reason(form: Form) -> None:
    form.show("voice", BROKEN.replace("\r", ""))
    twisted, twice, two, lost = form.problems
    assert twisted.startswith("Line 3, “2.1: qoute”: “qoute” is not a label")
    assert "author" in twisted
    assert twice == "Line 6, “4.1: mixed”: 4.1 stands here twice (see line 4). The later line counts: mixed. Please delete one of them."
    assert two.startswith("Line 8, “24.2: author or quote”: two labels stand here")
    assert lost.startswith("Line 9, “ha”: ")


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("%%answrs voice", "should be “%%answers voice”. Mend it"),
        ("T: author", "should be “%%answers voice”. Mend it"),
        ("%%answers call", "says “call”, and this form is for “voice”"),
        ("%%answers", "should be “%%answers voice”. Mend it"),
        ("%%answers voice harbour", f"says “harbour”, and this form shows “{ARTICLE}”"),
        ("\n  %% Answers  VOICE", ""),
        (f"%%answers voice {ARTICLE}", ""),
    ],
)
def test_a_first_line_that_names_no_task_or_another_one_is_told(form: Form, head: str, said: str) -> None:
    form.show("voice", f"{head}\n2.1:\n4.1: author")
    astray = form.root.locator(".rt-astray")
    assert astray.is_visible() == bool(said)
    assert said in astray.inner_text()
    form.label("2.1", "quote").click()
    assert form.source == f"{head}\n2.1: quote\n4.1: author"
    form.source = "%%answers voice\n2.1: quote"
    assert not astray.is_visible()


def test_a_name_is_shown_in_its_own_direction_of_reading(form: Form) -> None:
    name = "\u05d3\u05d5\u05d1\u05e8"
    shown(form, "voice", f"2.1: quote | {name}")
    assert form.field("2.1", "speaker").evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert form.item("2.1").locator(".rt-chosen bdi").inner_text() == name


def test_a_click_mends_its_own_item_and_nothing_else(form: Form) -> None:
    form.show("voice", BROKEN.replace("\r", ""))
    form.label("2.1", "quote").click()
    form.label("4.1", "report").click()
    form.label("24.2", "author").click()
    assert form.source == "%%answers voice\n1.3 author | Putin\n2.1: quote\n4.1: author\n# mine\n4.1: report\n24.2\n24.2: author\nha"
    assert [problem[:7] for problem in form.problems] == ["Line 6,", "Line 8,", "Line 9,"]
    form.press("Escape")
    assert form.at("24.2").press("Backspace").source.endswith("\n24.2\n24.2:\nha")


def test_what_cannot_be_read_is_not_cleared_away(form: Form) -> None:
    form.show("voice", BROKEN.replace("\r", "")).at("2.1").press("Backspace")
    assert form.line("2.1") == "2.1: qoute"


@VIEWS
def test_hostile_words_stay_words(form: Form, name: str) -> None:
    item = ASKED[name][0]
    scheme = kind(name).scheme
    label = next((label.name for label in scheme.labels if label.asks_detail), scheme.names[0]) if scheme else HOSTILE
    shown(form, name, f"{item}: {label} | {HOSTILE}", f"# I disagree: {HOSTILE}", HOSTILE, f"= {ASKED[name][1]}: {label} | {HOSTILE}")
    assert HOSTILE[:40] in form.problems[0]
    assert form.root.locator("script, img").count() == 0
    assert web.live(form.page, ".readtwice-form") == []
    if "rt-detail" in form.root.inner_html() and form.item(item).locator(".rt-detail input").count() == 1:
        assert form.item(item).locator(".rt-detail input").input_value() == HOSTILE


# For everybody


def answer_some(form: Form, name: str) -> None:
    """Two answers, one with its detail and one with an objection, a line that cannot be read, all that folds open."""
    first = ASKED[name][0]
    shown(form, name, "nonsense", most=4 if name == "form-a" else 30).at(first)
    if kind(name).scheme:
        form.press(keys_of(name)[1])
        if name in layer_names():
            form.label(first, "I disagree").click()
            form.type("no").press("Escape")
        form.press("ArrowDown", "?", keys_of(name)[0], "Enter")
    form.root.locator("details").evaluate_all("places => places.forEach(place => place.open = true)")


@pytest.mark.parametrize("name", LOOKED_AT)
def test_axe_finds_no_fault_and_every_control_has_a_name(form: Form, name: str) -> None:
    answer_some(form, name)
    for width, light in ((1250, "true"), (360, "false")):
        form.page.set_viewport_size({"width": width, "height": 1000})
        form.page.evaluate("light => document.body.dataset.jpThemeLight = light", light)
        assert web.faults(form.page) == [], (width, light)
    assert form.root.evaluate(NAMELESS) == []


@VIEWS
def test_nothing_scrolls_sideways_on_a_phone_or_at_twice_the_size(form: Form, name: str) -> None:
    answer_some(form, name)
    form.source += f"\n{ASKED[name][0]}: {'W' * 300}\n{'W' * 300}"
    for width in (320, 360, 640):
        form.page.set_viewport_size({"width": width, "height": 1000})
        assert form.page.evaluate(SIDEWAYS) == 0, width


def test_what_is_chosen_is_not_told_by_colour_alone(form: Form) -> None:
    shown(form, "voice").at("2.1").press("2")
    chosen = form.label("2.1", "quote")
    assert chosen.get_attribute("aria-pressed") == "true"
    assert "✓" in chosen.evaluate("e => getComputedStyle(e, '::before').content")
    assert form.item("2.1").locator(".rt-chosen").inner_text() == "QU quote"
    assert form.item("4.1").locator(".rt-chosen").inner_text() == "open"
    name = "e => e.getAttribute('aria-labelledby').split(' ').map(id => document.getElementById(id).textContent)"
    number, *_, label = form.item("2.1").evaluate(name)
    assert (number, label) == ("2.1 ", "QU quote")


def test_picked_words_are_seen_in_high_contrast_and_answers_on_paper(form: Form) -> None:
    shown(form, "move").at("9.1").press("1", "w", "Shift+ArrowRight")
    form.page.emulate_media(forced_colors="active")
    look = "e => getComputedStyle(e).backgroundColor"
    picked, not_picked = form.root.locator(".rt-picked").last, form.root.locator(".rt-picker span:not(.rt-picked)").first
    assert picked.evaluate(look) != not_picked.evaluate(look)
    form.page.emulate_media(forced_colors="none", media="print")
    shown(form, "voice", "2.1: quote", "# I disagree: he said more")
    assert form.field("2.1", "I disagree, because").is_visible()
    assert not form.root.locator("button").locator("visible=true").count()
    shown(form, "form-a", "q1: b")
    assert form.item("q1").locator(".rt-label").locator("visible=true").count() == 4
    form.page.emulate_media(media="screen")


def test_a_call_says_what_its_numbers_stand_for(form: Form) -> None:
    labels = shown(form, "call").item("11.2").locator(".rt-label")
    assert [" ".join(words.split()) for words in labels.all_inner_texts()] == [
        "3 DE demanded",
        "2 ST stated",
        "1 IM implied",
        "0 NA nothing",
    ]


def test_a_question_is_named_with_its_answer_and_no_tag(form: Form) -> None:
    shown(form, "form-a").at("q1").press("b")
    name = "e => e.getAttribute('aria-labelledby').split(' ').map(id => document.getElementById(id).textContent)"
    assert form.item("q1").evaluate(name)[-1] == "answered b"
    assert form.item("q2").evaluate(name)[-1] == "open"


def test_two_forms_on_a_page_leave_each_other_alone(form: Form) -> None:
    shown(form, "voice")
    other = shown(Form(form.page, 1), "voice")
    ids = form.page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    other.at("2.1").press("2", "Enter").type("Blinken")
    assert (other.line("2.1"), form.line("2.1")) == ("2.1: quote | Blinken", "2.1:")
    form.at("2.1").press("3", "Enter").type("Lavrov")
    assert (other.line("2.1"), form.line("2.1")) == ("2.1: quote | Blinken", "2.1: mixed | Lavrov")
    within = "form => [...form.querySelectorAll('label')].every(label => form.contains(label.control))"
    assert form.root.evaluate(within)
    assert other.root.evaluate(within)
    assert (form.said[:10], other.said[:10]) == ("2.1: mixed", "2.1: quote")


def test_a_form_of_sixty_sentences_is_drawn_whole_and_answered_one_after_the_other(form: Form) -> None:
    of = kind("voice")
    form.show("voice", sheet(of, of.items))
    form.page.evaluate("data => show(data, cells[0].source, 1)", form_data(of, read_text(ARTICLE)))
    form.page.evaluate("[...document.querySelectorAll('.rt-label:nth-child(2)')].slice(0, 20).forEach(button => button.click())")
    assert form.count == f"20 of {len(of.items)}"
