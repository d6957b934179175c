// Webhooks: queues, recent deliveries, circuit breakers.

import { el, find, icon, setText, table } from "./dom.js";
import { brief, time } from "./format.js";
import { figure } from "./figures.js";

export function showWebhooks(model) {
  const panel = find("#webhooks");
  const body = find(".body", panel);
  const inbox = figure("Inbox waiting");
  const outbox = figure("Outbox waiting");
  const dead = figure("Dead letters");
  const breakers = el("ul", { class: "chips", "aria-label": "Circuit breakers" });
  const recent = el("div", { class: "scroll recent", tabindex: 0, role: "region", "aria-label": "Recent deliveries" });
  body.append(
    el(
      "div",
      {},
      el("dl", { class: "figures" }, inbox.node, outbox.node, dead.node),
      el("h3", {}, "Breakers"),
      breakers,
    ),
    el("div", {}, el("h3", {}, "Recent deliveries"), recent),
  );

  function waiting() {
    const queues = model.pulse?.queues ?? {};
    inbox.set(brief(queues.inbox ?? model.deliveries.inbox_waiting));
    outbox.set(brief(queues.outbox ?? model.deliveries.outbox_waiting));
    dead.set(brief(model.deliveries.dead), model.deliveries.dead ? "warn" : "");
  }
  model.on("pulse", waiting);
  model.on("deliveries", () => {
    waiting();
    const rows = model.deliveries.recent.map(row);
    recent.replaceChildren(
      rows.length
        ? table("Recent deliveries", [["Event"], ["Destination"], ["Attempts", "number"], ["Status"], ["When", "number"]], rows)
        : el("p", { class: "quiet" }, "No deliveries yet: no destination is set, or no event has happened."),
    );
  });
  model.on("breakers", () => {
    const all = [...model.breakers.values()].sort(
      (a, b) => (a.state === "closed") - (b.state === "closed") || a.name.localeCompare(b.name),
    );
    breakers.replaceChildren(
      ...all.map((breaker) =>
        el(
          "li",
          { "data-state": breaker.state },
          icon(breaker.state),
          `${breaker.name} `,
          el("span", { class: breaker.state === "closed" ? "unseen" : null }, breaker.state),
        ),
      ),
    );
    const open = all.filter((breaker) => breaker.state !== "closed").length;
    setText(find(".count", panel), open ? `${open} of ${all.length} breakers not closed` : `${all.length} breakers closed`);
  });
}

function row(delivery) {
  return el(
    "tr",
    { "data-status": delivery.status },
    el("th", { scope: "row" }, delivery.event, el("small", { class: "narrow", "aria-hidden": "true" }, delivery.destination)),
    el("td", { class: "soft" }, delivery.destination),
    el("td", { class: "number" }, String(delivery.attempts)),
    el("td", {}, el("span", { class: "state" }, icon(delivery.status), el("span", {}, delivery.status))),
    el("td", { class: "number soft" }, time(delivery.at)),
  );
}
