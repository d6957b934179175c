// DOM helpers. Text is always set as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";

export const find = (selector, root = document) => root.querySelector(selector);
export const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export const el = (name, attributes = {}, ...children) =>
  fill(document.createElement(name), attributes, children);

export const svg = (name, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, name), attributes, children);

const ICONS = {
  good: "ok", fair: "fair", critical: "bad",
  pass: "ok", warn: "warn", fail: "bad",
  active: "ok", degraded: "warn", down: "bad", stale: "idle",
  info: "fair", warning: "warn",
  closed: "ok", "half-open": "warn", open: "bad",
  delivered: "ok", waiting: "idle", dead: "bad",
  met: "ok", missed: "bad", none: "idle",
};

export const icon = (kind) =>
  svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `#i-${ICONS[kind] ?? "idle"}` }));

/** Change an icon's shape without replacing it. */
export function setIcon(holder, kind) {
  find("use", holder)?.setAttribute("href", `#i-${ICONS[kind] ?? "idle"}`);
}

/** Set a text if it differs; returns whether it did. */
export function setText(node, text) {
  if (!node || node.textContent === text) return false;
  node.textContent = text;
  return true;
}

const flashes = new WeakMap();

/** Highlight a changed value for a moment. */
export function flash(node) {
  clearTimeout(flashes.get(node));
  node.classList.remove("changed");
  // Reading a layout property restarts the animation.
  void node.offsetWidth;
  node.classList.add("changed");
  flashes.set(node, setTimeout(() => node.classList.remove("changed"), 1600));
}

export function table(caption, heads, rows) {
  return el(
    "table",
    {},
    el("caption", { class: "unseen" }, caption),
    el("thead", {}, el("tr", {}, ...heads.map(([text, kind]) => el("th", { scope: "col", class: kind }, text)))),
    el("tbody", {}, ...rows),
  );
}
