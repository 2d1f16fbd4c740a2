// A line of a cell of numbers, such as "share of Blinken: 0.31", named and understood as readtwice/numbers.py does it.

const NUMBER = /([-−–]?(?:\d{1,12}(?:[.,]\d{1,12})?|[.,]\d{1,12}))(\s*(?:%|per\s?cent))?/giu;
const FILLERS = ["of", "the"];

/** Which of `names` a line is about, what it says of it, and what keeps that from being read as a share. */
export function numberOf(line, names) {
  const at = line.replace("=", ":").lastIndexOf(":");
  const id = named(at < 0 ? line : line.slice(0, at), names);
  if (!id) return { why: `start the line with one of these names and a colon: ${names.join(", ")}.` };
  return { id, rest: at < 0 ? line : line.slice(at + 1) };
}

/** Why what somebody typed is no share from 0 to 1, in a sentence; empty where it is one. */
export function whyNoShare(said) {
  const found = [...said.matchAll(NUMBER)];
  if (found.length !== 1) return `“${said}” is not one number. Write a share like 0.31 or 31 %.`;
  const [, digits, percent] = found[0];
  if ("-−–".includes(digits[0])) return `${said} is less than nothing. A share lies between 0 and 1.`;
  const value = Number(digits.replace(",", "."));
  return (percent || value >= 2 ? value / 100 : value) <= 1 ? "" : `${said} is more than the whole. A share lies between 0 and 1.`;
}

/** The one name that holds all words that were said. */
function named(said, names) {
  const words = wordsOf(said), holds = (name, some) => some.every((word) => wordsOf(name).includes(word));
  const exact = names.find((name) => holds(name, words) && wordsOf(name).every((word) => words.includes(word)));
  const part = words.length ? names.filter((name) => holds(name, words.filter((word) => !FILLERS.includes(word)))) : [];
  return exact ?? (part.length === 1 ? part[0] : undefined);
}

const wordsOf = (phrase) => phrase.toLowerCase().replace(/[’']s/g, "").match(/[\p{L}\p{N}_]+/gu) ?? [];
