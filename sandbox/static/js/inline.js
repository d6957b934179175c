// Discord's inline Markdown: emphasis, code, links, mentions, timestamps, spoilers.

import { codeSpanAt } from "./code_spans.js";
import { el, link, safeUrl } from "./dom.js";
import { timeElement } from "./time.js";

const DEEPEST = 10;

/** Wraps the text between a pair of marks in an element. */
const wrap = (tag, cls) => (match, names, depth, rules) => el(
  tag,
  { class: cls },
  ...renderInline(match[1], names, depth + 1, rules),
);

const ESCAPED = /\\([^0-9A-Za-z\s])/g;
// The URL of a masked link may contain escapes; a label that looks like a URL is not made a link.
const LABEL = String.raw`\[((?:(?!https?://)[^\[\]\n])+)\]`;
const ADDRESS = String.raw`(https?\\?:(?:\\[^0-9A-Za-z\s]|[^\s\\<>()]|\([^\s<>()]*\))+)`;
const MASKED_LINK = new RegExp(String.raw`${LABEL}\(\s*<?${ADDRESS}>?(?:\s+"[^"\n]*")?\s*\)`, "y");

const RULES = [
  // A backslash escapes the next mark.
  { at: "\\", pattern: new RegExp(ESCAPED.source, "y"), make: (match) => match[1] },
  { at: "<", pattern: /<@!?(\d{1,20})>/y, make: (match, names) => userMention(match[1], names) },
  { at: "<", pattern: /<@&(\d{1,20})>/y, make: (match, names) => roleMention(match[1], names) },
  { at: "<", pattern: /<#(\d{1,20})>/y, make: (match, names) => channelMention(match[1], names) },
  {
    at: "<",
    pattern: /<\/([^:>\n]{1,100}):\d{1,20}>/y,
    make: (match, names) => commandMention(match[1], names),
  },
  { at: "<", pattern: /<a?:(\w{1,32}):\d{1,20}>/y, make: (match) => emojiName(match[1]) },
  {
    at: "<",
    pattern: /<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y,
    make: (match) => el(
      "span",
      { class: "moment" },
      timeElement(new Date(Number(match[1]) * 1000), match[2] ?? "f"),
    ),
  },
  {
    at: "<",
    pattern: /<id:(browse|customize|guide|home|linked-roles)(?::\d{1,20})?>/y,
    make: (match) => mention("#", match[1]),
  },
  // In angle brackets anything with a colon and a slash is a URL, shown without the brackets.
  { at: "<", pattern: /<([^\s<>:]+:\/[^\s<>]+)>/y, make: (match) => link(match[1], match[1]) },
  {
    at: "<",
    pattern: /<(?:mailto:)?([^\s<>@:]+@[^\s<>@:]+\.[^\s<>@:]+)>/y,
    make: (match) => contact("mailto", match[1]),
  },
  { at: "<", pattern: /<(?:tel:|sms:)?(\+[\d ().-]{4,30})>/y, make: (match) => contact("tel", match[1]) },
  { at: "h", pattern: /https?:\/\/[^\s<]+[^<.,:;"'\])\s]/y, make: (match) => link(match[0], match[0]) },
  {
    at: "[",
    pattern: MASKED_LINK,
    make: (match, names, depth) => {
      const address = match[2].replace(ESCAPED, "$1");
      if (safeUrl(address) === null) return match[0];
      return link(address, ...renderInline(match[1], names, depth + 1, LABEL_RULES));
    },
  },
  { at: "@", pattern: /@(everyone|here)\b/y, make: (match) => mention("@", match[1]) },
  {
    at: "|",
    pattern: /\|\|([\s\S]+?)\|\|/y,
    make: (match, names, depth, rules) => spoiler(renderInline(match[1], names, depth + 1, rules)),
  },
  { at: "*", pattern: /\*\*\*([^*]+)\*\*\*/y, make: (...found) => el("strong", null, wrap("em")(...found)) },
  { at: "*", pattern: /\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/y, make: wrap("strong") },
  { at: "_", pattern: /__((?:\\[\s\S]|[^\\])+?)__(?!_)/y, make: wrap("u") },
  { at: "~", pattern: /~~([\s\S]+?)~~/y, make: wrap("s") },
  { at: "*", pattern: /\*(?![\s*])((?:\\[\s\S]|[^*\\]|\*\*[^*]+\*\*)+?)\*(?!\*)/y, make: wrap("em") },
  { at: "_", alone: true, pattern: /_(?!_)((?:\\[\s\S]|[^_\\]|__[^_]+__)+?)_(?![\w])/y, make: wrap("em") },
];
// In the label of a masked link only emphasis works; backslashes are shown.
const LABEL_RULES = RULES.filter((rule) => "*_~".includes(rule.at));
const SPECIAL = /[\\`<[@|*_~h]/g;

/**
 * Turns text into nodes.
 * @param {string} text
 * @param {object} names resolves ids: `userName`, `role`, `channelName`, `openChannel`, `useCommand`
 * @param {number} depth the nesting depth; beyond the limit marks stay text
 * @param {object[]} rules the marks to look for
 * @returns {(Node|string)[]}
 */
export function renderInline(text, names, depth = 0, rules = RULES) {
  if (depth > DEEPEST) return [text];
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain !== "") nodes.push(...withBreaks(plain));
    plain = "";
  };
  let position = 0;
  while (position < text.length) {
    SPECIAL.lastIndex = position;
    const next = SPECIAL.exec(text)?.index ?? text.length;
    plain += text.slice(position, next);
    position = next;
    if (position >= text.length) break;
    const { node, length } = nodeAt(text, position, names, depth, rules);
    position += length;
    if (typeof node === "string") plain += node;
    else {
      flush();
      nodes.push(node);
    }
  }
  flush();
  return nodes;
}

/** The node at a special character and its length; the character itself if it is not a mark. */
function nodeAt(text, position, names, depth, rules) {
  if (text[position] === "`") return codeAt(text, position);
  const found = matchAt(text, position, rules);
  if (found === null) return { node: text[position], length: 1 };
  return { node: found.rule.make(found.match, names, depth, rules), length: found.match[0].length };
}

/** A code span, or an unmatched run of backticks as text. */
function codeAt(text, position) {
  const { from, to, end } = codeSpanAt(text, position);
  const node = to > from ? code(text.slice(from, to)) : text.slice(position, end);
  return { node, length: end - position };
}

function matchAt(text, position, rules) {
  for (const rule of rules) {
    if (rule.at !== text[position]) continue;
    // An underscore inside a word is not a mark.
    if (rule.alone && position > 0 && /\w/.test(text[position - 1])) continue;
    rule.pattern.lastIndex = position;
    const match = rule.pattern.exec(text);
    if (match !== null) return { rule, match };
  }
  return null;
}

function withBreaks(text) {
  const nodes = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (index > 0) nodes.push(el("br"));
    if (line !== "") nodes.push(line);
  }
  return nodes;
}

function code(text) {
  return el("code", { text: text.replace(/^ (.*) $/, "$1") });
}

/** A custom emoji has no picture here, so its name is shown. */
function emojiName(name) {
  return el("span", { class: "emoji-name", text: `:${name}:` });
}

function contact(scheme, address) {
  return el("a", { href: `${scheme}:${address}`, rel: "noopener noreferrer nofollow", text: address });
}

function mention(sign, name, dataset = {}) {
  return el("span", { class: "mention", dataset, text: `${sign}${name}` });
}

function userMention(id, names) {
  return mention("@", names.userName(id), { user: id });
}

function roleMention(id, names) {
  const role = names.role(id);
  const node = mention("@", role?.name ?? "deleted-role");
  if (role?.colour) node.style.setProperty("--mention", role.colour);
  return node;
}

/** Fills in the names of channels that were unknown when the node was drawn, such as new ones. */
export function nameChannels(root, names) {
  for (const node of root.querySelectorAll(".mention[data-channel]")) {
    if (names.channelName(node.dataset.channel) !== null) {
      node.replaceWith(channelMention(node.dataset.channel, names));
    }
  }
}

/**
 * A channel mention that opens the channel.
 * @param {string} id
 * @param {object} names as in `renderInline`
 * @returns {Node} for an unknown channel, a node that `nameChannels` can fill in later
 */
function channelMention(id, names) {
  const name = names.channelName(id);
  if (name === null) return mention("#", "unknown", { channel: id });
  return el(
    "button",
    { type: "button", class: "mention", text: `#${name}`, on: { click: () => names.openChannel(id) } },
  );
}

function commandMention(name, names) {
  return el(
    "button",
    { type: "button", class: "mention", text: `/${name}`, on: { click: () => names.useCommand(name) } },
  );
}

function spoiler(children) {
  const inside = el("span", { class: "spoiler-inside", "aria-hidden": "true" }, ...children);
  const node = el(
    "span",
    { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Spoiler, press to show" },
    inside,
  );
  const show = (event) => {
    const otherKey = event.type === "keydown" && !["Enter", " "].includes(event.key);
    if (otherKey || node.classList.contains("is-shown")) return;
    event.preventDefault();
    node.classList.add("is-shown");
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
    inside.removeAttribute("aria-hidden");
  };
  node.addEventListener("click", show);
  node.addEventListener("keydown", show);
  return node;
}
