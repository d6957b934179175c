// One number with its name, as in a list of them.

import { el, setText } from "./dom.js";

/** Gives its node and `set(text, tone)`; the tone is "", "good", "warn" or "bad". */
export function figure(label) {
  const value = el("dd", {}, "–");
  const node = el("div", { class: "figure" }, el("dt", {}, label), value);
  return {
    node,
    set(text, tone = "") {
      setText(value, text);
      node.dataset.tone = tone;
    },
  };
}
