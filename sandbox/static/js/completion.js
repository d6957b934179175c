// The suggestion list above the message box (combobox with a listbox popup).

import { el } from "./dom.js";

/** The maximum number of slash commands of an application. */
const SHOWN = 100;
const COMBOBOX = {
  role: "combobox",
  "aria-autocomplete": "list",
  "aria-haspopup": "listbox",
  "aria-controls": "completion-list",
  "aria-expanded": "false",
};

/**
 * Completes one input. All inputs of the composer share one panel, because only one has the focus.
 *
 * `find(text, caret)` returns (or promises) null or `{items, from, to, exact, title}`: items are
 * `{value, label, detail, usage}`; `exact` means that the input is complete, so Enter sends it.
 * `choose(item, match)` inserts the chosen item.
 */
export class Completion {
  #input;
  #panel;
  #find;
  #choose;
  #match = null;
  #active = 0;
  #moved = false;
  #turn = 0;

  constructor(input, panel, { find, choose }) {
    this.#input = input;
    this.#panel = panel;
    this.#find = find;
    this.#choose = choose;
    for (const [name, value] of Object.entries(COMBOBOX)) input.setAttribute(name, value);
    input.addEventListener("input", () => this.update());
    input.addEventListener("blur", () => this.close());
    input.addEventListener("click", () => this.update());
  }

  get isOpen() {
    return this.#match !== null;
  }

  /** Requests suggestions for the current input. */
  async update() {
    const turn = ++this.#turn;
    const match = await this.#find(this.#input.value, this.#input.selectionStart ?? this.#input.value.length);
    if (turn !== this.#turn) return;
    if (match === null || match.items.length === 0 || document.activeElement !== this.#input) {
      this.close();
      return;
    }
    const items = match.items.slice(0, SHOWN);
    const cut = items.length < match.items.length ? ` · the first ${SHOWN} of ${match.items.length}: type more to narrow the list` : "";
    this.#match = { ...match, items, title: `${match.title}${cut}` };
    this.#active = 0;
    this.#moved = false;
    this.#draw();
  }

  close() {
    this.#turn += 1;
    if (this.#match === null) return;
    this.#match = null;
    this.#panel.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
  }

  /** Handles a key for the open list; returns whether it did. */
  takesKey(event) {
    if (this.#match === null || event.isComposing) return false;
    const count = this.#match.items.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.#active = (this.#active + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
      this.#moved = true;
      this.#draw();
    } else if (event.key === "Tab" && !event.shiftKey && !this.#passes()) this.#take(this.#active);
    else if (event.key === "Enter" && !event.shiftKey && !this.#isDone()) this.#take(this.#active);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** Leaves an empty field unchanged if the person only tabbed through it. */
  #passes() {
    return this.#match.optional === true && this.#input.value === "" && !this.#moved;
  }

  #isDone() {
    return (this.#match.exact === true && !this.#moved) || this.#passes();
  }

  #take(index) {
    const match = this.#match;
    this.close();
    this.#choose(match.items[index], match);
  }

  #draw() {
    const [title, list] = this.#panel.children;
    title.textContent = this.#match.title;
    list.setAttribute("aria-label", this.#match.title);
    list.replaceChildren(...this.#match.items.map((item, index) => this.#row(item, index)));
    this.#panel.hidden = false;
    this.#input.setAttribute("aria-expanded", "true");
    this.#input.setAttribute("aria-activedescendant", `completion-${this.#active}`);
    list.children[this.#active].scrollIntoView({ block: "nearest" });
  }

  #row(item, index) {
    const active = index === this.#active;
    // Keep the focus in the input on mousedown; otherwise the list closes before the click.
    const on = { pointerdown: (event) => event.preventDefault(), click: () => this.#take(index) };
    return el(
      "li",
      {
        role: "option",
        id: `completion-${index}`,
        class: active ? "option is-active" : "option",
        "aria-selected": String(active),
        on,
      },
      el("span", { class: "option-name", text: item.label }),
      item.usage ? el("span", { class: "option-usage", text: item.usage }) : null,
      item.detail ? el("span", { class: "option-text", text: item.detail }) : null,
    );
  }
}
