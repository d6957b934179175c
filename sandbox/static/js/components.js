// Buttons and select menus under a message.

import { el, icon, safeUrl } from "./dom.js";
import { plainText } from "./markdown.js";
import { namesOf } from "./names.js";
import { openPicker } from "./picker.js";

const ROW = 1;
const BUTTON = 2;
const LINK_STYLE = 5;
const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };
const MENUS = { 3: "string", 5: "user", 6: "role", 7: "mentionable", 8: "channel" };

/**
 * The component rows of a message.
 * @param {object} message
 * @param {object} desk the actions: `store`, `pending`, `click(message, customId, label)`,
 *   `select(message, customId, values, label)`
 */
export function renderComponents(message, desk) {
  return message.components
    .filter((component) => component.type === ROW)
    .map(
      (row) => el(
        "div",
        { class: "component-row" },
        ...row.components.map((component) => control(component, message, desk)),
      ),
    );
}

function control(component, message, desk) {
  if (component.type === BUTTON) return button(component, message, desk);
  if (component.type in MENUS) return menu(component, message, desk);
  return el("span", { class: "unknown", text: `Components of type ${component.type} are not supported` });
}

/** An emoji as text; custom ones have no picture here, so their name is shown. */
export function emojiText(emoji) {
  if (!emoji) return "";
  return emoji.id ? `:${emoji.name}:` : emoji.name;
}

function button(component, message, desk) {
  const emoji = emojiText(component.emoji);
  const hidden = component.label ? "true" : null;
  const words = [
    component.emoji ? el("span", { class: "emoji", "aria-hidden": hidden, text: emoji }) : null,
    component.label ? el("span", { text: component.label }) : null,
  ];
  const cls = `button button-${STYLES[component.style] ?? "secondary"}`;
  if (component.style === LINK_STYLE) {
    const url = safeUrl(component.url);
    if (url === null || component.disabled) {
      return el("button", { type: "button", class: cls, disabled: true }, ...words, icon("external"));
    }
    return el(
      "a",
      { class: cls, href: url, target: "_blank", rel: "noopener noreferrer nofollow" },
      ...words,
      icon("external"),
    );
  }
  const busy = desk.pending.isBusy(message.id, component.custom_id);
  return el(
    "button",
    {
      type: "button",
      class: busy ? `${cls} is-busy` : cls,
      disabled: component.disabled === true,
      "aria-busy": busy ? "true" : null,
      dataset: { customId: component.custom_id },
      on: {
        click: () => {
          if (!busy) desk.click(message, component.custom_id, component.label ?? emojiText(component.emoji));
        },
      },
    },
    ...words,
  );
}

function menu(component, message, desk) {
  const items = menuItems(component, desk.store);
  const { min_values: min = 1, max_values: max = 1 } = component;
  const chosen = items.filter((item) => item.selected).map((item) => item.label);
  const placeholder = component.placeholder || "Make a choice";
  const text = chosen.length > 0 ? chosen.join(", ") : placeholder;
  const busy = desk.pending.isBusy(message.id, component.custom_id);
  const node = el(
    "button",
    {
      type: "button",
      class: `select${chosen.length > 0 ? "" : " is-empty"}${busy ? " is-busy" : ""}`,
      disabled: component.disabled === true,
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-label": chosen.length > 0 ? `${placeholder}: ${text}` : placeholder,
      "aria-busy": busy ? "true" : null,
      dataset: { customId: component.custom_id },
    },
    el("span", { class: "select-text", text }),
    icon("chevron"),
  );
  node.addEventListener("click", () => {
    if (busy) return;
    const done = (values) => desk.select(message, component.custom_id, values, placeholder);
    openPicker(node, { label: placeholder, items, min, max: Math.min(max, Math.max(items.length, 1)), done });
  });
  return node;
}

/** The choices of a menu of any kind, with the default values. */
export function menuItems(component, store) {
  const preset = new Set((component.default_values ?? []).map((entry) => entry.id));
  const mark = (item) => ({ ...item, selected: preset.has(item.value) });
  switch (MENUS[component.type]) {
    case "string":
      return component.options.map((option) => ({
        value: option.value,
        label: option.label,
        description: option.description,
        mark: emojiText(option.emoji),
        selected: option.default === true,
      }));
    case "user":
      return userItems(store).map(mark);
    case "role":
      return roleItems(store).map(mark);
    case "mentionable":
      return [...userItems(store), ...roleItems(store)].map(mark);
    default:
      return channelItems(store, component.channel_types).map(mark);
  }
}

/** The people here, as choices. */
export function userItems(store) {
  return store.people().map(
    (user) => ({ value: user.id, label: store.nameOf(user), description: `@${user.username}`, mark: "@" }),
  );
}

/** The roles here, as choices. */
export function roleItems(store) {
  const roles = store.guild?.roles ?? [];
  const bare = (name) => name.replace(/^@/, "");
  return roles.map(({ id, name }) => ({ value: id, label: bare(name), description: "Role", mark: "@" }));
}

/** The channels here, as choices. */
export function channelItems(store, types) {
  const all = store.guild?.channels ?? [];
  const channels = types?.length ? all.filter((channel) => types.includes(channel.type)) : all;
  return channels.map(({ id, name, topic }) => (
    { value: id, label: name, description: plainText(topic ?? "", namesOf(store)), mark: "#" }
  ));
}
