// The panel of pinned messages of the open channel.

import { avatar, botTag } from "./avatar.js";
import { el, icon, iconButton } from "./dom.js";
import { renderAttachment, renderEmbed } from "./embed.js";
import { renderMarkdown } from "./markdown.js";
import { formatMoment, idTime, timeElement } from "./time.js";

const CHANGES = new Set(["CHANNEL_PINS_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK", "MESSAGE_UPDATE"]);

/** The panel of pinned messages; filled when it opens and when a pinned message changes. */
export class PinsPanel {
  #node;
  #desk;
  #open = false;
  #turn = 0;

  constructor(node, desk) {
    this.#node = node;
    this.#desk = desk;
    node.addEventListener("beforetoggle", (event) => {
      this.#open = event.newState === "open";
      if (this.#open) this.#fill();
    });
    desk.store.addEventListener("place", () => this.#open && node.hidePopover());
  }

  /** Handles an event of the stream. */
  receive(name, data) {
    if (this.#open && CHANGES.has(name) && data.channel_id === this.#desk.store.channelId) this.#fill();
  }

  async #fill() {
    const turn = ++this.#turn;
    const { store, api } = this.#desk;
    const channel = store.channelId;
    const pins = channel === null ? [] : await this.#desk.attempt(() => api.fetchPins(channel, store.me.id));
    if (turn !== this.#turn || pins === null) return;
    const kept = this.#node.contains(document.activeElement);
    this.#node.replaceChildren(
      el("h2", { class: "menu-title", text: pins.length > 0 ? `Pinned · ${pins.length}` : "Pinned" }),
      pins.length > 0 ? el("ul", { class: "pins" }, ...pins.map((pin) => this.#row(pin.message))) : empty(),
    );
    if (kept) (this.#node.querySelector("button") ?? this.#node).focus();
  }

  #row(message) {
    const { store, names } = this.#desk;
    const name = store.nameOf(message.author);
    const go = () => {
      this.#node.hidePopover();
      this.#desk.jumpTo(message.id);
    };
    const time = timeElement(new Date(idTime(message.id)), "f");
    time.textContent = formatMoment(new Date(idTime(message.id)));
    const unpin = () => this.#desk.pin(message, true);
    const head = el(
      "header",
      { class: "pinned-head" },
      avatar(message.author, "small"),
      el("b", { text: name }),
      message.author.bot ? botTag(message.author) : null,
      time,
      this.#desk.mayPin() ? iconButton("close", `Unpin the message of ${name}`, unpin) : null,
    );
    const body = el(
      "div",
      { class: "pinned-body" },
      message.content ? el("div", { class: "markdown" }, renderMarkdown(message.content, names)) : null,
      ...(message.attachments ?? []).map(renderAttachment),
      ...(message.embeds ?? []).map((embed) => renderEmbed(embed, names)),
    );
    const jump = el("button", {
      type: "button",
      class: "button button-secondary",
      "aria-label": `Go to the message of ${name}`,
      text: "Go to message",
      on: { click: go },
    });
    return el("li", { class: "pinned" }, head, body, jump);
  }
}

function empty() {
  return el(
    "p",
    { class: "pins-empty" },
    icon("pin"),
    "No pinned messages. Use the pin icon of a message to add it here.",
  );
}
