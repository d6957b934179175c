// The page's data, with listeners for changes.

const OVER = new Set(["cleared", "closed"]);
const MOST_RECENT = 20;

export class Model {
  status = null;
  ucf = {};
  agents = new Map();
  alerts = new Map();
  ritual = null;
  deliveries = { inbox_waiting: null, outbox_waiting: null, dead: null, recent: [] };
  breakers = new Map();
  checks = new Map();
  pulse = null;
  /** For each metric, the first value in the chart's period, and the name of the period. */
  spans = new Map();
  #listeners = new Map();

  /** Call `listener(model)` whenever `topic` changed. */
  on(topic, listener) {
    const listeners = this.#listeners.get(topic) ?? [];
    listeners.push(listener);
    this.#listeners.set(topic, listeners);
  }

  /** Apply an event of the stream; unknown events and test events are ignored. */
  apply(name, data) {
    if (data.test) return;
    const take = TAKE[name];
    if (take) for (const topic of take(this, data)) this.emit(topic);
  }

  /** Set a newer response of GET /status. */
  setStatus(status) {
    this.status = status;
    this.emit("status");
  }

  /** Set the charts' period. */
  setSpans(spans) {
    this.spans = spans;
    this.emit("spans");
  }

  emit(topic) {
    for (const listener of this.#listeners.get(topic) ?? []) listener(this);
  }
}

const byKey = (items, key) => new Map(items.map((item) => [item[key], item]));

const TAKE = {
  snapshot(model, data) {
    model.status = data.status;
    model.ucf = Object.fromEntries(Object.entries(data.ucf).map(([name, metric]) => [name, metric.value]));
    model.agents = byKey(data.agents, "name");
    model.alerts = byKey(data.alerts, "key");
    model.ritual = data.ritual;
    model.deliveries = data.deliveries;
    model.breakers = byKey(data.breakers, "name");
    model.checks = new Map(Object.entries(data.checks));
    if (data.pulse) model.pulse = data.pulse;
    return ["status", "ucf", "agents", "alerts", "ritual", "deliveries", "breakers", "checks", "pulse", "snapshot"];
  },
  state(model, data) {
    model.ucf = { ...data.ucf };
    if (model.status) {
      const { version, changed_at, source } = data;
      model.status = { ...model.status, state: { version, changed_at, source } };
    }
    return ["ucf", "status", "moved"];
  },
  agents(model, agent) {
    model.agents.set(agent.name, { ...model.agents.get(agent.name), ...agent });
    return ["agents", "moved"];
  },
  alerts(model, alert) {
    if (!alert.key) return [];
    if (OVER.has(alert.status)) model.alerts.delete(alert.key);
    else model.alerts.set(alert.key, { ...model.alerts.get(alert.key), ...alert });
    return ["alerts"];
  },
  rituals(model, ritual) {
    if (model.ritual && ritual.id < model.ritual.id) return [];
    model.ritual = { ...(model.ritual?.id === ritual.id ? model.ritual : {}), ...ritual };
    return ["ritual", ...(ritual.status === "running" ? [] : ["moved"])];
  },
  deliveries(model, delivery) {
    const before = model.deliveries.recent.find((item) => item.id === delivery.id);
    const others = model.deliveries.recent.filter((item) => item !== before);
    const dead = model.deliveries.dead + (delivery.status === "dead") - (before?.status === "dead");
    model.deliveries = { ...model.deliveries, dead, recent: [delivery, ...others].slice(0, MOST_RECENT) };
    return ["deliveries"];
  },
  health(model, check) {
    model.checks.set(check.name, { ...model.checks.get(check.name), ...check });
    return ["checks", "moved"];
  },
  breakers(model, breaker) {
    model.breakers.set(breaker.name, breaker);
    return ["breakers"];
  },
  pulse(model, pulse) {
    model.pulse = pulse;
    return ["pulse"];
  },
};
