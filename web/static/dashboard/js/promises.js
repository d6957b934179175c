// The objectives of /slo and their values.

import { address } from "./address.js";
import { el, find, icon, setText, table } from "./dom.js";
import { count, ms, percent } from "./format.js";

const EVERY_MS = 60000;

export function showPromises(model, { refused }) {
  const panel = find("#promises");
  let askedAt = 0;
  let seen = null;

  async function ask() {
    askedAt = Date.now();
    try {
      const response = await fetch(address("slo"), { cache: "no-cache" });
      if (response.status === 401) refused();
      else if (response.ok) show(panel, await response.json());
    } catch {
      // The stream reports a lost connection.
    }
  }
  model.on("snapshot", ask);
  model.on("pulse", () => {
    const slo = JSON.stringify(model.pulse?.slo ?? null);
    const news = seen !== null && slo !== seen;
    seen = slo;
    if (askedAt && (news || Date.now() - askedAt > EVERY_MS)) ask();
  });
}

function show(panel, slo) {
  const met = slo.promises.filter((promise) => promise.met).length;
  const judged = slo.promises.filter((promise) => promise.met !== null).length;
  setText(find(".count", panel), judged ? `${met} of ${judged} met` : "not enough data yet");
  const shown = table(
    "Objectives and their values",
    [["Objective"], ["Now", "number"], ["Target", "number"]],
    slo.promises.map(row),
  );
  shown.className = "promises";
  find(".body", panel).replaceChildren(shown);
}

const WORDS = { none: "not enough data", met: "met", missed: "missed" };

function row(promise) {
  const verdict = promise.met === null ? "none" : promise.met ? "met" : "missed";
  const inUnit = (value) => (promise.unit === "ratio" ? percent(value, 2) : ms(value === null ? null : value * 1000));
  const mark = el("span", { class: "state" }, icon(verdict), el("span", { class: "unseen" }, `${WORDS[verdict]}: `));
  return el(
    "tr",
    { "data-verdict": verdict, title: `${WORDS[verdict]}, ${count(promise.samples)} samples` },
    el("th", { scope: "row" }, mark, promise.title ?? promise.name),
    el("td", { class: "number" }, inUnit(promise.value)),
    el("td", { class: "number soft" }, `${promise.comparison} ${inUnit(promise.target)}`),
  );
}
