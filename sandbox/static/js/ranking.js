// Finds entries by a few letters, tolerating typos.

/**
 * The entries with a name that contains the word, best first; equal ones keep their order.
 * @param {string} word
 * @param {T[]} entries
 * @param {(entry: T) => string[]} names the main name, then the others
 * @returns {T[]}
 * @template T
 */
export function rank(word, entries, names) {
  return sorted(entries, names, (all) => containing(word.toLowerCase(), all));
}

/** Like `rank`; if no name contains the word, the entries with a similar name. */
export function rankOrGuess(word, entries, names) {
  const found = rank(word, entries, names);
  return found.length > 0 ? found : sorted(entries, names, (all) => nearness(word.toLowerCase(), all));
}

function sorted(entries, names, score) {
  return entries
    .map((entry) => ({ entry, score: score(names(entry).map((name) => name.toLowerCase())) }))
    .filter(({ score: found }) => found !== null)
    .sort((a, b) => a.score - b.score)
    .map(({ entry }) => entry);
}

function containing(typed, [first, ...others]) {
  if (first === typed) return 0;
  if (others.includes(typed)) return 1;
  if (first.startsWith(typed)) return 2;
  if (others.some((name) => name.startsWith(typed))) return 3;
  return [first, ...others].some((name) => name.includes(typed)) ? 4 : null;
}

/** The number of typos between a name and the input, or null if there are too many. */
function nearness(typed, all) {
  if (typed.length < 3) return null;
  const fewest = Math.min(...all.map((name) => slips(typed, name)));
  return fewest <= (typed.length < 5 ? 1 : 2) ? fewest : null;
}

/** The edit distance with transpositions ("optimal string alignment"). */
function slips(typed, name) {
  if (Math.abs(typed.length - name.length) > 2) return Infinity;
  let above = [];
  let before = Array.from({ length: name.length + 1 }, (_, index) => index);
  for (let row = 1; row <= typed.length; row += 1) {
    const now = [row];
    for (let at = 1; at <= name.length; at += 1) {
      const same = typed[row - 1] === name[at - 1] ? 0 : 1;
      now[at] = Math.min(before[at] + 1, now[at - 1] + 1, before[at - 1] + same);
      const swapped = row > 1 && at > 1 && typed[row - 1] === name[at - 2] && typed[row - 2] === name[at - 1];
      if (swapped) now[at] = Math.min(now[at], above[at - 2] + 1);
    }
    [above, before] = [before, now];
  }
  return before[name.length];
}
