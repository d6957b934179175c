// The form for a slash command's options, shown instead of the message box.

import { el, iconButton } from "./dom.js";
import { OptionField } from "./options.js";

/** Shows one command at a time; calls `closed` when the person returns to the message box. */
export class SlashForm {
  #node;
  #panel;
  #desk;
  #closed;
  #fields = [];
  command = null;

  constructor(node, panel, desk, closed) {
    this.#node = node;
    this.#panel = panel;
    this.#desk = desk;
    this.#closed = closed;
  }

  get isOpen() {
    return this.command !== null;
  }

  /** Opens the form for a command, with values typed so far. */
  show(command, values = {}) {
    this.command = command;
    const siblings = () => this.#fields;
    this.#fields = (command.options ?? []).map(
      (option) => new OptionField(option, command, this.#desk, this.#panel, siblings),
    );
    for (const field of this.#fields) {
      field.input.value = values[field.option.name] ?? "";
      field.input.addEventListener("keydown", (event) => this.#key(event, field));
    }
    const back = iconButton("close", "Back to the message box", () => this.close());
    const fields = el("div", { class: "slash-fields" }, ...this.#fields.map((field) => field.node));
    this.#node.replaceChildren(
      el(
        "div",
        { class: "slash-head" },
        el("code", { text: `/${command.name}` }),
        el("span", { text: command.description }),
        back,
      ),
      fields,
    );
    this.#node.hidden = false;
    const empty = this.#fields.filter((field) => field.isEmpty);
    const first = empty.find((field) => field.option.required) ?? empty[0] ?? this.#fields.at(-1);
    (first?.input ?? back).focus();
  }

  /** Sends the command if all fields are valid, else focuses the first invalid one. */
  async submit() {
    const options = {};
    for (const field of this.#fields) {
      try {
        const value = field.value();
        if (value !== undefined) options[field.option.name] = value;
      } catch (error) {
        field.markInvalid(true);
        field.input.focus();
        this.#desk.say(error.message);
        return;
      }
    }
    const { name } = this.command;
    if (await this.#desk.slash(name, options)) this.close();
  }

  get #isBlank() {
    return this.#fields.every((field) => field.isEmpty);
  }

  close() {
    for (const field of this.#fields) field.completion.close();
    this.#fields = [];
    this.command = null;
    this.#node.hidden = true;
    this.#node.replaceChildren();
    this.#closed();
  }

  #key(event, field) {
    if (field.completion.takesKey(event)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else if (event.key === "Backspace" && field === this.#fields[0] && this.#isBlank) {
      event.preventDefault();
      this.close();
    }
  }
}
