// On narrow screens the side panels slide in over the messages.

const NARROW = { places: matchMedia("(max-width: 820px)"), members: matchMedia("(max-width: 1100px)") };

/**
 * Sets up both side panels.
 * @param {object} parts `places`, `members`, `backdrop`, and the buttons `openPlaces`, `openMembers`,
 *   `closePlaces`, `closeMembers`
 * @returns {{close: () => void}} closes whichever is open
 */
export function startDrawers(parts) {
  const panels = {
    places: { node: parts.places, button: parts.openPlaces },
    members: { node: parts.members, button: parts.openMembers },
  };
  let open = null;

  const apply = () => {
    for (const [name, { node, button }] of Object.entries(panels)) {
      const drawer = NARROW[name].matches;
      node.classList.toggle("is-open", open === name);
      // Hidden panels must not be reachable by Tab.
      node.inert = drawer && open !== name;
      button.setAttribute("aria-expanded", String(open === name));
    }
    parts.backdrop.hidden = open === null;
  };
  const show = (name) => {
    open = name;
    apply();
    panels[name].node.querySelector("button")?.focus();
  };
  const close = () => {
    const before = open;
    open = null;
    apply();
    if (before !== null) panels[before].button.focus();
  };

  for (const [name, { button }] of Object.entries(panels)) {
    button.addEventListener("click", () => (open === name ? close() : show(name)));
    NARROW[name].addEventListener("change", () => {
      open = null;
      apply();
    });
  }
  parts.closePlaces.addEventListener("click", close);
  parts.closeMembers.addEventListener("click", close);
  parts.backdrop.addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && open !== null && !event.defaultPrevented) close();
  });
  apply();
  return { close: () => open !== null && close() };
}
