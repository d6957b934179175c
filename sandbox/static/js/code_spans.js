// Where code stands in a text: between two runs of equally many backticks.

/**
 * The code that begins with the run of backticks at a position, as `{from, to, end}`: what is inside, and where
 * the closing run ends. For a run without a partner `from`, `to` and `end` all stand behind it.
 * By hand, since a regular expression for it takes cubic time on a text of nothing but backticks.
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

/** Changes a text outside of its code. */
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
