// The list above the message box that completes what is being typed (combobox with a listbox popup).

import { el } from "./dom.js";

/** Discord lets an application have no more slash commands than that. */
const SHOWN = 100;
const COMBOBOX = {
  role: "combobox",
  "aria-autocomplete": "list",
  "aria-haspopup": "listbox",
  "aria-controls": "completion-list",
  "aria-expanded": "false",
};

/**
 * Completes one input. All inputs of the composer share one panel, since only one has the focus.
 *
 * `find(text, caret)` gives (or promises) null or `{items, from, to, exact, title}`: items are
 * `{value, label, detail, usage}`, `exact` says that what is typed is whole already, so that Enter sends it.
 * `choose(item, match)` puts the chosen one in.
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

  /** Asks for suggestions for what stands in the input now. */
  async update() {
    const turn = ++this.#turn;
    const match = await this.#find(this.#input.value, this.#input.selectionStart ?? this.#input.value.length);
    if (turn !== this.#turn) return;
    if (match === null || match.items.length === 0 || document.activeElement !== this.#input) {
      this.close();
      return;
    }
    const items = match.items.slice(0, SHOWN);
    const cut = items.length < match.items.length ? ` · the first ${SHOWN} of ${match.items.length}: type on to find more` : "";
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

  /** Takes a key if the open list has a use for it; true when it did. */
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

  /** An empty field that was only walked over is left as it is. */
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
    // The mouse button must not take the focus out of the input, or the list closes before the click.
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
