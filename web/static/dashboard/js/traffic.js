// HTTP, cache and process: the numbers of the pulse, with sparklines.

import { el, find } from "./dom.js";
import { figure } from "./figures.js";
import { brief, bytes, count, decimal, ms, percent } from "./format.js";
import { sparkline } from "./sparkline.js";

export function showTraffic(model) {
  const body = find("#traffic .body");
  const rate = sparkline("Requests per second", (value) => `${decimal(value)} /s`);
  const p95 = sparkline("Response time, p95", ms);
  const hits = sparkline("Cache hit rate", (value) => percent(value), [0, 1]);
  const names = [
    "p50", "p99", "mean", "requests", "errors", "cache hits",
    "event-loop lag", "memory", "live clients", "directives queued",
  ];
  const figures = Object.fromEntries(names.map((name) => [name, figure(name)]));
  let begun = false;

  model.on("pulse", () => {
    const pulse = model.pulse;
    if (!pulse) return;
    if (!begun) {
      begun = true;
      body.replaceChildren(
        el("div", { class: "sparks" }, rate.node, p95.node, hits.node),
        el("dl", { class: "figures small" }, ...names.map((name) => figures[name].node)),
      );
    }
    const { http, cache } = pulse;
    rate.add(http.per_s);
    p95.add(http.p95_ms);
    hits.add(cache.hit_rate);
    figures.p50.set(ms(http.p50_ms));
    figures.p99.set(ms(http.p99_ms));
    figures.mean.set(ms(http.mean_ms));
    figures.requests.set(brief(http.requests));
    figures.errors.set(brief(http.errors), http.errors ? "warn" : "");
    figures["cache hits"].set(brief(cache.hits));
    figures["event-loop lag"].set(ms(pulse.loop_lag_ms));
    figures.memory.set(bytes(pulse.memory_bytes));
    figures["live clients"].set(count(pulse.clients));
    figures["directives queued"].set(count(pulse.queues?.directives));
  });
}
