// Completions for the message box: prefix commands, slash commands, people, roles, channels and emoji.

import { isShown } from "./drawn.js";
import { EMOJI } from "./emoji.js";
import { plainText } from "./markdown.js";
import { namesOf } from "./names.js";
import { may, USE_COMMANDS } from "./permits.js";
import { rank, rankOrGuess } from "./ranking.js";
import { writtenAs } from "./written.js";

/** The word at the caret, delimited by white space: `{word, from, to}`. */
function wordAt(text, caret) {
  const from = text.slice(0, caret).search(/\S*$/);
  const to = caret + text.slice(caret).search(/\s|$/);
  return { word: text.slice(from, to), from, to };
}

/** Prefix commands, at the start of a line or after other prefix commands on it. */
function findPrefixed(store, text, caret) {
  const { prefix } = store.bot;
  const { word, from, to } = wordAt(text, caret);
  if (!word.startsWith(prefix)) return null;
  const lineStart = text.lastIndexOf("\n", from - 1) + 1;
  const earlier = text.slice(lineStart, from).trim();
  if (earlier !== "" && !earlier.split(/\s+/).every((token) => token.startsWith(prefix))) return null;
  const typed = word.slice(prefix.length).toLowerCase();
  const names = (command) => [command.name, ...(command.aliases ?? [])];
  const found = rankOrGuess(typed, byName(store.prefixCommands), names);
  const known = found.some((command) => names(command).some((name) => name.includes(typed)));
  return {
    title: "Commands",
    from,
    to,
    // A similar word may be intended as typed, because the bot answers to it.
    exact: !known || store.prefixCommands.some((command) => names(command).includes(typed)),
    items: found.map((command) => ({
      value: `${prefix}${command.name} `,
      label: `${prefix}${command.name}`,
      usage: command.usage,
      detail: [command.summary.replace(/\.$/, ""), ACCESS_NOTES[command.access]].filter(Boolean).join(" · "),
    })),
  };
}

function byName(entries) {
  return [...entries].sort((a, b) => a.name.localeCompare(b.name));
}

const ACCESS_NOTES = { mod: "mods", admin: "admins", owner: "owners" };

/** The help line of the command whose arguments are being typed: `{usage, summary}` or null. */
export function hintFor(store, text) {
  const match = /^(\S+)\s/.exec(text);
  if (match === null || !match[1].startsWith(store.bot.prefix)) return null;
  const name = match[1].slice(store.bot.prefix.length).toLowerCase();
  const command = store.prefixCommands.find((entry) => entry.name === name || entry.aliases?.includes(name));
  if (!command?.usage) return null;
  return { usage: `${match[1]} ${command.usage}`, summary: command.summary };
}

/** Slash commands, while the name is being typed. */
function findSlash(store, text, caret) {
  const match = /^\/([^\s/]*)$/.exec(text);
  if (match === null || caret === 0) return null;
  const typed = match[1].toLowerCase();
  const commands = store.slashCommands();
  const exact = commands.find((command) => command.name === typed);
  return {
    title: "Slash commands",
    from: 0,
    to: text.length,
    // A command without options can be sent at once.
    exact: exact !== undefined && !(exact.options ?? []).some((option) => option.required),
    items: rankOrGuess(typed, commands, (command) => [command.name]).map((command) => ({
      value: command,
      label: `/${command.name}`,
      usage: (command.options ?? []).map(optionUsage).join(" "),
      detail: command.description,
    })),
  };
}

/** What to do about a slash command that is unknown here. */
export function whyUnknown(store, name) {
  if (store.commands.length === 0) return "The bot may still be starting. Try again in a moment.";
  const elsewhere = store.commands.some((command) => command.name === name.toLowerCase());
  if (!may(store.channel, USE_COMMANDS)) return "You may not use slash commands in this channel.";
  if (!elsewhere) return "Type / to see all commands.";
  return store.guild === null ? "It works in the channels of a server." : "It works in another place.";
}

function optionUsage({ name, required }) {
  return required ? `<${name}>` : `[${name}]`;
}

/** The completions at the caret. */
export function findAny(store, text, caret) {
  return findPrefixed(store, text, caret)
    ?? findSlash(store, text, caret)
    ?? findMention(store, text, caret)
    ?? findEmoji(text, caret);
}

/** People and roles after @, channels after #. */
function findMention(store, text, caret) {
  const { word, from, to } = wordAt(text, caret);
  if (!/^[@#]/.test(word) || caret === from) return null;
  const typed = word.slice(1).toLowerCase();
  if (word[0] === "#") return { title: "Channels", from, to, items: channels(store, typed) };
  const items = [...people(store, typed), ...roles(store, typed)];
  return { title: store.guild === null ? "People" : "People and roles", from, to, items };
}

function people(store, typed) {
  const users = store.people().sort((a, b) => store.nameOf(a).localeCompare(store.nameOf(b)));
  return rank(typed, users, (user) => [store.nameOf(user), user.username]).map((user) => ({
    value: `${writtenAs(`<@${user.id}>`, store)} `,
    label: `@${store.nameOf(user)}`,
    detail: user.username,
  }));
}

function roles(store, typed) {
  return rank(typed, byName(store.mentionableRoles()), (role) => [role.name]).map((role) => ({
    value: `${writtenAs(`<@&${role.id}>`, store)} `,
    label: `@${role.name}`,
    detail: "role",
  }));
}

function channels(store, typed) {
  return rank(typed, byName(store.mentionableChannels()), (channel) => [channel.name]).map((channel) => ({
    value: `${writtenAs(`<#${channel.id}>`, store)} `,
    label: `#${channel.name}`,
    detail: channel.topic ? plainText(channel.topic, namesOf(store)) : "",
  }));
}

/** Emoji by name, after a colon and two letters. */
function findEmoji(text, caret) {
  const { word, from, to } = wordAt(text, caret);
  if (!/^:[\w+-]{2,}$/.test(word)) return null;
  const shortFirst = EMOJI.toSorted((a, b) => a.names[0].length - b.names[0].length);
  const items = rank(word.slice(1), shortFirst, (entry) => entry.names).map(({ emoji, names: [name] }) => ({
    value: `:${name}: `,
    label: isShown(emoji) ? `${emoji} :${name}:` : `:${name}:`,
  }));
  return { title: "Emoji", from, to, items };
}

/** Splits `/name option:value …`; text without an option name goes to the first option. */
export function parseSlash(store, text) {
  const match = /^\/(\S+)(?:\s+([\s\S]*))?$/.exec(text.trimStart());
  const command = match && store.slashCommands().find((entry) => entry.name === match[1].toLowerCase());
  if (!command) return null;
  const rest = (match[2] ?? "").trim();
  const names = (command.options ?? []).map((option) => option.name);
  const values = {};
  const marks = [...rest.matchAll(/(?:^|\s)([\w-]{1,32}):\s*/gu)].filter((mark) => names.includes(mark[1]));
  for (const [index, mark] of marks.entries()) {
    values[mark[1]] = rest.slice(mark.index + mark[0].length, marks[index + 1]?.index ?? rest.length).trim();
  }
  const loose = marks.length > 0 ? "" : rest;
  if (loose !== "" && names.length > 0) values[names[0]] = loose;
  return { command, values, wantsOptions: /\s$/.test(text) || rest !== "" };
}
