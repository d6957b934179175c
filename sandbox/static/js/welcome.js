// The welcome text of an empty channel: the place, and what to type first.

import { el, icon } from "./dom.js";
import { renderInline } from "./inline.js";
import { whyClosed } from "./permits.js";
import { DIRECT } from "./store.js";

/** The welcome block of a channel. */
export function renderWelcome(desk) {
  const { store } = desk;
  const channel = store.channel;
  const direct = channel === null || channel.type === DIRECT;
  const botName = store.bot.user?.global_name || store.bot.user?.username || "the bot";
  const thread = channel?.thread_metadata !== undefined;
  const title = direct ? `You and ${botName}` : `${thread ? "" : "#"}${channel.name}`;
  const about = direct
    ? "A direct message: nobody else can read it."
    : channel.topic || "No messages yet. This is a small Discord on your own machine.";
  const closed = whyClosed(store);
  const suggestions = closed !== null && closed.channel === null ? [] : suggest(store);
  const tries = suggestions.map(({ text, why }) =>
    el(
      "li",
      null,
      el(
        "button",
        { type: "button", class: "try", on: { click: () => desk.suggest(text) } },
        el("code", { text }),
        el("span", { text: why }),
      ),
    ),
  );
  return el(
    "section",
    { class: "welcome", "aria-label": "Start here" },
    el("span", { class: "welcome-mark" }, icon(direct ? "at" : thread ? "thread" : "hash")),
    el("h2", { text: title }),
    el("p", null, ...renderInline(about, desk.names)),
    el("p", { class: "welcome-lead", text: lead(closed, botName) }),
    tries.length > 0 ? el("ul", { class: "tries" }, ...tries) : null,
    el(
      "p",
      { class: "welcome-keys" },
      key("!"),
      " and ",
      key("/"),
      " complete commands, ",
      key("↑"),
      " edits your last message, ",
      key("Shift"),
      " ",
      key("Enter"),
      " starts a new line. Who you are is switched below the list of channels.",
    ),
  );
}

function lead(closed, botName) {
  if (closed === null) return `Try one of these with ${botName}:`;
  if (closed.channel === null) return closed.text;
  const place = closed.channel.name ? `#${closed.channel.name}` : "a direct message";
  return `You can only read here. Try one of these with ${botName} in ${place}:`;
}

function key(text) {
  return el("kbd", { text });
}

const WISHES = [
  { slash: false, name: "status", why: "the status of everything" },
  { slash: true, name: "agents", why: "the fourteen agents, as a slash command" },
  { slash: false, name: "help", why: "all commands, with a menu" },
];

function suggest(store) {
  const { prefix } = store.bot;
  return WISHES.map(({ slash, name, why }) => ({ text: `${slash ? "/" : prefix}${name}`, why }));
}
