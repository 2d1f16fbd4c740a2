// The text of an answer cell: read as forgivingly as the Python reader reads it, and changed one line at a time.

import { numberOf, whyNoShare } from "./numbers.js";

const MOST_LINES = 2000;
const LONGEST_LINE = 2000;
const HEADER = /^[ \t]*%{1,2}[ \t]*answers?(?![\p{L}\p{N}_])/iu;
const NAMES = /[ \t]*([\p{L}\p{N}_-]*)[ \t]*([\p{L}\p{N}_-]*)/uy;
const ITEM = /^[([§]?\s*(T(?![\p{L}\p{N}_])|\p{Nd}{1,3}\s*[.,]\s*\p{Nd}{1,3}|[A-Za-z]\p{Nd}{1,3}(?![\p{L}\p{N}_]))\s*[)\]]?\s*(?:[:.=–-]|\|)?\s*/iu;
const LABEL = /^["'([]*([\p{L}\p{N}_-]+)["')\].]*/u;
const SECOND = /^[\s,/]*(?:or|and)?[\s,/]*([\p{L}\p{N}_-]+)/u;
const OPEN = /^[\s_.?…-]*$/;
const PLAIN = new Map([
  ..."“”„«»".split("").map((c) => [c, '"']),
  ..."‘’".split("").map((c) => [c, "'"]),
  ["：", ":"], ["｜", "|"], ["＝", "="],
  ..."\u00a0\u2007\u202f\t".split("").map((c) => [c, " "]),
  ..."\ufeff\u200b\u200e\u200f\u2060".split("").map((c) => [c, ""]),
]);

const plain = (line) => [...line].map((c) => PLAIN.get(c) ?? c).join("");
const trim = (text) => text.replace(/^[\s\x1c-\x1f\x85]+|[\s\x1c-\x1f\x85]+$/g, ""); // what Python strips
const shorten = (said) => ([...said].length <= 60 ? said : `${[...said].slice(0, 59).join("")}…`);
const stripped = (text, left, right) => {
  let from = 0, to = text.length;
  while (from < to && left.includes(text[from])) from++;
  while (to > from && right.includes(text[to - 1])) to--;
  return text.slice(from, to);
};

/**
 * Read the text of an answer cell. `spec` has `items` (their ids), `labels` (their names; empty where
 * the rest of a line is the answer) and `numbers`, whether that answer is a share. Gives `rows`, a Map of
 * id to {label, detail, given, line, objection, unread}, `own`, a Map of id to the numbers of its lines that may be changed: `answered` with
 * a label, `open` without, and `doubts`, and `problems`. Never throws.
 */
export function readLines(source, spec) {
  const known = new Map(spec.items.map((id) => [id.toLowerCase(), id]));
  const rows = new Map(), own = new Map(), problems = [];
  const all = source.split(/\r\n|\r|\n/);
  let last = "";
  all.slice(0, MOST_LINES).forEach((raw, index) => {
    const number = index + 1;
    const problem = (why) => problems.push({ line: number, said: shorten(trim(raw)), why });
    let line = trim(plain([...raw].slice(0, LONGEST_LINE).join("")));
    if (!line || HEADER.test(line)) return;
    if ([...raw].length > LONGEST_LINE) problem(`this line is longer than ${LONGEST_LINE} characters; the rest of it was not read.`);
    const given = line.startsWith("=");
    if (given) line = trim(stripped(line, "= ", ""));
    if (line.startsWith("#")) {
      const objection = /^#+\s*I\s+disagree\s*:?\s*(.*)/is.exec(line)?.[1];
      if (last && objection !== undefined && spec.labels.length) {
        const row = rows.get(last);
        row.objection = [row.objection, trim(objection)].filter(Boolean).join(" ");
        own.get(last).doubts.push(number);
      }
      return;
    }
    const found = spec.numbers ? numberOf(line, spec.items) : spec.labels.length ? item(line, known) : word(line, known);
    if (!found.id) {
      last = "";
      return problem(found.why);
    }
    const { id, label, detail = "", why, unread = false } = { ...found, ...answerIn(found.rest, spec) };
    if (why) problem(why);
    if (!own.has(id)) own.set(id, { answered: [], open: [], doubts: [] });
    if (!given) own.get(id)[label ? "answered" : "open"].push(number);
    const before = rows.get(id);
    const told = spec.labels.length ? before : before?.label && !before.unread;
    if (told && label && !unread) problem(twice(id, before, label));
    if (!before || (label && !unread)) rows.set(id, { label, detail, given, line: number, objection: before?.objection ?? "", unread });
    last = id;
  });
  if (all.length > MOST_LINES) problems.push({ line: MOST_LINES + 1, said: "", why: `only the first ${MOST_LINES} lines of this cell were read.` });
  return { rows, own, problems };
}

/** Layer and text that the first line of a cell names, as far as it does: {layer, text}; undefined where it is no `%%answers` line. */
export function headerOf(source) {
  const line = plain(source.split(/\r\n|\r|\n/).find((line) => trim(plain(line))) ?? ""); // asked of every cell at every change
  const found = HEADER.exec(line);
  if (!found) return undefined;
  NAMES.lastIndex = found[0].length;
  const [, layer, text] = NAMES.exec(line);
  return { layer: layer.toLowerCase(), text: text.toLowerCase() };
}

function twice(id, before, label) {
  if (!before.label) return `${id} stands here twice (line ${before.line} is empty). This line counts.`;
  const which = before.label === label ? "Both say the same." : `The later line counts: ${label}.`;
  return `${id} stands here twice (see line ${before.line}). ${which} Please delete one of them.`;
}

function item(line, known) {
  const found = ITEM.exec(line);
  if (!found) return { why: "this does not start with a number that stands beside the text." };
  const id = known.get(found[1].replace(/\s/g, "").replaceAll(",", ".").toLowerCase());
  return id ? { id, rest: line.slice(found[0].length) } : { why: `there is no ${found[1]} here. Look at the numbers beside the text.` };
}

function word(line, known) {
  const colon = line.indexOf(":");
  const id = colon < 0 ? undefined : known.get(line.slice(0, colon).replace(/\s/g, "").replaceAll(",", ".").toLowerCase());
  const names = [...known.values()].join(", ");
  return id ? { id, rest: stripped(line.slice(colon + 1), ' |"', ' |"') } : { why: `start the line with one of these and a colon: ${names}.` };
}

function answerIn(rest, spec) {
  if (spec.labels.length) return labelOf(rest, spec);
  if (!spec.numbers) return { label: rest };
  const said = trim(rest), why = OPEN.test(said) ? "" : whyNoShare(said);
  return { label: OPEN.test(said) ? "" : said, why, unread: Boolean(why) };
}

function labelOf(rest, spec) {
  rest = stripped(rest, ": ", "");
  const none = { label: "", detail: "" };
  if (OPEN.test(rest.split("|")[0])) return none;
  const found = LABEL.exec(rest);
  const label = found ? found[1].toLowerCase() : "";
  if (!spec.labels.includes(label)) return { ...none, why: `“${shorten(rest)}” is not a label here. The labels are: ${spec.labels.join(", ")}.` };
  const behind = rest.slice(found[0].length);
  const second = SECOND.exec(behind.toLowerCase());
  if (second && spec.labels.includes(second[1])) return { ...none, why: `two labels stand here, ${label} and ${second[1]}. Keep the one that you would defend.` };
  return { label, detail: trim(stripped(behind, " |,;:/–-(\"'", " )\"'")) };
}

/** The line that says an answer, as a student would type it. */
export function lineOf(id, label, detail) {
  return [`${id}: ${label}`, tidy(detail)].filter(Boolean).join(" | ").trimEnd();
}

const tidy = (text) => text.replace(/[\r\n]+/g, " ").trim();

/**
 * What to replace in the text so that an item has this answer: a list of {start, end, text}, the last
 * place first; an `objection` left out stays. Only the item's own lines are touched, and of those none
 * that is given; an answer that stands there already changes nothing. Without a label, the item's labels
 * go, and what could not be read stays. An item without a line gets one at the end.
 */
export function edits(source, spec, id, { label, detail = "", objection }) {
  const { rows, own } = readLines(source, spec);
  const row = rows.get(id) ?? { label: "", detail: "", objection: "" };
  if (row.given) return [];
  const { answered, open, doubts } = own.get(id) ?? { answered: [], open: [], doubts: [] };
  const line = lineOf(id, label, detail), doubt = objection?.trim() ? `# I disagree: ${tidy(objection)}` : "";
  const says = Boolean(readLines(line, spec).rows.get(id)?.label); // words may be no more than a bracket
  const changed = label !== row.label || detail !== row.detail;
  const doubted = objection !== undefined && objection !== row.objection;

  const places = [null, ...placesOf(source)], changes = [];
  const replace = (number, text) => changes.push({ ...places[number], text });
  const insert = (at, text) => changes.push({ start: at, end: at, text });
  const remove = (number) => changes.push({ start: places[number - 1].end, end: places[number].end, text: "" });
  const counts = answered.at(-1) ?? open.at(-1);
  if (changed && !says) answered.forEach((number) => replace(number, `${id}:`));
  else if (changed && counts) replace(counts, line);
  if (!counts && (changed || doubted)) insert(source.length, [/[^\r\n]$/.test(source) ? "\n" : "", line, doubted ? `\n${doubt}` : ""].join(""));
  else if (doubted && !doubts.length) insert(places[counts].end, `\n${doubt}`);
  else if (doubted) doubts.forEach((number, i) => (i === 0 && doubt ? replace(number, doubt) : remove(number)));
  return changes.sort((a, b) => b.start - a.start || b.end - a.end).filter(({ start, end, text }) => source.slice(start, end) !== text);
}

/** Where each line starts and ends, its line end left out. */
function placesOf(source) {
  const places = [];
  let start = 0;
  for (const found of source.matchAll(/\r\n|\r|\n/g)) {
    places.push({ start, end: found.index });
    start = found.index + found[0].length;
  }
  return [...places, { start, end: source.length }];
}
