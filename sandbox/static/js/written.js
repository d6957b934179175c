// Translates between the text in the message box and the text that is sent: names of mentions and emoji.

import { outsideCode } from "./code_spans.js";
import { nameMissing } from "./drawn.js";
import { emojiNamed } from "./emoji.js";

const TOKEN = /<(?:@[!&]?|#)\d{1,20}>/g;
/** Left unchanged: custom emoji and URLs with their colons, and characters after a backslash. */
const SHORTCODE = /<a?:\w+:\d+>|https?:\/\/\S+|\\:|:([\w+-]{1,40}):/g;

/**
 * The text to send: names of people, roles and channels become mentions, `:smile:` becomes its emoji.
 * @param {string} text the text in the box
 * @param {object} store
 */
export function toSent(text, store) {
  const { tokens } = readNames(store);
  const named = patternOf([...tokens.keys()]);
  return outsideCode(text, (plain) => {
    const mentioned = named === null ? plain : plain.replace(named, (name) => tokens.get(name));
    return mentioned.replace(SHORTCODE, (whole, name) => (name && emojiNamed(name)) || whole);
  });
}

/** A pattern for any of the names as whole words, longest first; null without names. */
function patternOf(names) {
  if (names.length === 0) return null;
  const longestFirst = names.toSorted((a, b) => b.length - a.length);
  const either = longestFirst.map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|");
  return new RegExp(`(?<![\\p{L}\\p{N}_@#<\\\\])(?:${either})(?![\\p{L}\\p{N}_-])`, "gu");
}

/** The text for the box, from which `toSent` gives the message again. */
export function toBox(content, store) {
  const { names } = readNames(store);
  const named = (token) => names.get(token.replace("!", "")) ?? token;
  return outsideCode(content, (plain) => nameMissing(plain.replace(TOKEN, named)));
}

/** A person, role or channel as written in the box: the name, or the token if the name is ambiguous. */
export function writtenAs(token, store) {
  return readNames(store).names.get(token) ?? token;
}

/** `{tokens: name → token, names: token → name}` of everything with a unique name that can be mentioned here. */
function readNames(store) {
  const entries = [
    ...store.people().map((user) => [`<@${user.id}>`, `@${store.nameOf(user)}`, `@${user.username}`]),
    ...store.mentionableRoles().map((role) => [`<@&${role.id}>`, `@${role.name}`]),
    ...store.mentionableChannels().map((channel) => [`<#${channel.id}>`, `#${channel.name}`]),
  ];
  const tokens = new Map([["@everyone", null], ["@here", null]]);
  for (const [token, ...names] of entries) {
    for (const name of new Set(names)) tokens.set(name, tokens.has(name) ? null : token);
  }
  for (const [name, token] of tokens) if (token === null) tokens.delete(name);
  const names = new Map();
  for (const [token, ...all] of entries) {
    const own = all.find((name) => tokens.get(name) === token);
    if (own !== undefined) names.set(token, own);
  }
  return { tokens, names };
}
