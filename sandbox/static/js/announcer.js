// Screen reader announcements: new messages once, edited ones when they stop changing.

import { el } from "./dom.js";
import { plainText } from "./markdown.js";
import { namesOf } from "./names.js";
import { noticeWords, SPOKEN } from "./system.js";
import { compareIds } from "./time.js";

const REST_MS = 3000;
const KEPT = 5;
const LONGEST = 600;
const LOADING = 1 << 7;

/**
 * Announces a timeline through a hidden live region. The log itself is not a live region, because it is redrawn
 * at each edit and channel change, so a progress bar would be read out at every step.
 */
export class Announcer {
  #node;
  #store;
  /** Deferred answers, whose final text counts as new. */
  #awaited = new Set();
  #timers = new Map();
  #channelId = null;
  #newest = "0";

  constructor(node, store, timeline) {
    this.#node = node;
    this.#store = store;
    timeline.addEventListener("added", ({ detail }) => this.#added(detail));
    timeline.addEventListener("edited", ({ detail }) => this.#edited(detail));
    timeline.addEventListener("reset", () => this.#fetched(timeline.messages));
  }

  /** History is not announced, except messages that arrived while the open channel was reloaded. */
  #fetched(messages) {
    if (this.#store.channelId === this.#channelId) {
      const missed = messages.filter(({ id }) => compareIds(id, this.#newest) > 0);
      for (const message of missed) this.#added(message);
      return;
    }
    this.#channelId = this.#store.channelId;
    this.#newest = messages.at(-1)?.id ?? "0";
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#awaited.clear();
  }

  #added(message) {
    this.#newest = message.id;
    if (message.author.id === this.#store.me.id) return;
    if (message.flags & LOADING) this.#awaited.add(message.id);
    else this.#say(message);
  }

  #edited(message) {
    if (message.flags & LOADING) return;
    if (this.#awaited.delete(message.id)) {
      this.#say(message);
      return;
    }
    clearTimeout(this.#timers.get(message.id));
    const rested = () => {
      this.#timers.delete(message.id);
      this.#say(message);
    };
    this.#timers.set(message.id, setTimeout(rested, REST_MS));
  }

  #say(message) {
    const name = this.#store.nameOf(message.author);
    const names = namesOf(this.#store);
    const notice = () => `${name} ${noticeWords(message, names)}`;
    const text = SPOKEN.has(message.type) ? `${name}: ${spoken(message, names)}` : notice();
    this.#node.append(el("p", { text: text.slice(0, LONGEST) }));
    while (this.#node.children.length > KEPT) this.#node.firstElementChild.remove();
  }
}

/** A message's words: its text, its embeds, the names of its files. */
function spoken({ content, embeds = [], attachments = [] }, names) {
  const words = embeds.flatMap(({ title, description, fields = [] }) => [
    title,
    description,
    ...fields.flatMap(({ name, value }) => [name, value]),
  ]);
  return [content, ...words]
    .filter(Boolean)
    .map((text) => plainText(text, names))
    .concat(attachments.map((attachment) => attachment.description || attachment.filename))
    .join(". ");
}
