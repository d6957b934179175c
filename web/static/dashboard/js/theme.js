// Applies the stored colour theme before the first paint.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("helix-theme");
  } catch {
    // Storage is forbidden: use the system's theme.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
