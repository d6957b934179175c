// What the message box can complete: commands with the prefix, slash commands, people, roles and channels.

const FOUND = 25;

/** Best first: begins with the word, then an alias that does, then contains it. */
function rank(word, entries, names) {
  const score = (entry) => {
    const [first, ...aliases] = names(entry).map((name) => name.toLowerCase());
    if (first === word) return 0;
    if (first.startsWith(word)) return 1;
    if (aliases.includes(word)) return 0.5;
    if (aliases.some((alias) => alias.startsWith(word))) return 2;
    return first.includes(word) ? 3 : null;
  };
  return entries
    .map((entry) => ({ entry, score: score(entry) }))
    .filter(({ score: found }) => found !== null)
    .sort((a, b) => a.score - b.score || names(a.entry)[0].localeCompare(names(b.entry)[0]))
    .map(({ entry }) => entry);
}

/** The word at the caret: `{word, from, to}`, ended by white space on both sides. */
function wordAt(text, caret) {
  const from = text.slice(0, caret).search(/\S*$/);
  const to = caret + text.slice(caret).search(/\s|$/);
  return { word: text.slice(from, to), from, to };
}

/** Commands with the prefix: at the start of a line, or after other such commands on it. */
function findPrefixed(store, text, caret) {
  const { prefix } = store.bot;
  const { word, from, to } = wordAt(text, caret);
  if (!word.startsWith(prefix)) return null;
  const lineStart = text.lastIndexOf("\n", from - 1) + 1;
  const earlier = text.slice(lineStart, from).trim();
  if (earlier !== "" && !earlier.split(/\s+/).every((token) => token.startsWith(prefix))) return null;
  const typed = word.slice(prefix.length).toLowerCase();
  const names = (command) => [command.name, ...(command.aliases ?? [])];
  const found = rank(typed, store.prefixCommands, names);
  return {
    title: "Commands",
    from,
    to,
    exact: store.prefixCommands.some((command) => names(command).includes(typed)),
    items: found.map((command) => ({
      value: `${prefix}${command.name} `,
      label: `${prefix}${command.name}`,
      usage: command.usage,
      detail: [command.summary.replace(/\.$/, ""), ACCESS_NOTES[command.access]].filter(Boolean).join(" · "),
    })),
  };
}

const ACCESS_NOTES = { mod: "mods", admin: "admins", owner: "owners" };

/** The command whose arguments are being typed, for a line of help: `{usage, summary}` or null. */
export function hintFor(store, text) {
  const match = /^(\S+)\s/.exec(text);
  if (match === null || !match[1].startsWith(store.bot.prefix)) return null;
  const name = match[1].slice(store.bot.prefix.length).toLowerCase();
  const command = store.prefixCommands.find((entry) => entry.name === name || entry.aliases?.includes(name));
  if (!command?.usage) return null;
  return { usage: `${match[1]} ${command.usage}`, summary: command.summary };
}

/** Slash commands, while only the name is being typed. */
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
    // A command that asks for nothing can be sent as it stands.
    exact: exact !== undefined && !(exact.options ?? []).some((option) => option.required),
    items: rank(typed, commands, (command) => [command.name]).map((command) => ({
      value: command,
      label: `/${command.name}`,
      usage: (command.options ?? []).map(optionUsage).join(" "),
      detail: command.description,
    })),
  };
}

function optionUsage({ name, required }) {
  return required ? `<${name}>` : `[${name}]`;
}

/** Whatever can be completed at the caret. */
export function findAny(store, text, caret) {
  return findPrefixed(store, text, caret) ?? findSlash(store, text, caret) ?? findMention(store, text, caret);
}

/** People and roles after @, channels after #. */
function findMention(store, text, caret) {
  const { word, from, to } = wordAt(text, caret);
  const { guild } = store;
  if (guild === null || !/^[@#]/.test(word) || caret === from) return null;
  const typed = word.slice(1).toLowerCase();
  const items = word[0] === "@" ? [...people(store, typed), ...roles(guild, typed)] : channels(guild, typed);
  return { title: word[0] === "@" ? "People and roles" : "Channels", from, to, items: items.slice(0, FOUND) };
}

function people(store, typed) {
  const users = store.guild.members.map((member) => member.user);
  return rank(typed, users, (user) => [store.nameOf(user), user.username]).map((user) => ({
    value: `<@${user.id}> `,
    label: `@${store.nameOf(user)}`,
    detail: user.username,
  }));
}

function roles(guild, typed) {
  const mentionable = guild.roles.filter((role) => role.id !== guild.id);
  return rank(typed, mentionable, (role) => [role.name]).map(
    (role) => ({ value: `<@&${role.id}> `, label: `@${role.name}`, detail: "role" }),
  );
}

function channels(guild, typed) {
  const texts = guild.channels.filter((channel) => channel.type !== 4);
  return rank(typed, texts, (channel) => [channel.name]).map(
    (channel) => ({ value: `<#${channel.id}> `, label: `#${channel.name}`, detail: channel.topic ?? "" }),
  );
}

/** Splits `/name option:value …` as typed or pasted; the first option takes a rest without a name. */
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
