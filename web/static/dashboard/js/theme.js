// Before the first paint: the colours that the reader chose here before.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("helix-theme");
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
