// Notices: errors, the connection to the sandbox, the bot's presence, who is typing.

import { el, iconButton } from "./dom.js";

const SHOWN_MS = 7000;
const TYPING_MS = 10_000;

/** Short messages in a corner; `say(text, "calm")` reports a success. */
export function makeSay(node) {
  return (text, tone = "problem") => {
    const toast = el(
      "div",
      { class: `toast is-${tone}` },
      el("span", { text }),
      iconButton("close", "Close", () => toast.remove()),
    );
    node.append(toast);
    while (node.children.length > 3) node.firstElementChild.remove();
    setTimeout(() => toast.remove(), SHOWN_MS);
  };
}

/** The banner while the page is disconnected from the sandbox. */
export function drawLink(node, state, retry) {
  node.hidden = state.open;
  if (state.open) return;
  const seconds = Math.max(1, Math.round(state.delay / 1000));
  node.replaceChildren(
    el("span", { text: `Disconnected from the sandbox. Reconnecting in ${seconds} s…` }),
    el("button", { type: "button", class: "text-button", text: "Try now", on: { click: retry } }),
  );
}

/** The pill that shows whether the bot is online. */
export function drawBot(node, store, linkOpen) {
  const state = !linkOpen ? "unknown" : store.bot.connected ? "online" : "offline";
  const words = { unknown: "No connection", online: "Bot online", offline: "Bot offline" }[state];
  if (node.dataset.state === state) return;
  node.dataset.state = state;
  node.replaceChildren(
    el("span", { class: "pill-dot", "aria-hidden": "true" }),
    el("span", { class: "pill-words", text: words }),
  );
}

/** Who is typing in the open channel; shown for ten seconds or until that person's message. */
export class Typing {
  #node;
  #store;
  #timers = new Map();

  constructor(node, store) {
    this.#node = node;
    this.#store = store;
  }

  start({ channel_id: channelId, user_id: userId }) {
    if (channelId !== this.#store.channelId || userId === this.#store.me.id) return;
    clearTimeout(this.#timers.get(userId));
    this.#timers.set(userId, setTimeout(() => this.stop(userId), TYPING_MS));
    this.#draw();
  }

  stop(userId) {
    clearTimeout(this.#timers.get(userId));
    if (this.#timers.delete(userId)) this.#draw();
  }

  clear() {
    for (const userId of [...this.#timers.keys()]) this.stop(userId);
  }

  #draw() {
    const names = [...this.#timers.keys()].map((id) => this.#store.nameOf(this.#store.user(id) ?? { id }));
    const verb = names.length > 1 ? "are" : "is";
    const words = names.length > 2 ? "Several people are typing…" : `${names.join(" and ")} ${verb} typing…`;
    const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    this.#node.replaceChildren(...(names.length > 0 ? [dots, words] : []));
  }
}
