// The colour theme: system, light or dark; stored if the browser allows it.

import { find, setText } from "./dom.js";

const NEXT = { auto: "dark", dark: "light", light: "auto" };
const NAMES = { auto: "Auto", dark: "Dark", light: "Light" };

export function setUpColours() {
  const button = find("#theme");
  const root = document.documentElement;
  button.hidden = false;
  const show = (theme) => setText(find(".word", button), NAMES[theme]);
  show(root.dataset.theme ?? "auto");
  button.addEventListener("click", () => {
    const theme = NEXT[root.dataset.theme ?? "auto"];
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    show(theme);
    try {
      if (theme === "auto") localStorage.removeItem("helix-theme");
      else localStorage.setItem("helix-theme", theme);
    } catch {
      // Storage is forbidden: the choice lasts until the page is left.
    }
  });
}
