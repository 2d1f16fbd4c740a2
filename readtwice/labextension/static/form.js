// The form: a text, or pairs of passages, with labels to choose. It keeps nothing: what it shows is what the cell's text says.

import { edits, readLines } from "./lines.js";
import { details } from "./details.js";
import { el, keyOf, toggle } from "./elements.js";
import { pickable } from "./words.js";

let forms = 0; // two forms in a notebook need ids of their own

/**
 * Draw a form into `root`. `data` is what the package sends (see readtwice/form.py); `cell` is the
 * notebook cell: source, watch(f), change(edits, joins), undo(), redo(), save(), leave().
 */
export function makeForm(data, cell, root) {
  const prefix = `readtwice-${++forms}`;
  const spec = { items: data.items.map((item) => item.id), labels: data.labels.map((label) => label.name), things: data.things };
  const labels = new Map(data.labels.map((label) => [label.name, label]));
  const items = new Map(); // id -> what is drawn of it
  let state = readLines(cell.source, spec), current = "", onlyOpen = false, help = null, disposed = false;

  const say = el("div", { class: "rt-say", role: "status", "aria-live": "polite" });
  const count = el("span", { class: "rt-count" }), progress = el("progress", { "aria-label": `${data.things} answered` });
  const next = el("button", { type: "button", onclick: () => toNextOpen() }, "Next open ", el("kbd", {}, "n"));
  const filter = el("button", { type: "button", "aria-pressed": "false", onclick: () => setFilter(!onlyOpen) }, "Only open ones ", el("kbd", {}, "o"));
  const undo = el("button", { type: "button", onclick: () => cell.undo() }, "Undo ", el("kbd", {}, "u"));
  const how = el("button", { type: "button", "aria-expanded": "false", onclick: () => setHelp(!help) }, "Tests and examples ", el("kbd", {}, "?"));
  const bar = el("div", { class: "rt-bar", role: "group", "aria-label": "What is answered" }, count, progress, next, filter, undo, spec.labels.length ? how : "");
  const body = el("div", { class: "rt-body" });
  const problems = el("div", { class: "rt-problems" }), foot = el("p", { class: "rt-count" });

  root.replaceChildren(
    el("h3", { class: "rt-question", id: `${prefix}-question` }, data.question),
    el("p", { class: "rt-how" }, howTo(data)),
    bar, body, foot, problems,
    el("p", { class: "rt-notice" }, data.notice), say,
  );
  root.setAttribute("role", "region");
  root.setAttribute("aria-labelledby", `${prefix}-question`);
  root.lang = "en";

  const answer = (id) => state.rows.get(id) ?? { label: "", detail: "", given: false, objection: "" };
  const isAsked = (id) => !answer(id).given && (data.whole || state.rows.has(id));
  const asked = () => spec.items.filter(isAsked);
  const isOpen = (id) => !answer(id).label;

  function put(id, change, joins = false) {
    const now = { ...answer(id), ...change };
    const before = now.label ? { label: now.label, detail: asksDetail(now.label) ? now.detail : "", objection: now.objection } : { label: "", objection: now.objection };
    cell.change(edits(cell.source, spec, id, before), joins);
    if (!("detail" in change && joins)) {
      const said = now.label ? `${id}: ${now.label}.` : `${id} is open again.`;
      say.textContent = `${said} ${done()}`;
    }
  }
  const asksDetail = (label) => Boolean(labels.get(label)?.asks_detail);
  const done = () => {
    const all = asked(), n = all.filter((id) => !isOpen(id)).length;
    return `${n} of ${all.length} ${data.things} answered.`;
  };

  function draw() {
    items.clear();
    body.replaceChildren();
    let paragraph, flow;
    for (const item of data.items) {
      const given = !isAsked(item.id);
      if (given && !data.whole) continue;
      if (data.view === "text" && item.paragraph !== paragraph) {
        body.append((flow = el("div", { class: item.paragraph === 0 ? "rt-paragraph rt-title" : "rt-paragraph" })));
        if (paragraph > 0 && paragraph % 5 === 0) flow.before(el("p", { class: "rt-notice" }, data.notice));
        paragraph = item.paragraph;
      }
      const drawn = given ? drawGiven(item) : drawAsked(item);
      items.set(item.id, drawn);
      (data.view === "text" ? flow : body).append(drawn.node);
    }
    drawnAsked = asked().join();
    if (!items.has(current) || !isAsked(current)) current = asked()[0] ?? "";
  }
  let drawnAsked;

  function drawGiven(item) {
    const chip = el("span", { class: "rt-chip" });
    const node = el("div", { class: "rt-given" }, number(item), ...passages(item), " ", chip);
    return { node, update: () => {
      const { label, detail, given } = answer(item.id);
      chip.replaceChildren(...(given ? tagged(labels.get(label), label, detail, " (given)") : []));
      chip.hidden = !given;
    } };
  }

  function drawAsked(item) {
    const id = `${prefix}-${item.id.replace(".", "-")}`;
    const words = el("span", { class: "rt-words", id: `${id}-words` }, ...passages(item));
    const chosen = el("span", { class: "rt-chip rt-chosen" });
    const controls = el("div", { class: "rt-controls" });
    const node = el("div", { class: "rt-item", role: "group", tabindex: "-1", "data-id": item.id, "aria-labelledby": `${id}-name ${id}-words` },
      el("div", { class: "rt-sentence" }, number(item, `${id}-name`), words, " ", chosen), context(item), controls);
    node.addEventListener("focusin", () => setCurrent(item.id));
    const choice = spec.labels.length ? (data.view === "text" ? chips(item) : list(item, id)) : free(item, id);
    const second = details({ data, item, id, answer: () => answer(item.id), put: (detail, joins) => put(item.id, { detail }, joins), labels });
    const doubt = objection(item, id);
    controls.append(choice.node, second.node, ...(spec.labels.length ? [doubt.node] : []));
    if (data.detail?.kind === "trigger words") pickable(words, { wanted: () => asksDetail(answer(item.id).label), take: (picked) => {
      put(item.id, { detail: picked });
      say.textContent = `${item.id}: ${picked}`;
    }, say: (text) => (say.textContent = text) });
    return { node, words, update: () => {
      const { label, detail } = answer(item.id), found = labels.get(label);
      node.style.setProperty("--rt-colour", found?.colour ?? "transparent");
      toggle(node, "rt-answered", Boolean(found) || (!spec.labels.length && Boolean(label)));
      chosen.replaceChildren(...(found ? tagged(found, label, asksDetail(label) ? detail : "") : label && !spec.labels.length ? [] : ["open"]));
      chosen.hidden = !spec.labels.length || (data.view === "table" && !found);
      choice.update();
      second.update();
      doubt.update();
    } };
  }

  const number = (item, id = "") => el("span", { class: "rt-number", ...(id ? { id } : {}) }, `${item.id} `);

  /** The paragraph of a sentence and the one before, to read a claim in its place. */
  function context(item) {
    if (data.view === "text" || !item.paragraph) return "";
    const near = data.items.filter(({ paragraph }) => paragraph === item.paragraph || paragraph === item.paragraph - 1);
    if (near.length < 2) return "";
    return el("details", { class: "rt-context" }, el("summary", {}, "in its place"),
      ...near.map((other) => el(other === item ? "b" : "span", {}, el("span", { class: "rt-number" }, `${other.id} `), `${other.text} `)));
  }

  function passages(item) {
    if (item.text !== undefined) return [item.text];
    return [el("span", { class: "rt-sides" }, ...item.passages.map(({ head, text, note }) =>
      el("span", { class: "rt-side" }, el("b", {}, head), " ", text, note ? el("small", {}, ` ${note}`) : "")))];
  }

  function tagged(label, name, detail, after = "") {
    return [el("b", {}, label?.tag ?? ""), ` ${name}${detail ? `: ${detail}` : ""}${after}`];
  }

  function chips(item) {
    const buttons = data.labels.map((label, i) => el("button", { type: "button", class: "rt-label", style: `--rt-colour:${label.colour}`, title: label.test,
      onclick: () => put(item.id, { label: answer(item.id).label === label.name ? "" : label.name }) },
      el("kbd", {}, keyOf(data.labels, i)), el("b", {}, label.tag), ` ${label.name}`));
    return { node: el("div", { class: "rt-labels" }, ...buttons), update: () => buttons.forEach((button, i) => {
      button.setAttribute("aria-pressed", String(answer(item.id).label === data.labels[i].name));
      button.tabIndex = item.id === current ? 0 : -1;
    }) };
  }

  function list(item, id) {
    const select = el("select", { id: `${id}-label`, onchange: () => put(item.id, { label: select.value }) }, el("option", { value: "" }, "choose"),
      ...data.labels.map((label) => el("option", { value: label.name }, item.options ? `${label.name}: ${item.options[label.name]}` : `${label.tag} ${label.name}`)));
    return { node: el("label", { class: "rt-field" }, el("span", {}, "label"), select), update: () => (select.value = answer(item.id).label) };
  }

  function free(item, id) {
    const input = el("input", { id: `${id}-answer`, type: "text", autocomplete: "off", spellcheck: "false",
      oninput: () => put(item.id, { label: input.value.replaceAll("\n", " ") }, true) });
    return { node: el("label", { class: "rt-field rt-wide" }, el("span", {}, data.field), input),
      update: () => { if (document.activeElement !== input || !sameWords(input.value, answer(item.id).label)) input.value = answer(item.id).label; } };
  }

  function objection(item, id) {
    const input = el("input", { id: `${id}-objection`, type: "text", autocomplete: "off", oninput: () => put(item.id, { objection: input.value }, true) });
    const field = el("label", { class: "rt-field rt-wide" }, el("span", {}, "I disagree, because"), input);
    const button = el("button", { type: "button", class: "rt-quiet", "aria-expanded": "false", onclick: () => {
      field.hidden = !field.hidden;
      button.setAttribute("aria-expanded", String(!field.hidden));
      if (!field.hidden) input.focus();
    } }, "I disagree");
    field.hidden = true;
    return { node: el("div", { class: "rt-doubt" }, button, field), update: () => {
      const { label, objection: said } = answer(item.id);
      if (document.activeElement !== input || !sameWords(input.value, said)) input.value = said;
      if (said) field.hidden = false;
      button.setAttribute("aria-expanded", String(!field.hidden));
      button.hidden = !label;
      button.tabIndex = item.id === current ? 0 : -1;
    } };
  }

  const sameWords = (one, other) => one.replace(/\s+/g, " ").trim() === other.replace(/\s+/g, " ").trim();

  function update() {
    if (disposed) return;
    state = readLines(cell.source, spec);
    if (asked().join() !== drawnAsked) draw();
    for (const drawn of items.values()) drawn.update();
    const all = asked(), open = all.filter(isOpen);
    foot.textContent = done();
    count.textContent = open.length ? `${all.length - open.length} of ${all.length}` : `All ${all.length} answered`;
    progress.max = Math.max(all.length, 1);
    progress.value = all.length - open.length;
    next.disabled = !open.length;
    problems.replaceChildren(...(state.problems.length ? [
      el("h4", {}, "Lines that could not be read as they stand"),
      el("p", {}, "They are kept. Mend them in the cell above."),
      el("ul", {}, ...state.problems.slice(0, 20).map(({ line, said, why }) => el("li", {}, `Line ${line}, “${said}”: ${why}`))),
      state.problems.length > 20 ? el("p", {}, `And ${state.problems.length - 20} more.`) : "",
    ] : []));
    for (const [id, drawn] of items) if (drawn.words) drawn.node.tabIndex = id === current ? 0 : -1;
  }

  function setCurrent(id) {
    if (id === current) return;
    const before = items.get(current);
    current = id;
    if (help) items.get(id).node.after(help);
    for (const drawn of [before, items.get(id)]) if (drawn?.words) drawn.update();
    for (const [other, drawn] of items) if (drawn.words) drawn.node.tabIndex = other === id ? 0 : -1;
  }

  function go(id) {
    const drawn = items.get(id);
    if (!drawn) return;
    drawn.node.hidden = false;
    drawn.node.focus();
    drawn.node.scrollIntoView({ block: "nearest" });
  }

  function move(step) {
    const shown = asked().filter((id) => !items.get(id).node.hidden);
    const at = shown.indexOf(current);
    go(shown[Math.min(Math.max(at + step, 0), shown.length - 1)]);
  }

  function toNextOpen() {
    const all = asked(), at = all.indexOf(current);
    const id = [...all.slice(at + 1), ...all.slice(0, at + 1)].find(isOpen);
    if (id) go(id);
    else say.textContent = done();
  }

  function setFilter(on) {
    onlyOpen = on;
    filter.setAttribute("aria-pressed", String(on));
    for (const [id, drawn] of items) drawn.node.hidden = on && !(isAsked(id) && isOpen(id));
    for (const node of body.querySelectorAll(".rt-paragraph")) node.hidden = [...node.children].every((child) => child.hidden);
    say.textContent = on ? `Only open ${data.things} are shown.` : "Everything is shown.";
  }

  function setHelp(on) {
    help?.remove();
    help = on ? helpPanel(data, prefix) : null;
    how.setAttribute("aria-expanded", String(Boolean(help)));
    if (!help) return;
    const here = items.get(current)?.node;
    if (here?.contains(document.activeElement)) here.after(help);
    else bar.after(help);
  }

  root.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the notebook's own keys (dd deletes a cell) are not for the form
    const typing = event.target.matches("input, select, textarea");
    const act = (deed) => {
      event.preventDefault();
      deed();
    };
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "s") return act(() => cell.save());
    if (command && event.key.toLowerCase() === "z") return act(() => (event.shiftKey ? cell.redo() : cell.undo()));
    if (command && event.key.toLowerCase() === "y") return act(() => cell.redo());
    if (event.key === "Escape" && !event.defaultPrevented) {
      if (typing && current) return act(() => go(current));
      if (help) return act(() => setHelp(false));
      return act(() => cell.leave());
    }
    if (typing || command || event.altKey || event.defaultPrevented) return undefined;
    const inItem = event.target.closest?.(".rt-item");
    if (event.key === "ArrowDown" || event.key === "ArrowRight") return act(() => move(inItem ? 1 : 0));
    if (event.key === "ArrowUp" || event.key === "ArrowLeft") return act(() => move(inItem ? -1 : 0));
    if (event.key === "?") return act(() => spec.labels.length && setHelp(!help));
    if (event.key === "n") return act(toNextOpen);
    if (event.key === "o") return act(() => setFilter(!onlyOpen));
    if (event.key === "u") return act(() => cell.undo());
    if (!inItem) return undefined;
    if (event.key === "Home") return act(() => go(asked()[0]));
    if (event.key === "End") return act(() => go(asked().at(-1)));
    if (event.key === "Backspace" || event.key === "Delete") return act(() => put(current, { label: "" }));
    if (event.key === "Enter" && event.target === inItem) return act(() => inItem.querySelector(".rt-detail input, .rt-detail select, select, input")?.focus());
    const index = data.labels.findIndex((_, i) => keyOf(data.labels, i) === event.key.toLowerCase());
    if (index >= 0) return act(() => put(current, { label: data.labels[index].name }));
    return undefined;
  });
  // JupyterLab looks for its shortcuts before any listener of ours; this attribute on whatever has the focus stops it.
  root.addEventListener("focusin", (event) => (event.target.dataset.lmSuppressShortcuts = "true"));
  root.addEventListener("pointerdown", (event) => event.target.closest("button, input, select, .rt-item")?.setAttribute("data-lm-suppress-shortcuts", "true"), true);

  cell.watch(() => update());
  draw();
  update();
  return { update, dispose: () => (disposed = true) };
}

