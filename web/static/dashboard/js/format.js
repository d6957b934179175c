// Formats numbers and times for people.

import { el } from "./dom.js";

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const STEPS = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [Infinity, 86400, "d"]];

export const DASH = "–";
const missing = (value) => value === null || value === undefined || Number.isNaN(value);

export const count = (value) => (missing(value) ? DASH : grouped.format(value));

/** A short count: 99,999 but 123 k and 4.5 M. */
export function brief(value) {
  if (missing(value)) return DASH;
  for (const [least, size, unit] of [[999.5e6, 1e9, "G"], [999.5e3, 1e6, "M"], [1e5, 1e3, "k"]]) {
    if (value < least) continue;
    const scaled = value / size;
    return `${scaled >= 99.95 ? scaled.toFixed(0) : scaled.toFixed(1)} ${unit}`;
  }
  return grouped.format(value);
}

export function decimal(value, digits = 1) {
  return missing(value) ? DASH : value.toFixed(digits);
}

/** Milliseconds in a fitting unit. */
export function ms(value) {
  if (missing(value)) return DASH;
  if (value < 0) return `−${ms(-value)}`;
  if (value >= 100000) return `${(value / 1000).toFixed(0)} s`;
  if (value >= 1000) return `${(value / 1000).toFixed(value >= 10000 ? 1 : 2)} s`;
  if (value >= 100) return `${value.toFixed(0)} ms`;
  if (value >= 1) return `${value.toFixed(1)} ms`;
  return value === 0 ? "0 ms" : `${(value * 1000).toFixed(0)} µs`;
}

export function bytes(value) {
  if (missing(value)) return DASH;
  for (const [size, unit] of [[2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"]]) {
    if (value >= size) return `${(value / size).toFixed(value >= 100 * size ? 0 : 1)} ${unit}`;
  }
  return `${value} B`;
}

/** A ratio as percent; never rounded to 0 % or 100 %. */
export function percent(value, digits = 1) {
  if (missing(value)) return DASH;
  if (value === 0 || value === 1) return `${value * 100} %`;
  const factor = 10 ** (digits + 2);
  const text = (Math.floor(value * factor + 1e-9) / factor) * 100;
  return text === 0 ? `< ${10 ** -digits} %` : `${Number(text.toFixed(digits))} %`;
}

/** How long ago a time was, in the largest fitting unit. */
export function ago(at, now = Date.now()) {
  const seconds = Math.round((now - at) / 1000);
  if (seconds < 5) return "just now";
  const [, size, unit] = STEPS.find(([limit]) => seconds < limit);
  return `${Math.floor(seconds / size)} ${unit} ago`;
}

export const clock = (at) =>
  new Date(at).toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

export const full = (at) =>
  new Date(at).toLocaleString("en", { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });

/** A <time> element that `refreshTimes` updates. */
export function time(iso) {
  if (!iso) return el("span", {}, DASH);
  const node = el("time", { datetime: iso, title: full(iso) }, ago(Date.parse(iso)));
  return node;
}

/** Update the age of every <time> on the page. */
export function refreshTimes(root = document) {
  for (const node of root.querySelectorAll("time[datetime]")) {
    const text = ago(Date.parse(node.dateTime));
    if (node.textContent !== text) node.textContent = text;
    if (!node.title) node.title = full(node.dateTime);
  }
}
