// The message box: write, complete, reply, edit, attach.

import { drawClosed } from "./closed.js";
import { Completion } from "./completion.js";
import { el, icon, iconButton } from "./dom.js";
import { encodeFiles, FileTray } from "./files.js";
import { ATTACH_FILES, may, whyClosed } from "./permits.js";
import { SlashForm } from "./slash.js";
import { findAny, hintFor, parseSlash, whyUnknown } from "./sources.js";
import { toBox, toSent } from "./written.js";

const LONGEST = 2000;
const COUNT_FROM = 1800;
/** Matches text meant as a slash command, which nobody would answer as a message. */
const UNKNOWN_SLASH = /^\/[\w-]{1,32}(?=\s|$)/u;

/** The form at the bottom of the page. */
export class Composer {
  #parts;
  #desk;
  #completion;
  #slash;
  #tray;
  /** The action of Enter: null for a new message, or `{kind: "reply"|"edit", message}`. */
  #mode = null;
  #queue = Promise.resolve();

  constructor(parts, desk) {
    this.#parts = parts;
    this.#desk = desk;
    this.#tray = new FileTray(parts.tray, desk.say);
    this.#slash = new SlashForm(parts.slash, parts.panel, desk, () => this.#showBox());
    this.#completion = new Completion(parts.input, parts.panel, {
      find: (text, caret) => findAny(desk.store, text, caret),
      choose: (item, match) => this.#complete(item, match),
    });
    parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    parts.input.addEventListener("keydown", (event) => this.#key(event));
    parts.input.addEventListener("input", () => this.#typed());
    parts.input.addEventListener("paste", (event) => this.#takeFiles(event, event.clipboardData));
    parts.drop.addEventListener("dragover", (event) => event.preventDefault());
    parts.drop.addEventListener("drop", (event) => this.#takeFiles(event, event.dataTransfer));
    parts.attach.addEventListener("click", () => parts.picker.click());
    parts.picker.addEventListener("change", () => {
      this.#tray.add(parts.picker.files);
      parts.picker.value = "";
      this.focus();
    });
  }

  focus() {
    if (!this.#slash.isOpen) this.#parts.input.focus();
  }

  /** Shows the message box, or why the person cannot write; call after permissions change. */
  drawState() {
    const { frame, closed, attach } = this.#parts;
    const why = this.#mode?.kind === "edit" ? null : whyClosed(this.#desk.store);
    attach.hidden = !may(this.#desk.store.channel, ATTACH_FILES);
    frame.hidden = why !== null;
    drawClosed(closed, why, this.#desk);
  }

  /** Completes again; the command list may have arrived after the first letters. */
  refreshSuggestions() {
    if (document.activeElement === this.#parts.input && !this.#completion.isOpen) this.#completion.update();
  }

  /** Resets for another place or person; keeps the text, ends replying and editing. */
  reset() {
    this.#setMode(null);
    if (this.#slash.isOpen) this.#slash.close();
    this.#completion.close();
    const { channel, bot } = this.#desk.store;
    const whom = this.#desk.isDirect ? (bot.user?.username ?? "the bot") : `${channel.thread_metadata ? "" : "#"}${channel.name}`;
    this.#parts.input.placeholder = `Message ${whom}`;
  }

  suggest(text) {
    if (this.#slash.isOpen) this.#slash.close();
    this.#write(text);
    this.#parts.input.focus();
    this.#completion.update();
  }

  startReply(message) {
    this.#setMode({ kind: "reply", message });
    this.focus();
  }

  startEdit(message) {
    this.#setMode({ kind: "edit", message });
    this.#write(toBox(message.content, this.#desk.store));
    this.focus();
  }

  #write(text) {
    const { input } = this.#parts;
    input.value = text;
    input.setSelectionRange(text.length, text.length);
    this.#fit();
  }

  #typed() {
    this.#fit();
    const text = this.#parts.input.value;
    // A space after a known name opens its options; the name alone can be sent.
    const slash = this.#mode === null && text.startsWith("/") ? parseSlash(this.#desk.store, text) : null;
    if (slash?.wantsOptions && slash.command.options?.length) this.#openSlash(slash.command, slash.values);
  }

  #fit() {
    const { input, hint, count } = this.#parts;
    input.style.setProperty("height", "auto");
    input.style.setProperty("height", `${input.scrollHeight}px`);
    const help = hintFor(this.#desk.store, input.value);
    hint.hidden = help === null;
    hint.replaceChildren(...(help ? [el("code", { text: help.usage }), ` ${help.summary ?? ""}`] : []));
    const { length } = toSent(input.value, this.#desk.store);
    count.hidden = length < COUNT_FROM;
    count.textContent = String(LONGEST - length);
    count.classList.toggle("is-over", length > LONGEST);
  }

  #complete(item, match) {
    if (typeof item.value !== "string") {
      if (item.value.options?.length) this.#openSlash(item.value);
      else this.#write(`/${item.value.name}`);
      return;
    }
    const { input } = this.#parts;
    input.setRangeText(item.value, match.from, match.to, "end");
    this.#fit();
  }

  #openSlash(command, values) {
    this.#completion.close();
    this.#write("");
    this.#parts.box.hidden = true;
    this.#slash.show(command, values);
  }

  #showBox() {
    this.#parts.box.hidden = false;
    this.#parts.input.focus();
  }

  #key(event) {
    if (this.#completion.takesKey(event) || event.isComposing) return;
    const { input } = this.#parts;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "ArrowUp" && input.value === "" && this.#mode === null) {
      const last = this.#desk.timeline.lastOf(this.#desk.store.me.id);
      if (last === null) return;
      event.preventDefault();
      this.startEdit(last);
    } else if (event.key === "Escape" && this.#mode !== null) {
      event.preventDefault();
      this.#leaveMode();
    }
  }

  #leaveMode() {
    if (this.#mode?.kind === "edit") this.#write("");
    this.#setMode(null);
    this.focus();
  }

  #setMode(mode) {
    this.#mode = mode;
    const { banner, attach } = this.#parts;
    attach.disabled = mode?.kind === "edit";
    this.drawState();
    banner.hidden = mode === null;
    banner.replaceChildren();
    if (mode === null) return;
    const name = this.#desk.store.nameOf(mode.message.author);
    const words = mode.kind === "edit" ? "Editing your message" : `Replying to ${name}`;
    banner.append(
      icon(mode.kind === "edit" ? "pencil" : "reply"),
      el("span", { text: words }),
      iconButton("close", "Cancel", () => this.#leaveMode()),
    );
  }

  #takeFiles(event, transfer) {
    if (!transfer?.files.length || this.#mode?.kind === "edit") return;
    event.preventDefault();
    const { store, say } = this.#desk;
    if (whyClosed(store) !== null || !may(store.channel, ATTACH_FILES)) {
      say("You do not have permission to attach files here.");
      return;
    }
    this.#tray.add(transfer.files);
    this.focus();
  }

  /** Sends the text. Calls run one after another, to keep the order of messages. */
  #submit() {
    if (this.#slash.isOpen) {
      this.#slash.submit();
      return;
    }
    const text = this.#parts.input.value;
    this.#completion.close();
    const slash = this.#mode === null ? parseSlash(this.#desk.store, text) : null;
    if (slash !== null) {
      const needs = (slash.command.options ?? []).some((option) => option.required);
      if (needs || Object.keys(slash.values).length > 0) this.#openSlash(slash.command, slash.values);
      else this.#later(text, () => this.#desk.slash(slash.command.name, {}));
      return;
    }
    const unknown = this.#mode === null && UNKNOWN_SLASH.exec(text);
    if (unknown) {
      this.#desk.say(`There is no command ${unknown[0]} here. ${whyUnknown(this.#desk.store, unknown[0].slice(1))}`);
      return;
    }
    if (text.trim() === "" && this.#tray.count === 0) return;
    const mode = this.#mode;
    this.#setMode(null);
    const content = toSent(text, this.#desk.store);
    if (mode?.kind === "edit") {
      const body = { user: this.#desk.store.me.id, message: mode.message.id, content };
      this.#later(text, async () => (await this.#desk.attempt(() => this.#desk.api.edit(body))) !== null);
      return;
    }
    const files = this.#tray.take();
    this.#later(text, async () => {
      const encoded = await this.#desk.attempt(() => encodeFiles(files));
      const message = { content, replyTo: mode?.message.id, files: encoded };
      const sent = encoded !== null && (await this.#desk.send(message));
      if (!sent) this.#tray.add(files);
      return sent;
    });
  }

  /** Clears the box, and restores the text if the call fails and nothing new was typed. */
  #later(text, call) {
    this.#write("");
    this.#queue = this.#queue.then(async () => {
      if (!(await call()) && this.#parts.input.value === "") this.#write(text);
    });
  }
}
