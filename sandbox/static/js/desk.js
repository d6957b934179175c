// The actions of a person, as calls of the sandbox.

import { namesOf } from "./names.js";
import { openPicker } from "./picker.js";
import {
  ADD_REACTIONS,
  CREATE_PRIVATE_THREADS,
  CREATE_PUBLIC_THREADS,
  MANAGE_MESSAGES,
  may,
  PIN_MESSAGES,
  whyClosed,
} from "./permits.js";
import { DIRECT } from "./store.js";
import { compareIds } from "./time.js";

const QUICK_REACTIONS = [
  ["👍", "thumbs up"], ["👎", "thumbs down"], ["❤️", "heart"],
  ["🎉", "party"], ["😄", "smile"], ["🤔", "thinking"],
  ["👀", "eyes"], ["🙏", "thanks"], ["✅", "done"],
  ["❌", "no"], ["🔥", "fire"], ["🌀", "spiral"],
  ["😂", "laughing"], ["😢", "sad"], ["💡", "idea"],
  ["🚀", "rocket"], ["⏳", "wait"], ["➕", "plus one"],
];

/**
 * The actions of the page. The start sets `composer`, `log`, `profile` and `threads`; `say` shows a message to
 * the person.
 */
export class Desk {
  composer = null;
  log = null;
  profile = null;
  threads = null;

  constructor({ api, store, timeline, pending, say, open, join, refresh }) {
    this.api = api;
    this.store = store;
    this.timeline = timeline;
    this.pending = pending;
    this.say = say;
    this.open = open;
    this.join = join;
    this.refresh = refresh;
    this.names = {
      ...namesOf(store),
      openChannel: (id) => open(id),
      useCommand: (name) => this.suggest(`/${name}`),
    };
  }

  /** Runs a call; returns its answer, or shows the error and returns null. */
  async attempt(call) {
    try {
      return await call();
    } catch (error) {
      this.say(error.message);
      return null;
    }
  }

  async #interact(kind, label, place, call) {
    const answer = await this.attempt(call);
    if (answer !== null) this.pending.add({ id: answer.interaction_id, kind, label, ...place });
    return answer !== null;
  }

  click(message, customId, label) {
    const body = { user: this.store.me.id, message: message.id, custom_id: customId };
    return this.#interact(
      "click",
      label,
      { channelId: message.channel_id, messageId: message.id, customId },
      () => this.api.click(body),
    );
  }

  select(message, customId, values, label) {
    const body = { user: this.store.me.id, message: message.id, custom_id: customId, values };
    return this.#interact(
      "select",
      label,
      { channelId: message.channel_id, messageId: message.id, customId },
      () => this.api.select(body),
    );
  }

  /** Submits a form and waits for the answer; returns the error, or null. */
  async submitModal(id, values, label) {
    try {
      const body = { user: this.store.me.id, interaction: id, values };
      const answer = await this.api.submitModal(body);
      const place = { channelId: this.store.channelId, messageId: null, customId: null };
      return await this.pending.follow({ id: answer.interaction_id, kind: "modal", label, ...place });
    } catch (error) {
      return error.message;
    }
  }

  /** Uses a slash command; returns whether the sandbox accepted it. */
  async slash(command, options) {
    const { channelId, me } = this.store;
    const body = { user: me.id, channel: channelId, command, options };
    return this.#interact(
      "slash",
      `/${command}`,
      { channelId, messageId: null, customId: null },
      () => this.api.slash(body),
    );
  }

  react(message, emoji, remove) {
    return this.attempt(
      () => this.api.reaction({ user: this.store.me.id, message: message.id, emoji, remove }),
    );
  }

  chooseReaction(message, anchor) {
    const items = QUICK_REACTIONS.map(([emoji, name]) => ({ value: emoji, label: name, mark: emoji }));
    openPicker(
      anchor,
      { label: "Reaction", items, grid: true, done: ([emoji]) => this.react(message, emoji, false) },
    );
  }

  reply(message) {
    this.composer.startReply(message);
  }

  edit(message) {
    this.composer.startEdit(message);
  }

  remove(message) {
    return this.attempt(() => this.api.remove({ user: this.store.me.id, message: message.id }));
  }

  #may(permission) {
    return may(this.store.channel, permission);
  }

  mayReply() {
    return whyClosed(this.store) === null;
  }

  mayReact() {
    return this.#may(ADD_REACTIONS);
  }

  mayDelete(message) {
    return message.author.id === this.store.me.id || this.#may(MANAGE_MESSAGES);
  }

  mayPin() {
    return this.#may(PIN_MESSAGES);
  }

  pin(message, remove) {
    return this.attempt(() => this.api.pin({ user: this.store.me.id, message: message.id, remove }));
  }

  /** Whether a thread of that kind can be started here; not inside threads. */
  mayThread(isPrivate) {
    return this.store.parent === null && this.#may(isPrivate ? CREATE_PRIVATE_THREADS : CREATE_PUBLIC_THREADS);
  }

  mayStartThread(message) {
    return this.mayThread(false) && !message.thread;
  }

  /** Opens a new thread, once the page knows it. */
  async enterThread(thread) {
    await this.refresh();
    this.open(thread.id);
  }

  startThread(message) {
    this.threads.show(message);
  }

  /** Shows a person's profile beside an element. */
  showUser(user, anchor) {
    this.profile.show(user, anchor);
  }

  dismiss(id) {
    this.timeline.dismiss(id);
    this.composer.focus();
  }

  loadEarlier() {
    return this.attempt(async () => {
      await this.timeline.loadEarlier();
      return true;
    });
  }

  /** Scrolls to a message, after fetching older pages if needed. */
  async jumpTo(id) {
    while (!this.log.jumpTo(id)) {
      const [oldest] = this.timeline.messages;
      const further = oldest !== undefined && compareIds(id, oldest.id) < 0 && !this.timeline.complete;
      if (!further || (await this.loadEarlier()) === null) {
        this.say("The message was deleted, or is too old to be loaded.");
        return;
      }
    }
  }

  /** Opens a channel and scrolls to a message. */
  goTo(channelId, messageId) {
    this.timeline.addEventListener("reset", () => this.jumpTo(messageId), { once: true });
    this.open(channelId);
  }

  /** Puts a text into the message box; if the person cannot write here, opens a place where they can. */
  suggest(text) {
    const closed = whyClosed(this.store);
    if (closed !== null && closed.channel === null) {
      this.say(closed.text);
      return;
    }
    if (closed !== null) this.open(closed.channel.id);
    this.composer.suggest(text);
  }

  /** Sends a message; returns whether the sandbox accepted it. */
  async send({ content, replyTo, files }) {
    const { channelId, me } = this.store;
    const body = { user: me.id, content, channel: channelId };
    if (replyTo) body.reply_to = replyTo;
    if (files.length > 0) body.files = files;
    return (await this.attempt(() => this.api.message(body))) !== null;
  }

  get isDirect() {
    return this.store.channel === null || this.store.channel.type === DIRECT;
  }
}
