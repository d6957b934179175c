// The dark or light theme: the system's until the person chooses one.

const KEY = "helix-sandbox-theme";
const DARK = matchMedia("(prefers-color-scheme: dark)");

function current() {
  const system = DARK.matches ? "dark" : "light";
  return document.documentElement.dataset.theme ?? system;
}

/** Applies the stored theme and sets up the button. */
export function startTheme(button) {
  const kept = localStorage.getItem(KEY);
  if (kept === "dark" || kept === "light") document.documentElement.dataset.theme = kept;
  const name = () => {
    const label = current() === "dark" ? "Switch to light colours" : "Switch to dark colours";
    button.setAttribute("aria-label", label);
    button.title = label;
  };
  button.addEventListener("click", () => {
    const next = current() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    localStorage.setItem(KEY, next);
    name();
  });
  DARK.addEventListener("change", name);
  name();
}
