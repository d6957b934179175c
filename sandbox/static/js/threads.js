// The panel of threads: those of the open channel, a new one, and actions on the open one.

import { el, icon } from "./dom.js";
import { plainText } from "./markdown.js";

const LONGEST_NAME = 100;
const EXCERPT = 80;

/** The panel of threads; drawn when it opens and when a thread changes. */
export class ThreadsPanel {
  #node;
  #desk;
  #open = false;
  /** The message from which the new thread starts, if any. */
  #source = null;

  constructor(node, button, desk) {
    this.#node = node;
    this.#desk = desk;
    node.addEventListener("beforetoggle", (event) => {
      this.#open = event.newState === "open";
      if (this.#open) this.#draw();
      else this.#source = null;
    });
    desk.store.addEventListener("place", () => {
      button.hidden = desk.isDirect;
      if (this.#open) node.hidePopover();
    });
    desk.store.addEventListener("world", () => this.#refresh());
  }

  /** Opens the panel to start a thread from a message. */
  show(message) {
    this.#source = message;
    this.#node.showPopover();
    this.#draw();
    this.#node.querySelector("input")?.focus();
  }

  #refresh() {
    // Do not redraw while a name is being typed.
    if (this.#open && !this.#node.contains(document.activeElement)) this.#draw();
  }

  #draw() {
    const { store } = this.#desk;
    if (store.channel === null) return;
    this.#node.replaceChildren(...(store.parent === null ? this.#ofChannel() : this.#ofThread()));
  }

  #ofChannel() {
    const { store } = this.#desk;
    const threads = store.threadsOf(store.channelId);
    return [
      el("h2", { class: "menu-title", text: threads.length > 0 ? `Threads · ${threads.length}` : "Threads" }),
      threads.length > 0
        ? el("ul", null, ...threads.map((thread) => el("li", null, this.#row(thread))))
        : el("p", { class: "threads-empty" }, icon("thread"), "No threads yet."),
      this.#desk.mayThread(false) || this.#desk.mayThread(true) ? this.#form() : "",
    ];
  }

  #row(thread) {
    const { archived, locked } = thread.thread_metadata;
    const notes = [
      thread.message_count === 1 ? "1 message" : `${thread.message_count} messages`,
      thread.type === 12 ? "private" : null,
      archived ? "archived" : null,
      locked ? "locked" : null,
    ].filter(Boolean);
    return el(
      "button",
      { type: "button", class: "menu-item", on: { click: () => this.#desk.open(thread.id) } },
      icon("thread"),
      el(
        "span",
        { class: "menu-words" },
        el("span", { class: "option-name", text: thread.name }),
        el("span", { class: "option-text", text: notes.join(", ") }),
      ),
    );
  }

  #form() {
    const source = this.#source;
    const name = el("input", { id: "thread-name", type: "text", maxlength: LONGEST_NAME, autocomplete: "off" });
    const hidden = el("input", { id: "thread-private", type: "checkbox" });
    const choice = el("label", { class: "thread-private" }, hidden, "Private: only for people you mention in it");
    const offered = source === null && this.#desk.mayThread(true);
    hidden.checked = offered && !this.#desk.mayThread(false);
    hidden.disabled = !this.#desk.mayThread(false);
    const submit = async (event) => {
      event.preventDefault();
      await this.#start(name, hidden.checked);
    };
    return el(
      "form",
      { class: "thread-form", novalidate: true, on: { submit } },
      el("label", { for: "thread-name", text: "Name of a new thread" }),
      source ? el("p", { class: "thread-source", text: `About: ${excerpt(source, this.#desk.names)}` }) : null,
      name,
      offered ? choice : null,
      el("button", { type: "submit", class: "button button-primary", text: "Start thread" }),
    );
  }

  async #start(field, isPrivate) {
    const { api, store } = this.#desk;
    if (field.value.trim() === "") {
      field.setAttribute("aria-invalid", "true");
      field.focus();
      return;
    }
    const body = { user: store.me.id, channel: store.channelId, name: field.value, private: isPrivate };
    if (this.#source !== null) body.message = this.#source.id;
    const started = await this.#desk.attempt(() => api.startThread(body));
    if (started !== null) await this.#desk.enterThread(started);
  }

  #ofThread() {
    const { store, api } = this.#desk;
    const thread = store.channel;
    const { archived, locked } = thread.thread_metadata;
    const act = (call) => async () => {
      this.#node.hidePopover();
      await this.#desk.attempt(call);
    };
    const about = { user: store.me.id, thread: thread.id };
    const inside = thread.member !== undefined;
    const items = [
      item("reply", `Back to #${store.parent.name}`, () => this.#desk.open(store.parent.id)),
      archived
        ? null
        : item(
          inside ? "close" : "plus",
          inside ? "Leave the thread" : "Join the thread",
          act(() => api.joinThread({ ...about, leave: inside })),
        ),
      item(
        archived ? "check" : "file",
        archived ? "Reopen the thread" : "Archive the thread",
        act(() => api.editThread({ ...about, archived: !archived })),
      ),
    ];
    const state = [archived ? "archived" : "active", locked ? "locked" : null].filter(Boolean).join(", ");
    return [el("h2", { class: "menu-title", text: `${thread.name} · ${state}` }), ...items.filter(Boolean)];
  }
}

function item(mark, text, click) {
  return el(
    "button",
    { type: "button", class: "menu-item", on: { click } },
    icon(mark),
    el("span", { class: "option-name", text }),
  );
}

function excerpt(message, names) {
  const words = plainText(message.content, names) || "a message without text";
  return words.length > EXCERPT ? `${words.slice(0, EXCERPT)}…` : words;
}
