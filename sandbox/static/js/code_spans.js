// Finds code spans: between two runs of equally many backticks.

/**
 * The code span that begins at a position, as `{from, to, end}`: the content, and the end of the closing run.
 * For an unmatched run `from`, `to` and `end` are all at its end. Parsed by hand, because a regular expression
 * takes cubic time on a text of only backticks.
 */
export function codeSpanAt(text, position) {
  const mark = /`+/y;
  mark.lastIndex = position;
  const [opening] = mark.exec(text);
  const from = position + opening.length;
  const runs = /`+/g;
  runs.lastIndex = from;
  for (let run = runs.exec(text); run !== null; run = runs.exec(text)) {
    if (run[0].length === opening.length) return { from, to: run.index, end: runs.lastIndex };
  }
  return { from, to: from, end: from };
}

/** Applies a change to a text outside of code spans. */
export function outsideCode(text, change) {
  let made = "";
  let plainFrom = 0;
  for (let at = text.indexOf("`"); at >= 0; ) {
    const { from, to, end } = codeSpanAt(text, at);
    if (to > from) {
      made += change(text.slice(plainFrom, at)) + text.slice(at, end);
      plainFrom = end;
    }
    at = text.indexOf("`", end);
  }
  return made + change(text.slice(plainFrom));
}
