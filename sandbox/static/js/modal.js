// The bot's modal form: a dialog that traps the focus, validates input, and submits.

import { menuItems } from "./components.js";
import { el, icon, setText } from "./dom.js";
import { openPicker } from "./picker.js";

const ROW = 1;
const TEXT_INPUT = 4;
const TEXT = 10;
const LABEL = 18;
const PARAGRAPH = 2;
const LONGEST = 4000;

/**
 * Opens a modal form.
 * @param {{id: string, modal: object}} asked the interaction and its form
 * @param {object} desk `store` and `submitModal(id, values, label)`, which returns the error or null
 */
export function openModal({ id, modal }, desk) {
  document.querySelector("dialog.modal")?.close();
  const fields = [];
  const parts = modal.components.map((part) => drawPart(part, desk.store, fields));
  const problem = el("p", { class: "modal-problem", role: "alert" });
  const send = el("button", { type: "submit", class: "button button-primary", text: "Submit" });
  const close = () => dialog.close();
  const cancel = el("button", { type: "button", class: "button button-secondary", text: "Cancel", on: { click: close } });
  const cross = el(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Close the form", on: { click: close } },
    icon("close"),
  );
  const form = el(
    "form",
    { class: "modal-form", novalidate: true },
    el("div", { class: "modal-head" }, el("h2", { id: "modal-title", text: modal.title }), cross),
    el("div", { class: "modal-body" }, ...parts),
    problem,
    el("div", { class: "modal-foot" }, cancel, send),
  );
  const dialog = el("dialog", { class: "modal", "aria-labelledby": "modal-title" }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = fields.filter((field) => !field.check());
    if (wrong.length > 0) {
      wrong[0].focus();
      return;
    }
    send.disabled = true;
    const refusal = await desk.submitModal(
      id,
      Object.fromEntries(fields.map((field) => [field.name, field.value()])),
      modal.title,
    );
    send.disabled = false;
    setText(problem, refusal ?? "");
    if (refusal === null) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    desk.composer?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  (fields[0]?.focus ?? (() => send.focus()))();
}

function drawPart(part, store, fields) {
  if (part.type === TEXT) return el("p", { class: "modal-text", text: part.content });
  const component = part.type === ROW ? part.components[0] : part.component;
  const words = {
    label: part.type === LABEL ? part.label : component.label,
    description: part.type === LABEL ? part.description : null,
  };
  const field = component.type === TEXT_INPUT ? textField(component, words) : menuField(component, words, store);
  fields.push(field);
  return field.node;
}

/** A field: its label, description, control and error. */
function frame(control, { label, description }, needed, count = null) {
  const id = control.id;
  const error = el("span", { class: "field-error", id: `${id}-error` });
  const help = description ? el("span", { class: "field-help", id: `${id}-help`, text: description }) : null;
  control.setAttribute("aria-describedby", `${help ? `${id}-help ` : ""}${id}-error`);
  const node = el(
    "div",
    { class: "modal-field" },
    el(
      "div",
      { class: "field-head" },
      el(
        "label",
        { for: id, id: `${id}-label` },
        label,
        needed ? el("span", { class: "needed", "aria-hidden": "true", text: " *" }) : el("span", { class: "optional", text: " optional" }),
      ),
      count,
    ),
    help,
    control,
    error,
  );
  const say = (problem) => {
    error.textContent = problem ?? "";
    if (problem) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    return problem === null;
  };
  return { node, say };
}

function textField(component, words) {
  const { custom_id: name, min_length: min = 0, required = true } = component;
  const max = component.max_length ?? LONGEST;
  const long = component.style === PARAGRAPH;
  const input = el(long ? "textarea" : "input", {
    id: `field-${name}`,
    class: "field-input",
    rows: long ? "5" : null,
    type: long ? null : "text",
    maxlength: max,
    placeholder: component.placeholder,
    autocomplete: "off",
    "aria-required": String(required),
  });
  input.value = component.value ?? "";
  const count = el("span", { class: "field-count", "aria-hidden": "true" });
  const { node, say } = frame(input, words, required, count);
  const tally = () => {
    count.textContent = component.max_length || min > 0 ? `${input.value.length} / ${max}` : "";
  };
  input.addEventListener("input", () => {
    tally();
    say(null);
  });
  tally();
  const problem = () => {
    const length = input.value.trim() === "" ? 0 : input.value.length;
    if (length === 0) return required ? "This is required." : null;
    if (length < min) return `Enter at least ${min} characters.`;
    return null;
  };
  return {
    name, node, value: () => input.value, check: () => say(problem()), focus: () => input.focus(),
  };
}

function menuField(component, words, store) {
  const { custom_id: name, min_values: low = 1, max_values: high = 1 } = component;
  const required = component.required !== false;
  const min = required ? low : 0;
  let items = menuItems(component, store);
  const id = `field-${name}`;
  const text = el("span", { class: "select-text", id: `${id}-text` });
  const control = el(
    "button",
    {
      type: "button",
      id,
      class: "select",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-labelledby": `${id}-label ${id}-text`,
    },
    text,
    icon("chevron"),
  );
  const { node, say } = frame(control, words, min > 0);
  const chosen = () => items.filter((item) => item.selected);
  const draw = () => {
    setText(text, chosen().map((item) => item.label).join(", ") || component.placeholder || "Make a choice");
    control.classList.toggle("is-empty", chosen().length === 0);
  };
  control.addEventListener("click", () => {
    const done = (values) => {
      items = items.map((item) => ({ ...item, selected: values.includes(item.value) }));
      say(null);
      draw();
    };
    openPicker(control, { label: words.label, items, min, max: Math.min(high, Math.max(items.length, 1)), done });
  });
  draw();
  const problem = () => {
    if (chosen().length >= min) return null;
    return min === 1 ? "Choose one." : `Choose at least ${min}.`;
  };
  return {
    name,
    node,
    value: () => chosen().map((item) => item.value),
    check: () => say(problem()),
    focus: () => control.focus(),
  };
}
