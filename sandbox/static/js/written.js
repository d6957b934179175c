// What a person writes in the message box, and what is sent for it: a name for a mention, a name for an emoji.

import { outsideCode } from "./code_spans.js";
import { nameMissing } from "./drawn.js";
import { emojiNamed } from "./emoji.js";

const TOKEN = /<(?:@[!&]?|#)\d{1,20}>/g;
/** A custom emoji and an address keep the colons in them; a backslash keeps what is behind it. */
const SHORTCODE = /<a?:\w+:\d+>|https?:\/\/\S+|\\:|:([\w+-]{1,40}):/g;

/**
 * The text that is sent: names of people, roles and channels here become mentions, and `:smile:` its emoji.
 * @param {string} text as it stands in the box
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

/** Finds any of the names where it is no part of a longer word; the longest first. Null where there are none. */
function patternOf(names) {
  if (names.length === 0) return null;
  const longestFirst = names.toSorted((a, b) => b.length - a.length);
  const either = longestFirst.map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|");
  return new RegExp(`(?<![\\p{L}\\p{N}_@#<\\\\])(?:${either})(?![\\p{L}\\p{N}_-])`, "gu");
}

/** The text for the box: what `toSent` makes of it is the message again. */
export function toBox(content, store) {
  const { names } = readNames(store);
  const named = (token) => names.get(token.replace("!", "")) ?? token;
  return outsideCode(content, (plain) => nameMissing(plain.replace(TOKEN, named)));
}

/** How a person, a role or a channel is written in the box: by name, by the token where the name is not its own. */
export function writtenAs(token, store) {
  return readNames(store).names.get(token) ?? token;
}

/** `{tokens: name → token, names: token → name}` of whatever can be mentioned here by a name of its own. */
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
