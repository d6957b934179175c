// The log: the messages of the open channel; keeps the reading position.

import { el } from "./dom.js";
import { renderWelcome } from "./welcome.js";
import { continues, renderMessage, thinking } from "./message.js";
import { NewLine } from "./new_line.js";
import { formatDate, idTime } from "./time.js";

const NEAR_END_PX = 120;

/** A separator line. */
function line(cls, text) {
  return el("div", { class: cls, role: "separator", "aria-label": text }, el("span", { text }));
}

/** Draws a timeline and follows its changes. */
export class MessageLog {
  #log;
  #desk;
  #timeline;
  #list = el("div", { class: "message-list" });
  #waiting = el("div", { class: "waiting-list" });
  #earlier = el(
    "button",
    { type: "button", class: "button button-secondary earlier", text: "Show earlier messages" },
  );
  /** Whether the log follows new messages, because the reader is at the end. */
  #following = true;
  #newLine = new NewLine();
  /** Whether the channel was just opened, so that the log begins at the unread messages. */
  #opened = false;
  #newer = el("button", { type: "button", class: "newer", hidden: true, text: "New messages" });

  constructor(log, desk, timeline) {
    this.#log = log;
    this.#desk = desk;
    this.#timeline = timeline;
    log.append(this.#earlier, this.#list, this.#waiting, this.#newer);
    this.#earlier.addEventListener("click", () => desk.loadEarlier());
    log.addEventListener("scroll", () => {
      this.#following = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
      if (this.#following) this.#newer.hidden = true;
      this.#look();
    });
    window.addEventListener("focus", () => this.#look());
    this.#newer.addEventListener("click", () => {
      this.#following = true;
      this.#keepEnd();
    });
    log.addEventListener("keydown", (event) => this.#walk(event));
    // Loading pictures and a phone's keyboard change the height.
    log.addEventListener("load", () => this.#keepEnd(), true);
    new ResizeObserver(() => this.#keepEnd()).observe(log);
    desk.store.addEventListener("place", () => {
      this.#newLine.open(desk.store.firstNew);
      this.#following = true;
      this.#opened = true;
    });
    timeline.addEventListener("cleared", () => this.drawAll());
    timeline.addEventListener("reset", () => {
      this.drawAll();
      if (this.#opened) this.#showNew();
      this.#opened = false;
    });
    timeline.addEventListener("earlier", () => this.#drawEarlier());
    timeline.addEventListener("added", ({ detail }) => this.#added(detail));
    timeline.addEventListener("changed", ({ detail }) => this.#changed(detail));
    timeline.addEventListener("removed", () => this.#redrawKeepingPlace());
    desk.pending.addEventListener("changed", ({ detail }) => this.#pendingChanged(detail));
  }

  /** Redraws everything: a newly opened channel at its end, a reloaded one at the same position. */
  drawAll() {
    this.#newer.hidden = true;
    this.#redrawKeepingPlace();
  }

  /** Scrolls to the line "New" if it is above the visible end of the log. */
  #showNew() {
    const mark = this.#list.querySelector(".new");
    const above = mark?.getBoundingClientRect().top < this.#log.getBoundingClientRect().top;
    if (!above) return;
    mark.scrollIntoView({ block: "start" });
    this.#newer.hidden = false;
  }

  /** Notes that the reader is present and at the end. */
  #look() {
    if (this.#following && document.hasFocus()) this.#newLine.seen();
  }

  /** Scrolls to a message and highlights it; returns false if it is not in the log. */
  jumpTo(id) {
    const node = document.getElementById(`message-${id}`);
    if (!node) return false;
    node.scrollIntoView({ block: "center" });
    node.focus({ preventScroll: true });
    node.classList.add("is-target");
    setTimeout(() => node.classList.remove("is-target"), 1600);
    return true;
  }

  #draw() {
    const nodes = [];
    let before = null;
    for (const message of this.#timeline.messages) {
      nodes.push(...this.#place(message, before));
      before = message;
    }
    if (nodes.length === 0 && !this.#timeline.loading) nodes.push(renderWelcome(this.#desk));
    this.#list.replaceChildren(...nodes);
    this.#earlier.hidden = this.#timeline.complete || before === null;
    this.#drawWaiting();
  }

  /** The nodes of a message: a date line if needed, the line "New" if needed, then the message. */
  #place(message, before) {
    const date = new Date(idTime(message.id));
    const newDay = before === null || new Date(idTime(before.id)).toDateString() !== date.toDateString();
    const isNew = this.#newLine.standsAbove(message.id, before);
    const node = renderMessage(message, this.#desk, !newDay && !isNew && continues(message, before));
    const lines = [newDay && line("day", formatDate(date, "D")), isNew && line("new", "New")];
    return [...lines.filter(Boolean), node];
  }

  #added(message) {
    const mine = message.author.id === this.#desk.store.me.id;
    const present = this.#following && document.hasFocus();
    if (this.#newLine.came(message.id, { mine, present })) this.#list.querySelector(".new")?.remove();
    const all = this.#timeline.messages;
    if (all.at(-1).id !== message.id || all.length === 1) this.#draw();
    else this.#list.append(...this.#place(message, all.at(-2)));
    if (mine) this.#following = true;
    this.#newer.hidden = this.#following;
    this.#keepEnd();
  }

  #changed(message) {
    const old = document.getElementById(`message-${message.id}`);
    if (!old) return;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const fresh = renderMessage(message, this.#desk, old.classList.contains("is-continued"));
    old.replaceWith(fresh);
    // Keep the keyboard focus when a menu's message is redrawn.
    if (focused !== null) {
      const again = [...fresh.querySelectorAll("[data-custom-id]")].find(
        (node) => node.dataset.customId === focused.dataset.customId && !node.disabled,
      );
      // The toolbar exists only while the focus is in its message.
      fresh.focus({ preventScroll: true });
      again?.focus({ preventScroll: true });
    }
    this.#keepEnd();
  }

  #pendingChanged(entry) {
    if (entry === null) this.#drawWaiting();
    else if (entry.messageId) {
      const message = this.#timeline.get(entry.messageId);
      if (message) this.#changed(message);
    } else this.#drawWaiting();
    this.#keepEnd();
  }

  /** Slash commands without a message yet: pending or failed. */
  #drawWaiting() {
    const { pending, store } = this.#desk;
    const mine = pending.entries.filter((entry) => !entry.messageId && entry.channelId === store.channelId);
    this.#waiting.replaceChildren(
      ...mine.map((entry) => this.#waitingRow(entry)),
    );
  }

  #waitingRow(entry) {
    const dismiss = el(
      "button",
      {
        type: "button",
        class: "text-button",
        text: "Dismiss",
        on: { click: () => this.#desk.pending.dismiss(entry.id) },
      },
    );
    const above = el("p", { class: "message-above" }, "You used ", el("b", { text: entry.label }));
    const failed = entry.state === "failed";
    const words = entry.message || "The application did not respond";
    const state = failed ? el("p", { class: "failure", role: "alert" }, words, " · ", dismiss) : thinking();
    return el("div", { class: failed ? "waiting is-failed" : "waiting" }, above, state);
  }

  #drawEarlier() {
    const fromEnd = this.#log.scrollHeight - this.#log.scrollTop;
    this.#draw();
    this.#log.scrollTop = this.#log.scrollHeight - fromEnd;
  }

  #redrawKeepingPlace() {
    const { scrollTop } = this.#log;
    this.#draw();
    this.#log.scrollTop = scrollTop;
    this.#keepEnd();
  }

  #keepEnd() {
    if (this.#following) this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** Arrow keys move between messages; Tab then moves inside one. */
  #walk(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || event.target.closest("input, textarea, [role=listbox]")) return;
    const all = [...this.#list.querySelectorAll(".message")];
    const here = all.indexOf(event.target.closest(".message"));
    const next = here < 0 ? all.at(step < 0 ? -1 : 0) : all[here + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
}
