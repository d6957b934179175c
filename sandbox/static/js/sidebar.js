// The list of places: servers with their channels, and the direct message with the bot.

import { avatar } from "./avatar.js";
import { el, icon } from "./dom.js";

const PRIVATE_THREAD = 12;
const VIEW_CHANNEL = 1n << 10n;

/**
 * Draws the places into the navigation.
 * @param {HTMLElement} node
 * @param {object} store
 * @param {object} acts `open(channelId)`, `join(guild)`
 */
export function drawPlaces(node, store, { open, join }) {
  const focused = node.contains(document.activeElement) ? document.activeElement.dataset.place : null;
  node.replaceChildren(...store.guilds.map((guild) => server(guild, store, open)), direct(store, open));
  if (store.guilds.length === 0) node.prepend(invitation(store.elsewhere, join));
  if (focused !== null) {
    [...node.querySelectorAll("button")].find((button) => button.dataset.place === focused)?.focus();
  }
}

/** For a person in no server: the servers that they can join. */
function invitation(guilds, join) {
  return el(
    "section",
    { class: "places-empty", "aria-label": "Servers to join" },
    el("p", { text: "You are not in a server yet. Join one to talk to the bot." }),
    ...guilds.map((guild) =>
      el("button", {
        type: "button",
        class: "button button-secondary",
        text: `Join ${guild.name}`,
        dataset: { place: `join-${guild.id}` },
        on: { click: () => join(guild) },
      }),
    ),
  );
}

function server(guild, store, open) {
  const groups = store.groups(guild).map(({ category, channels }) =>
    el(
      "div",
      { class: "place-group", role: "group", "aria-label": category?.name ?? "Channels" },
      category ? el("h3", { text: category.name }) : null,
      el(
        "ul",
        null,
        ...channels.map((channel) => el("li", null, ...room(channel, guild, store, open))),
      ),
    ),
  );
  const mark = guild.icon
    ? el("img", { class: "server-mark", alt: "", src: `/cdn/icons/${guild.id}/${guild.icon}.png?size=64` })
    : el("span", { class: "server-mark", "aria-hidden": "true", text: initials(guild.name) });
  return el(
    "section",
    { class: "server", "aria-label": guild.name },
    el("h2", null, mark, el("span", { text: guild.name })),
    ...groups,
  );
}

function room(channel, guild, store, open) {
  const hidden = isPrivate(channel, guild);
  const words = [
    icon(hidden ? "lock" : "hash"),
    el("span", { text: channel.name }),
    hidden ? el("span", { class: "sr-only", text: "private" }) : null,
  ];
  const threads = store.threadsOf(channel.id).filter(
    (thread) => !thread.thread_metadata.archived || thread.id === store.channelId,
  );
  const below = el(
    "ul",
    { class: "threads", "aria-label": `Threads of ${channel.name}` },
    ...threads.map((thread) => {
      const hidden = thread.type === PRIVATE_THREAD;
      const hint = el("span", { class: "sr-only", text: hidden ? "private thread" : "thread" });
      const label = [icon(hidden ? "lock" : "thread"), el("span", { text: thread.name }), hint];
      return el("li", null, place(thread.id, label, store, open));
    }),
  );
  return [place(channel.id, words.filter(Boolean), store, open), threads.length > 0 ? below : null];
}

function direct(store, open) {
  const bot = store.bot.user;
  const id = store.dms[0]?.id ?? null;
  const words = [
    bot ? avatar(bot, "small") : icon("at"),
    el("span", { text: bot?.global_name || bot?.username || "The bot" }),
  ];
  return el(
    "section",
    { class: "server", "aria-label": "Direct messages" },
    el("h2", null, el("span", { text: "Direct messages" })),
    el("ul", null, el("li", null, place(id, words, store, open))),
  );
}

function place(id, words, store, open) {
  const here = store.channelId === id;
  const unread = store.unread.has(id);
  return el(
    "button",
    {
      type: "button",
      class: unread ? "place is-unread" : "place",
      dataset: { place: id ?? "direct" },
      "aria-current": here ? "page" : null,
      on: { click: () => open(id) },
    },
    ...words,
    unread ? el("span", { class: "sr-only", text: "unread" }) : null,
  );
}

/** Whether a channel is hidden from @everyone. */
function isPrivate(channel, guild) {
  const everyone = channel.permission_overwrites?.find((overwrite) => overwrite.id === guild.id);
  return everyone !== undefined && (BigInt(everyone.deny) & VIEW_CHANNEL) !== 0n;
}

function initials(name) {
  return name.split(/\s+/).map((word) => [...word][0] ?? "").join("").slice(0, 2).toUpperCase();
}
