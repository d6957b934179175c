// The status and assessment at the top, the facts below, and the tab title.

import { address } from "./address.js";
import { find, setIcon, setText } from "./dom.js";
import { ms, time } from "./format.js";

const WORDS = { pass: "All well", warn: "Needs attention", fail: "Failing" };
const AGAIN_MS = 1000;

// Screen readers announce a new assessment, but not changed numbers in it.
const gist = (sentence) => sentence.replace(/ -?\d+\.\d+/g, "");

/** The overall status, by the server's rule (state/status/__init__.py): a critical value is at least a warning. */
const overall = (status) =>
  status === "pass" && find('.metric[data-judgement="critical"]') ? "warn" : status;

/** `say`: announces to screen readers. `refused`: called on a 401. */
export function showSummary(model, { say, refused }) {
  const hero = find("#summary");
  const facts = find(".facts", hero);
  const fact = (name) => find(`[data-fact="${name}"]`, facts);
  let said = gist(find(".assessment", hero).textContent);

  function showVerdict() {
    if (!model.status) return;
    const shown = overall(model.status.status);
    hero.dataset.status = shown;
    setText(find(".verdict span", hero), WORDS[shown] ?? shown);
    setIcon(find(".verdict", hero), shown);
    document.title = `Helix: ${WORDS[shown] ?? shown}`;
  }
  // The metrics update their judgements first, because their listener was added earlier.
  model.on("ucf", showVerdict);
  model.on("status", () => {
    const status = model.status;
    if (!status) return;
    showVerdict();
    setText(find(".assessment", hero), status.assessment);
    if (said !== gist(status.assessment)) say(`${WORDS[overall(status.status)]}. ${status.assessment}`);
    said = gist(status.assessment);
    if (!facts.childElementCount) facts.append(...emptyFacts());
    setText(fact("version"), String(status.state.version));
    fact("changed").replaceChildren(time(status.state.changed_at));
    fact("started").replaceChildren(time(status.started_at));
    showGateway();
  });
  model.on("pulse", showGateway);

  function showGateway() {
    const node = fact("gateway");
    if (!node || !model.status) return;
    const { status, reason } = model.status.gateway;
    const latency = model.pulse?.gateway_latency_ms;
    if (status === "pass") setText(node, latency ? `connected, ${ms(latency)}` : "connected");
    else setText(node, reason || "not connected");
  }

  // The assessment depends on everything, so the server computes it. Request it at most once a second.
  let asked = 0;
  let waiting = 0;
  model.on("moved", () => {
    if (waiting) return;
    const pause = Math.max(0, asked + AGAIN_MS - Date.now());
    waiting = setTimeout(async () => {
      waiting = 0;
      asked = Date.now();
      try {
        const response = await fetch(address("status"), { cache: "no-cache" });
        if (response.ok) model.setStatus(await response.json());
        else if (response.status === 401) refused();
      } catch {
        // The stream reports a lost connection.
      }
    }, pause);
  });
}

const emptyFacts = () => {
  const names = { State: "version", Changed: "changed", "Running since": "started", Gateway: "gateway" };
  return Object.entries(names).map(([label, name]) => {
    const block = document.createElement("div");
    const term = document.createElement("dt");
    const value = document.createElement("dd");
    const inner = document.createElement("span");
    inner.dataset.fact = name;
    term.textContent = label;
    value.append(inner);
    block.append(term, value);
    return block;
  });
};