function howTo(data) {
  if (!data.labels.length) return "Type into the fields. Every answer is written into the cell above at once.";
  const keys = data.labels.map((_, i) => keyOf(data.labels, i));
  const press = `${keys[0]} to ${keys.at(-1)}`;
  return `${data.view === "text" ? "Click" : "Choose"} a label, or move with the arrow keys and press ${press}. Press ? for the tests, n for the next open one, Escape to leave. Every answer is written into the cell above at once.`;
}

function helpPanel(data, prefix) {
  const rows = data.labels.map((label, i) => el("li", {},
    el("span", { class: "rt-chip", style: `--rt-colour:${label.colour}` }, el("kbd", {}, keyOf(data.labels, i)), " ", el("b", {}, label.tag), ` ${label.name}`),
    ` ${label.test}`, label.example ? el("i", {}, ` For example: ${label.example}`) : ""));
  const options = (data.detail?.options ?? []).filter((option) => option.meaning).map((option) => el("li", {}, el("b", {}, option.name), ` ${option.meaning}`));
  return el("div", { class: "rt-help", role: "group", "aria-labelledby": `${prefix}-help` },
    el("h4", { id: `${prefix}-help` }, "Try the tests in this order. The first that holds wins."), el("ol", {}, ...rows),
    options.length ? el("h4", {}, data.detail.kind) : "", options.length ? el("ul", {}, ...options) : "");
}
