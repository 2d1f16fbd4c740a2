// The form: a text, or pairs of passages, with labels to choose. It keeps nothing: what it shows is what the cell's text says.

import { edits, headerOf, lineOf, readLines } from "./lines.js";
import { details } from "./details.js";
import { chips, choose, free, list, objection } from "./controls.js";
import { el, keyOf, once, toggle } from "./elements.js";
import { hasTests, helpPanel, howTo, whyAstray } from "./guidance.js";
import { pickable } from "./words.js";

const MOST_TOLD = 3; // items whose change is told one by one
let forms = 0; // two forms in a notebook need ids of their own

/**
 * Draw a form into `root`. `data` is what the package sends (see readtwice/form.py); `cell` is the
 * notebook cell: source, readOnly, twin (whether another cell has the same first line), watch(f), change(edits, joins), undo(), redo(), save(), leave().
 */
export function makeForm(data, cell, root) {
  const prefix = `readtwice-${++forms}`;
  const spec = { items: data.items.map((item) => item.id), labels: data.labels.map((label) => label.name), numbers: data.field === "number" };
  const labels = new Map(data.labels.map((label) => [label.name, label]));
  const items = new Map(); // id -> what is drawn of it
  let state = readLines(cell.source, spec), current = "", onlyOpen = false, help = null, disposed = false;

  const say = el("div", { class: "rt-say", role: "status", "aria-live": "polite" });
  const count = el("span", { class: "rt-count" }), progress = el("progress", { "aria-label": `${data.things} answered` });
  const next = el("button", { type: "button", onclick: () => toNextOpen() }, "Next open ", el("kbd", {}, "n"));
  const filter = el("button", { type: "button", "aria-pressed": "false", onclick: once(() => setFilter(!onlyOpen)) }, "Only open ones ", el("kbd", {}, "o"));
  const undo = el("button", { type: "button", onclick: () => step("undo") }, "Undo ", el("kbd", {}, "u"));
  const how = el("button", { type: "button", "aria-expanded": "false", onclick: once(() => setHelp(!help)) }, "Tests and examples ", el("kbd", {}, "?"));
  const bar = el("div", { class: "rt-bar", role: "group", "aria-label": "What is answered" }, count, progress, next, filter, undo, hasTests(data) ? how : "");
  const astray = el("p", { class: "rt-astray" }), body = el("div", { class: "rt-body" });
  const problems = el("div", { class: "rt-problems" }), foot = el("p", { class: "rt-count" });

  root.replaceChildren(
    el("h3", { class: "rt-question", id: `${prefix}-question` }, data.question),
    el("p", { class: "rt-how" }, howTo(data)),
    astray, bar, body, foot, problems,
    el("p", { class: "rt-notice" }, data.notice), say,
  );
  root.setAttribute("role", "region");
  root.setAttribute("aria-labelledby", `${prefix}-question`);
  root.lang = "en";

  const answer = (id) => state.rows.get(id) ?? { label: "", detail: "", given: false, objection: "", unread: false };
  const whyUnread = (id) => (answer(id).unread ? state.problems.find(({ line }) => line === answer(id).line)?.why ?? "" : "");
  const isAsked = (id) => !answer(id).given && (data.whole || state.rows.has(id));
  const asked = () => spec.items.filter(isAsked);
  const isOpen = (id) => !answer(id).label || answer(id).unread;

  function put(id, change, joins = false) {
    const was = answer(id), now = { ...was, ...change };
    if (!now.label || (now.label !== was.label && !asksDetail(now.label))) now.detail = "";
    const changes = edits(cell.source, spec, id, now);
    if (changes.length) cell.change(changes, joins); // else there would be a step of undo that does nothing
    if (!joins) {
      say.textContent = `${told(id)} ${done()}`;
    }
  }
  const asksDetail = (label) => Boolean(labels.get(label)?.asks_detail);
  const told = (id) => {
    const { label, detail } = answer(id);
    return label ? `${id}: ${label}${detail ? `, ${detail}` : ""}.` : `${id} is open again.`;
  };
  const done = () => {
    const all = asked(), n = all.filter((id) => !isOpen(id)).length;
    return `${n} of ${all.length} ${data.things} answered.`;
  };

  /** Undo or redo, and say what that changed. */
  function step(deed) {
    const text = cell.source, before = state.rows;
    cell[deed]();
    if (cell.source === text) return (say.textContent = `There is nothing to ${deed}.`);
    const said = (rows, id) => lineOf(id, rows.get(id)?.label ?? "", rows.get(id)?.detail ?? "");
    const changed = spec.items.filter((id) => said(before, id) !== said(state.rows, id));
    const news = changed.length > MOST_TOLD ? [`${changed.length} ${data.things} changed.`] : changed.map(told);
    return (say.textContent = [`${deed === "undo" ? "Undone" : "Done again"}.`, ...news, done()].join(" "));
  }

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
      const { label, detail } = answer(item.id);
      chip.replaceChildren(...tagged(labels.get(label), label, detail, " (given)"));
    } };
  }

  function drawAsked(item) {
    const id = `${prefix}-${item.id.replace(/[^\p{L}\p{N}]+/gu, "-")}`;
    const words = el("span", { class: "rt-words", id: `${id}-words` }, ...passages(item));
    const chosen = el("span", { class: "rt-chip rt-chosen", id: `${id}-chosen` });
    const controls = el("div", { class: "rt-controls" });
    const looks = `rt-item${spec.numbers ? " rt-numbered" : spec.labels.length || data.boxes ? "" : " rt-free"}`;
    const node = el("div", { class: looks, role: "group", tabindex: "-1", "data-id": item.id, "aria-labelledby": `${id}-name ${id}-words ${id}-chosen` },
      el("div", { class: "rt-sentence" }, number(item, `${id}-name`), words, " ", chosen), context(item), controls);
    node.addEventListener("focusin", () => setCurrent(item.id));
    const its = { data, item, id, answer: () => answer(item.id), put: (change, joins) => put(item.id, change, joins), why: () => whyUnread(item.id) };
    const field = data.boxes || item.choices ? choose : !spec.labels.length ? free : data.view === "text" || item.options ? chips : list;
    const choice = field(its), second = details({ ...its, put: (detail, joins) => its.put({ detail }, joins), labels }), doubt = objection(its);
    controls.append(choice.node, second.node, ...(data.objections ? [doubt.node] : []));
    if (data.detail?.kind === "trigger words") pickable(words, { wanted: () => asksDetail(answer(item.id).label), take: (picked) => {
      put(item.id, { detail: picked });
      say.textContent = `${item.id}: ${picked}`;
    }, say: (text) => (say.textContent = text) });
    return { node, words, update: () => {
      const { label, detail } = answer(item.id), found = labels.get(label);
      node.style.setProperty("--rt-colour", found?.colour ?? item.colour ?? "var(--rt-line)");
      toggle(node, "rt-answered", Boolean(found) || (!spec.labels.length && !isOpen(item.id)));
      chosen.replaceChildren(...(found && item.options ? [`answered ${label}`] : found ? tagged(found, label, asksDetail(label) ? detail : "") : label && !spec.labels.length ? [] : ["open"]));
      chosen.hidden = !spec.labels.length || (data.view === "table" && (!found || Boolean(item.options)));
      choice.update();
      second.update();
      doubt.update();
      // One item at a time is in the way of the Tab key; only the fields of a table all are, as in any form.
      node.tabIndex = item.id === current ? 0 : -1;
      for (const control of node.querySelectorAll(data.view === "text" ? "button, input, select, summary" : "button, summary")) control.tabIndex = node.tabIndex;
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
    return [el("b", {}, label?.tag ?? (data.boxes && name ? "→" : "")), ` ${name}${detail ? ": " : ""}`, detail ? el("bdi", {}, detail) : "", after];
  }

  function update() {
    if (disposed) return;
    state = readLines(cell.source, spec);
    if (asked().join() !== drawnAsked) drawAnew();
    else for (const drawn of items.values()) drawn.update();
    if (onlyOpen) hideAnswered(shown()); // what is open again is shown again
    const all = asked(), open = all.filter(isOpen);
    foot.textContent = done();
    count.textContent = open.length ? `${all.length - open.length} of ${all.length}` : `All ${all.length} answered`;
    progress.max = Math.max(all.length, 1);
    progress.value = all.length - open.length;
    next.disabled = !open.length;
    astray.textContent = whyAstray(data, headerOf(cell.source), cell);
    astray.hidden = !astray.textContent;
    problems.replaceChildren(...(state.problems.length ? [
      el("h4", {}, "Lines that could not be read as they stand"),
      el("p", {}, "They are kept. Mend them in the cell above."),
      el("ul", {}, ...state.problems.slice(0, 20).map(({ line, said, why }) => el("li", {}, `Line ${line}${said ? `, “${said}”` : ""}: ${why}`))),
      state.problems.length > 20 ? el("p", {}, `And ${state.problems.length - 20} more.`) : "",
    ] : []));
  }

  /** Draw what is asked now, and leave as it was what is shown, the help, and the place of the keyboard. */
  function drawAnew() {
    const shownBefore = shown(), had = document.activeElement, from = had?.selectionStart, to = had?.selectionEnd;
    const inside = body.contains(had);
    draw();
    for (const drawn of items.values()) drawn.update();
    if (onlyOpen) hideAnswered(shownBefore);
    if (help) setHelp(true);
    if (!inside) return;
    const again = had.id && root.querySelector(`#${had.id}`);
    (again || items.get(current)?.node)?.focus();
    if (again && typeof from === "number") again.setSelectionRange(from, to);
  }

  function setCurrent(id) {
    if (id === current) return;
    const before = items.get(current);
    current = id;
    for (const drawn of [before, items.get(id)]) drawn?.update();
  }

  function go(id) {
    const drawn = items.get(id);
    if (!drawn) return;
    drawn.node.hidden = drawn.node.parentElement.hidden = false;
    drawn.node.focus();
    if (help) drawn.node.after(help); // by keyboard only: under a mouse nothing must move away
    drawn.node.scrollIntoView({ block: "nearest" });
  }

  const shown = () => asked().filter((id) => items.has(id) && !items.get(id).node.hidden);

  function move(step) {
    const at = shown().indexOf(current);
    go(shown()[Math.min(Math.max(at + step, 0), shown().length - 1)]);
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
    const inside = body.contains(document.activeElement);
    hideAnswered();
    say.textContent = on ? `Only open ${data.things} are shown.` : "Everything is shown.";
    if (!inside || !items.get(current)?.node.hidden) return;
    if (shown().length) toNextOpen();
    else filter.focus();
  }

  function hideAnswered(but = []) {
    for (const [id, drawn] of items) drawn.node.hidden = onlyOpen && !(isAsked(id) && (isOpen(id) || but.includes(id)));
    for (const node of body.querySelectorAll(".rt-paragraph")) node.hidden = [...node.children].every((child) => child.hidden);
    for (const node of body.querySelectorAll(".rt-notice")) node.hidden = onlyOpen; // the one at the foot stays
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
    if (command && event.key.toLowerCase() === "z") return act(() => step(event.shiftKey ? "redo" : "undo"));
    if (command && event.key.toLowerCase() === "y") return act(() => step("redo"));
    if (event.key === "Escape" && !event.defaultPrevented) {
      if (typing && current) return act(() => go(current));
      if (help) return act(() => setHelp(false));
      return act(() => cell.leave());
    }
    if (typing || command || event.altKey || event.defaultPrevented) return undefined;
    const inItem = event.target.closest?.(".rt-item");
    if (event.key === "ArrowDown" || event.key === "ArrowRight") return act(() => move(inItem ? 1 : 0));
    if (event.key === "ArrowUp" || event.key === "ArrowLeft") return act(() => move(inItem ? -1 : 0));
    if (event.key === "?") return act(() => hasTests(data) && setHelp(!help));
    if (event.key === "n") return act(toNextOpen);
    if (event.key === "o") return act(() => setFilter(!onlyOpen));
    if (event.key === "u") return act(() => step("undo"));
    if (!inItem) return undefined;
    if (event.key === "Home") return act(() => go(shown()[0]));
    if (event.key === "End") return act(() => go(shown().at(-1)));
    if (event.key === "Backspace" || event.key === "Delete") return act(() => put(current, { label: "" }));
    if (event.key === "Enter" && event.target === inItem) {
      const fields = [...inItem.querySelectorAll("input, select")].filter((field) => !field.closest("[hidden]"));
      return act(() => (fields.find((field) => field.closest(".rt-detail")) ?? fields[0])?.focus());
    }
    const digit = event.shiftKey ? undefined : /^Digit(\d)$/.exec(event.code)?.[1]; // where digits are typed with Shift, as in France
    const index = data.labels.findIndex((_, i) => keyOf(data.labels, i) === (digit ?? event.key.toLowerCase()));
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
