// The messages of the open channel: history, live changes, and pending ones.

import { compareIds } from "./time.js";

const KEPT = 400;
const PAGE = 50;
const REACTIONS = new Set(["MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"]);

/**
 * Holds at most `KEPT` messages, oldest first. Emits `cleared` (another place or reader; `reset` follows),
 * `reset`, `added`, `changed`, `edited` (after `changed`, if its author edited it), `removed` (detail: the
 * message) and `earlier` (older messages were prepended).
 */
export class Timeline extends EventTarget {
  #api;
  #store;
  #messages = new Map();
  #load = 0;
  #waiting = null;
  /** The reader and the channel of the held messages. */
  #view = null;
  loading = false;
  complete = false;

  constructor(api, store) {
    super();
    this.#api = api;
    this.#store = store;
  }

  get messages() {
    return [...this.#messages.values()].sort((a, b) => compareIds(a.id, b.id));
  }

  get(id) {
    return this.#messages.get(id) ?? null;
  }

  /** Fetches the newest page of the open channel; a later call replaces an earlier one. */
  async reload() {
    const turn = ++this.#load;
    const channel = this.#store.channelId;
    this.#waiting = [];
    this.loading = true;
    this.#turnTo(`${this.#store.me.id}/${channel}`);
    let page = [];
    try {
      if (channel !== null) page = await this.#api.fetchMessages(channel, this.#store.me.id, null, PAGE);
    } finally {
      if (turn === this.#load) this.loading = false;
    }
    if (turn !== this.#load) return;
    const waiting = this.#waiting;
    this.#waiting = null;
    // The page may include this reaction already: fetch again instead of counting it twice.
    if (waiting.some(([name]) => REACTIONS.has(name))) {
      await this.reload();
      return;
    }
    this.#messages = new Map(page.map((message) => [message.id, message]));
    for (const message of page) this.#rememberPeople(message);
    this.complete = page.length < PAGE;
    for (const [name, data] of waiting) this.#apply(name, data, false);
    this.#tell("reset");
  }

  /** Clears the messages when the channel or the person changes. */
  #turnTo(view) {
    if (view === this.#view) return;
    this.#view = view;
    this.#messages.clear();
    this.complete = false;
    this.#tell("cleared");
  }

  /** Fetches the page before the oldest message. */
  async loadEarlier() {
    const turn = this.#load;
    const [oldest] = this.messages;
    if (this.complete || !oldest) return;
    const page = await this.#api.fetchMessages(this.#store.channelId, this.#store.me.id, oldest.id, PAGE);
    if (turn !== this.#load) return;
    for (const message of page) {
      this.#messages.set(message.id, message);
      this.#rememberPeople(message);
    }
    this.complete = page.length < PAGE || this.#messages.size >= KEPT;
    this.#tell("earlier");
  }

  /** Handles an event of the stream; the caller handles other channels. */
  receive(name, data) {
    if (data.channel_id !== this.#store.channelId) return;
    if (this.#waiting !== null) this.#waiting.push([name, data]);
    else this.#apply(name, data, true);
  }

  /** Removes a message locally (a dismissed ephemeral one). */
  dismiss(id) {
    this.#apply("MESSAGE_DELETE", { id }, true);
  }

  /** The author's newest editable message, or null. */
  lastOf(userId) {
    return this.messages.findLast((message) => message.author.id === userId) ?? null;
  }

  #apply(name, data, tell) {
    switch (name) {
      case "MESSAGE_CREATE":
        return this.#create(data, tell);
      case "MESSAGE_UPDATE":
        return this.#edit(data, tell);
      case "MESSAGE_DELETE":
        return this.#remove(data.id, tell);
      case "MESSAGE_DELETE_BULK":
        return data.ids.forEach((id) => this.#remove(id, tell));
      case "MESSAGE_REACTION_ADD":
        return this.#change(data.message_id, (message) => this.#react(message, data, 1), tell);
      case "MESSAGE_REACTION_REMOVE":
        return this.#change(data.message_id, (message) => this.#react(message, data, -1), tell);
      case "MESSAGE_REACTION_REMOVE_ALL":
        return this.#change(data.message_id, (message) => ({ ...message, reactions: [] }), tell);
      case "MESSAGE_REACTION_REMOVE_EMOJI":
        return this.#change(data.message_id, (message) => withoutEmoji(message, data.emoji), tell);
    }
  }

  #create(message, tell) {
    if (this.#messages.has(message.id)) return this.#change(message.id, () => message, tell);
    this.#messages.set(message.id, message);
    this.#rememberPeople(message);
    if (tell) this.#tell("added", message);
    while (this.#messages.size > KEPT) {
      this.complete = false;
      this.#remove(this.messages[0].id, tell);
    }
  }

  #edit(data, tell) {
    this.#change(data.id, (message) => ({ ...message, ...data }), tell);
    if (tell && this.#messages.has(data.id)) this.#tell("edited", this.#messages.get(data.id));
  }

  #change(id, next, tell) {
    const before = this.#messages.get(id);
    if (!before) return;
    const after = next(before);
    this.#messages.set(id, after);
    if (tell) this.#tell("changed", after);
  }

  #remove(id, tell) {
    const message = this.#messages.get(id);
    if (!message) return;
    this.#messages.delete(id);
    if (tell) this.#tell("removed", message);
  }

  #react(message, { emoji, user_id: userId }, step) {
    const mine = userId === this.#store.me.id;
    const key = emojiKey(emoji);
    const reactions = (message.reactions ?? []).map((reaction) => ({ ...reaction }));
    let entry = reactions.find((reaction) => emojiKey(reaction.emoji) === key);
    if (!entry) {
      entry = { emoji, count: 0, me: false };
      reactions.push(entry);
    }
    entry.count += step;
    if (mine) entry.me = step > 0;
    return { ...message, reactions: reactions.filter((reaction) => reaction.count > 0) };
  }

  #rememberPeople(message) {
    this.#store.remember(message.author);
    for (const user of message.mentions ?? []) this.#store.remember(user);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function withoutEmoji(message, emoji) {
  const kept = (message.reactions ?? []).filter((reaction) => emojiKey(reaction.emoji) !== emojiKey(emoji));
  return { ...message, reactions: kept };
}

/** The key of a reaction: the character, or `name:id` of a custom emoji. */
export function emojiKey(emoji) {
  return emoji.id ? `${emoji.name}:${emoji.id}` : emoji.name;
}
