// Component checks: those that do not pass come first, with the reason and what to do.

import { el, find, icon, setText } from "./dom.js";
import { bytes, count, ms, percent, time } from "./format.js";

const ORDER = { fail: 0, warn: 1, pass: 2 };

export function showChecks(model) {
  const section = find("#checks");
  const list = find("ul", section);
  model.on("checks", () => {
    const checks = [...model.checks.entries()].map(([name, check]) => ({ ...check, name }));
    checks.sort((a, b) => ORDER[a.status] - ORDER[b.status] || a.name.localeCompare(b.name));
    list.replaceChildren(...checks.map(item));
    const names = [...checks].sort((a, b) => a.name.localeCompare(b.name));
    find("#bounds dl").replaceChildren(...names.map(bound));
    const passing = checks.filter((check) => check.status === "pass").length;
    setText(find(".count", section), `${passing} of ${checks.length} pass`);
  });
}

/** When a check's status changed, and what decides it. */
function bound(check) {
  return el(
    "div",
    {},
    el("dt", {}, check.name),
    el("dd", { class: "when" }, "changed ", time(check.since)),
    el("dd", {}, check.bounds),
  );
}

function item(check) {
  const bad = check.status !== "pass";
  // Backquotes mark commands in chat; here they would be noise.
  const advice = [check.reason, check.action].filter(Boolean).join(" – ").replaceAll("`", "");
  return el(
    "li",
    { "data-status": check.status },
    icon(check.status),
    el(
      "div",
      {},
      el("strong", {}, check.name, check.required ? el("small", {}, " required") : null),
      bad ? el("small", {}, `${advice || check.status} · `, time(check.since)) : null,
    ),
    el("span", { class: "observed" }, bad ? check.status : observed(check) ?? el("span", { class: "unseen" }, "pass")),
  );
}

/** The measured value with its unit; null if nothing is measured. */
export function observed({ observed_value: value, observed_unit: unit }) {
  if (value === null || value === undefined) return null;
  if (typeof value !== "number") return String(value);
  if (unit === "bytes") return bytes(value);
  if (unit === "s" || unit?.startsWith("s ")) return `${ms(value * 1000)}${unit.slice(1)}`;
  if (unit?.startsWith("ms")) return `${ms(value)}${unit.slice(2)}`;
  if (unit?.endsWith("rate") || unit === "ratio") return `${percent(value)} ${unit === "ratio" ? "" : unit}`.trim();
  const many = value === 1 ? unit?.replace(/s$/, "") : unit;
  return `${Number.isInteger(value) ? count(value) : value.toPrecision(3)} ${many ?? ""}`.trim();
}
