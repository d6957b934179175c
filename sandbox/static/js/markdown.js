// Discord's block Markdown: paragraphs, headings, subtext, quotes, lists, fenced code.

import { el } from "./dom.js";
import { renderInline } from "./inline.js";
import { formatDate } from "./time.js";

const FENCE = /```(?:([\w+#.-]{1,20})\n)?([\s\S]*?)```/g;
const HEADING = /^(#{1,3})\s+(.+)$/;
const SUBTEXT = /^-#\s+(.+)$/;
const QUOTE = /^ *> (.*)$/;
const ITEM = /^( *)([-*]|\d{1,9}\.)\s+(.*)$/;
const DEEPEST_QUOTE = 3;

/**
 * Renders a message's or an embed's text.
 * @param {string} text
 * @param {object} names resolves ids, see `renderInline`
 * @returns {DocumentFragment}
 */
export function renderMarkdown(text, names) {
  const fragment = document.createDocumentFragment();
  // Normalizes the text like Discord's parser (simple-markdown, "preprocess").
  const cleaned = text.replace(/\r\n?/g, "\n").replace(/\f/g, "");
  fragment.append(...blocks(cleaned, names, 0));
  return fragment;
}

function blocks(text, names, depth) {
  const whole = /^ *>>> ([\s\S]*)$/m.exec(text);
  if (whole !== null && depth < DEEPEST_QUOTE && !insideFence(text, whole.index)) {
    const before = text.slice(0, whole.index).replace(/\n$/, "");
    return [...blocks(before, names, depth), el("blockquote", null, ...blocks(whole[1], names, depth + 1))];
  }
  const nodes = [];
  let position = 0;
  for (const match of text.matchAll(FENCE)) {
    if (match[2].trim() === "") continue;
    nodes.push(...lines(text.slice(position, match.index).replace(/\n$/, ""), names, depth));
    nodes.push(fenced(match[2], match[1]));
    position = match.index + match[0].length;
    if (text[position] === "\n") position += 1;
  }
  nodes.push(...lines(text.slice(position), names, depth));
  return nodes;
}

function insideFence(text, position) {
  return [...text.matchAll(FENCE)].some(
    (match) => match.index < position && position < match.index + match[0].length,
  );
}

function fenced(code, language) {
  const node = el("pre", { tabindex: "0", "aria-label": language ? `Code, ${language}` : "Code" });
  node.append(el("code", { text: code.replace(/^\n|\n$/g, ""), dataset: language ? { language } : {} }));
  return node;
}

function lines(text, names, depth) {
  if (text === "") return [];
  const nodes = [];
  const paragraph = [];
  const flush = () => {
    if (paragraph.length > 0) {
      nodes.push(el("div", { class: "paragraph" }, ...renderInline(paragraph.join("\n"), names)));
    }
    paragraph.length = 0;
  };
  const rows = text.split("\n");
  for (let at = 0; at < rows.length; at += 1) {
    const taken = block(rows, at, names, depth);
    if (taken === null) paragraph.push(rows[at]);
    else {
      flush();
      nodes.push(taken.node);
      at += taken.count - 1;
    }
  }
  flush();
  return nodes;
}

/** The block that begins at a row and its number of rows, or null for plain text. */
function block(rows, at, names, depth) {
  const row = rows[at];
  const heading = HEADING.exec(row);
  if (heading !== null) {
    // Not h1 or h2, which belong to the page.
    const props = {
      class: `heading heading-${heading[1].length}`,
      role: "heading",
      "aria-level": heading[1].length + 3,
    };
    return { node: el("div", props, ...renderInline(heading[2], names)), count: 1 };
  }
  const subtext = SUBTEXT.exec(row);
  if (subtext !== null) {
    return { node: el("div", { class: "subtext" }, ...renderInline(subtext[1], names)), count: 1 };
  }
  if (QUOTE.test(row) && depth < DEEPEST_QUOTE) {
    const quoted = run(rows, at, QUOTE).map((line) => QUOTE.exec(line)[1]);
    return {
      node: el("blockquote", null, ...blocks(quoted.join("\n"), names, depth + 1)),
      count: quoted.length,
    };
  }
  if (ITEM.test(row)) {
    const items = run(rows, at, ITEM).map((line) => ITEM.exec(line));
    const same = items.findIndex(
      (item) => item[1].length <= items[0][1].length && isOrdered(item) !== isOrdered(items[0]),
    );
    const taken = same < 0 ? items : items.slice(0, same);
    return { node: list(taken, names), count: taken.length };
  }
  return null;
}

function run(rows, at, pattern) {
  let end = at;
  while (end < rows.length && pattern.test(rows[end])) end += 1;
  return rows.slice(at, end);
}

function isOrdered(item) {
  return item[2] !== "-" && item[2] !== "*";
}

/** Nests items by their indentation. */
function list(items, names) {
  const make = (item) => (isOrdered(item) ? el("ol", { start: Number.parseInt(item[2], 10) }) : el("ul"));
  const root = make(items[0]);
  const open = [{ indent: items[0][1].length, node: root }];
  for (const item of items) {
    const indent = item[1].length;
    while (open.length > 1 && indent < open.at(-1).indent) open.pop();
    const parent = open.at(-1);
    if (indent > parent.indent + 1 && parent.node.lastElementChild) {
      const inner = make(item);
      parent.node.lastElementChild.append(inner);
      open.push({ indent, node: inner });
    }
    open.at(-1).node.append(el("li", null, ...renderInline(item[3], names)));
  }
  return root;
}

// Approximates marks without parsing: a single * or _ counts at the edge of a word.
const MARKS = /```[\w+#.-]*\n?|\*\*|__|~~|\|\||`|(?<![\w*_])[*_](?=\S)|(?<=\S)[*_](?![\w*_])|^[>#-]+ /gm;

/** Tokens: mentions, commands, custom emoji, times. */
const TOKEN = /<(@!?|@&|#)(\d{1,20})>|<\/([^:>\n]{1,100}):\d{1,20}>|<a?(:\w{1,32}:)\d{1,20}>|<t:(-?\d{1,13})(?::([tTdDfFR]))?>/g;
const SPOILER = /\|\|[\s\S]+?\|\|/g;

/**
 * The text in one line without marks, for previews and screen readers.
 * @param {string} text
 * @param {object} names resolves ids: `userName`, `role`, `channelName`
 */
export function plainText(text, names) {
  return text
    .replace(SPOILER, "(spoiler)")
    .replace(MARKS, "")
    .replace(TOKEN, (...found) => spelled(found, names))
    .replace(/\s+/g, " ")
    .trim();
}

function spelled([token, sign, id, command, emoji, seconds, style], names) {
  if (sign === "#") return `#${names.channelName(id) ?? "unknown"}`;
  if (sign === "@&") return `@${names.role(id)?.name ?? "deleted-role"}`;
  if (sign) return `@${names.userName(id)}`;
  if (command) return `/${command}`;
  if (emoji) return emoji;
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? token : formatDate(date, style);
}
