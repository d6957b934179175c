// The running ritual: a progress bar, extrapolated between events.

import { el, find, setText } from "./dom.js";
import { time } from "./format.js";

const ENDS = { done: "completed" };
const NAMES = { z88: "Z-88", harmony: "Harmony" };

export function showRitual(model) {
  const body = find("#ritual .body");
  let shown = null;

  function begin(ritual) {
    const bar = el("div", { class: "bar" });
    const track = el(
      "div",
      {
        class: "progress", role: "progressbar", "aria-label": `Ritual ${ritual.id}`,
        "aria-valuemin": 0, "aria-valuemax": ritual.steps,
      },
      bar,
    );
    const share = el("span", { class: "share" });
    const left = el("span", {});
    body.replaceChildren(
      el("p", { class: "reading" }, share, el("span", { class: "unit" }, NAMES[ritual.kind] ?? ritual.kind)),
      track,
      el("p", { class: "quiet spread" }, el("span", { class: "steps" }), left),
    );
    shown = { id: ritual.id, bar, track, share, left, steps: find(".steps", body) };
  }

  model.on("ritual", () => {
    const ritual = model.ritual;
    if (ritual?.status !== "running") {
      shown = null;
      body.replaceChildren(ritual ? over(ritual) : el("p", { class: "quiet" }, "No ritual has been held yet."));
      return;
    }
    if (shown?.id !== ritual.id) begin(ritual);
    const step = ritual.step ?? 0;
    const done = step / ritual.steps;
    shown.bar.style.transform = `scaleX(${done})`;
    shown.track.setAttribute("aria-valuenow", step);
    shown.track.setAttribute("aria-valuetext", `step ${step} of ${ritual.steps}`);
    setText(shown.share, `${Math.floor(100 * done)} %`);
    setText(shown.steps, `step ${step} of ${ritual.steps}`);
    setText(shown.left, remaining(ritual, done));
  });
}

function remaining(ritual, done) {
  const elapsed = (Date.now() - Date.parse(ritual.started_at)) / 1000;
  if (done < 0.02 || elapsed < 1) return "";
  const left = Math.round((elapsed / done) * (1 - done));
  return left < 60 ? `${left} s left` : `${Math.round(left / 60)} min left`;
}

function over(ritual) {
  return el(
    "p",
    { class: "quiet" },
    "No ritual is running. The last one, ",
    el("strong", {}, `${NAMES[ritual.kind] ?? ritual.kind}, ${ritual.steps} steps`),
    `, was ${ENDS[ritual.status] ?? ritual.status} `,
    time(ritual.ended_at ?? ritual.started_at),
    ".",
  );
}
