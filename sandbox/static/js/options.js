// The fields of a slash command's options: typed inputs, choices, people, and the bot's suggestions.

import { Completion } from "./completion.js";
import { channelItems, roleItems, userItems } from "./components.js";
import { el } from "./dom.js";
import { rankOrGuess } from "./ranking.js";
import { toSent } from "./written.js";

const TYPE = {
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
  channel: 7,
  role: 8,
  mentionable: 9,
  number: 10,
  attachment: 11,
};
const HINTS = {
  3: "text",
  4: "whole number",
  5: "true or false",
  6: "person",
  7: "channel",
  8: "role",
  9: "person or role",
  10: "number",
};

/** An option's description; discord.py's "…" for none is omitted. */
function helpOf({ description }) {
  return description === "…" ? "" : description;
}

/**
 * One option's field.
 * `value()` returns undefined for an empty field and throws an Error for an invalid value.
 */
export class OptionField {
  #desk;
  #siblings;
  #picked = null;

  constructor(option, command, desk, panel, siblings) {
    this.option = option;
    this.command = command;
    this.#desk = desk;
    this.#siblings = siblings;
    const numeric = option.type === TYPE.integer || option.type === TYPE.number;
    this.input = el("input", {
      id: `option-${option.name}`,
      name: option.name,
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      inputmode: numeric && !option.choices?.length ? "decimal" : null,
      required: option.required === true,
      maxlength: option.max_length ?? null,
      placeholder: HINTS[option.type] ?? "not supported here",
      disabled: !(option.type in HINTS),
      "aria-describedby": `option-${option.name}-help`,
    });
    this.node = el(
      "div",
      { class: "option-field" },
      el(
        "label",
        { for: this.input.id },
        option.name,
        option.required ? null : el("span", { class: "optional", text: " optional" }),
      ),
      this.input,
      el("span", { class: "option-help", id: `option-${option.name}-help`, text: helpOf(option) }),
    );
    this.completion = new Completion(this.input, panel, {
      find: (text) => this.#find(text),
      choose: (item) => {
        this.#picked = item;
        this.input.value = item.label;
        this.markInvalid(false);
      },
    });
    this.input.addEventListener("input", () => {
      this.#picked = null;
      this.markInvalid(false);
    });
    this.input.addEventListener("focus", () => this.completion.update());
  }

  markInvalid(invalid) {
    if (invalid) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }

  get isEmpty() {
    return this.input.value.trim() === "";
  }

  /** The value to send, in the option's type. */
  value() {
    const text = this.input.value.trim();
    const { name, type } = this.option;
    if (text === "") {
      if (this.option.required) throw new Error(`${name} is required.`);
      return undefined;
    }
    const fixed = this.#fixedItems();
    const typed = text.toLowerCase().replace(/^[@#]/, "");
    const chosen = this.#picked ?? fixed?.find((item) => item.label.toLowerCase() === typed);
    if (chosen) return chosen.value;
    if (fixed !== null) throw new Error(`${name}: choose one from the list.`);
    if (type === TYPE.string) return this.#checkLength(toSent(text, this.#desk.store));
    return this.#number(text);
  }

  #checkLength(text) {
    const { name, min_length: min = 0, max_length: max = 6000 } = this.option;
    if (text.length < min || text.length > max) throw new Error(`${name} must have ${min} to ${max} characters.`);
    return text;
  }

  #number(text) {
    const { name, type, min_value: min = -(2 ** 53), max_value: max = 2 ** 53 } = this.option;
    const number = Number(text);
    if (!Number.isFinite(number)) throw new Error(`${name} must be a number.`);
    if (type === TYPE.integer && !Number.isInteger(number)) throw new Error(`${name} must be a whole number.`);
    if (number < min || number > max) throw new Error(`${name} must be ${this.#range()}.`);
    return number;
  }

  #range() {
    const { min_value: min, max_value: max } = this.option;
    if (min === undefined) return `at most ${max}`;
    return max === undefined ? `at least ${min}` : `between ${min} and ${max}`;
  }

  /** The fixed choices, or null if any value can be typed. */
  #fixedItems() {
    const { choices, type } = this.option;
    const { store } = this.#desk;
    if (choices?.length) return choices.map((choice) => ({ label: choice.name, value: choice.value }));
    switch (type) {
      case TYPE.boolean:
        return [{ label: "true", value: true }, { label: "false", value: false }];
      case TYPE.user:
        return userItems(store);
      case TYPE.role:
        return roleItems(store);
      case TYPE.mentionable:
        return [...userItems(store), ...roleItems(store)];
      case TYPE.channel:
        return channelItems(store, this.option.channel_types);
      default:
        return null;
    }
  }

  async #find(text) {
    const title = `Suggestions for ${this.option.name}`;
    const fixed = this.#fixedItems();
    const typed = text.trim().toLowerCase();
    if (fixed !== null) {
      const items = rankOrGuess(typed.replace(/^[@#]/, ""), fixed, (item) => [item.label]);
      return {
        title,
        items: items.map((item) => ({ ...item, detail: item.description })),
        optional: true,
        exact: this.#picked !== null,
      };
    }
    if (!this.option.autocomplete) return null;
    const { store, api } = this.#desk;
    const body = {
      user: store.me.id,
      channel: store.channelId,
      command: this.command.name,
      options: this.#typedSoFar(text),
      focused: this.option.name,
    };
    const answer = await api.autocomplete(body).catch(() => ({ choices: [] }));
    const items = answer.choices.map((choice) => ({ label: choice.name, value: choice.value }));
    return { title, items, optional: true, exact: items.some((item) => item.label.toLowerCase() === typed) };
  }

  #typedSoFar(text) {
    const options = {};
    for (const field of this.#siblings()) {
      if (field === this || field.isEmpty) continue;
      try {
        options[field.option.name] = field.value();
      } catch {
        // An invalid value in another field must not prevent suggestions here.
      }
    }
    options[this.option.name] = text;
    return options;
  }
}
