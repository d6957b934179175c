// A number with its name, for a description list.

import { el, setText } from "./dom.js";

/** Returns its node and `set(text, tone)`; the tone is "", "good", "warn" or "bad". */
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
