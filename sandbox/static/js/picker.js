// A listbox in a popover, for menus of messages, reactions and people.

import { el, icon } from "./dom.js";
import { rankOrGuess } from "./ranking.js";

const SEARCH_FROM = 9;
const MARGIN = 8;
const GRID_COLUMNS = 6;

/**
 * Opens a listbox beside an element.
 * @param {HTMLElement} anchor gets the focus back
 * @param {object} options `label`; `items` [{value, label, description, mark, selected}]; `min` and `max` number
 *   of choices: with a max of 1 a choice is submitted at once, else with Done or when the list closes; `grid`
 *   shows only the marks, side by side; `done(values)`
 */
export function openPicker(anchor, { label, items, min = 1, max = 1, grid = false, done }) {
  const chosen = new Set(items.filter((item) => item.selected).map((item) => item.value));
  const list = el("ul", {
    role: "listbox",
    id: "picker-list",
    class: grid ? "picker-list is-grid" : "picker-list",
    tabindex: "0",
    "aria-label": label,
  });
  if (max > 1) list.setAttribute("aria-multiselectable", "true");
  const search = items.length >= SEARCH_FROM && !grid ? searchBox(label) : null;
  const finish = el("button", { type: "button", class: "button button-primary", text: "Done" });
  const hint = el("span", { class: "picker-hint" });
  const title = el("p", { class: "picker-title", "aria-hidden": "true", text: label });
  const foot = max > 1 ? el("div", { class: "picker-foot" }, hint, finish) : null;
  const panel = el(
    "div",
    { class: grid ? "picker is-small" : "picker", popover: "auto" },
    title,
    search,
    list,
    foot,
  );
  let shown = items;
  let active = 0;
  let taken = false;
  const steps = grid
    ? { ArrowRight: 1, ArrowLeft: -1, ArrowDown: GRID_COLUMNS, ArrowUp: -GRID_COLUMNS }
    : { ArrowDown: 1, ArrowUp: -1 };

  const fits = () => chosen.size >= min && chosen.size <= max;
  const isChanged = () => items.some((item) => chosen.has(item.value) !== (item.selected === true));
  const take = () => {
    taken = true;
    done(items.map((item) => item.value).filter((value) => chosen.has(value)));
  };
  const submit = () => {
    if (!fits()) return;
    take();
    panel.hidePopover();
  };
  const choose = (item) => {
    if (max === 1) {
      // If no choice is required, choosing the chosen item again removes it.
      const back = min === 0 && chosen.has(item.value);
      chosen.clear();
      if (!back) chosen.add(item.value);
      submit();
      return;
    }
    if (!chosen.delete(item.value) && chosen.size < max) chosen.add(item.value);
    draw();
  };
  const draw = () => {
    const keeper = search ?? list;
    list.replaceChildren(
      ...shown.map((item, index) => row(item, index, { active, chosen, choose, multiple: max > 1 })),
    );
    if (shown.length === 0) list.append(el("li", { class: "picker-empty", text: "Nothing found" }));
    keeper.setAttribute("aria-activedescendant", shown.length > 0 ? `picker-${active}` : "");
    list.children[active]?.scrollIntoView({ block: "nearest" });
    const range = min === max ? `Choose ${min}` : `Choose ${min} to ${max}`;
    hint.textContent = chosen.size > 0 ? `${range} · ${chosen.size} chosen` : range;
    finish.disabled = !fits();
  };

  search?.addEventListener("input", () => {
    shown = rankOrGuess(search.value.trim(), items, (item) => [item.label, item.description ?? ""]);
    active = 0;
    draw();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.target === finish) return;
    const step = steps[event.key];
    if (step && shown.length > 0) active = (active + step + shown.length) % shown.length;
    else if (event.key === "Home" && !search) active = 0;
    else if (event.key === "End" && !search) active = shown.length - 1;
    else if (event.key === "Enter" || (event.key === " " && !search)) {
      event.preventDefault();
      if (shown[active]) choose(shown[active]);
      return;
    } else return;
    event.preventDefault();
    draw();
  });
  finish.addEventListener("click", submit);
  // As in Discord, closing a multiple choice by Escape or an outside click submits the changes.
  panel.addEventListener("beforetoggle", (event) => {
    if (event.newState === "closed" && max > 1 && !taken && fits() && isChanged()) take();
  });
  panel.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const inside = panel.contains(document.activeElement);
    panel.remove();
    anchor.setAttribute("aria-expanded", "false");
    const nowhere = document.activeElement === document.body || document.activeElement === null;
    if ((nowhere || inside) && anchor.isConnected && !anchor.disabled) {
      anchor.focus();
    }
  });

  active = Math.max(0, items.findIndex((item) => chosen.has(item.value)));
  // The picker must be inside an open dialog to be reachable.
  (anchor.closest("dialog") ?? document.body).append(panel);
  panel.showPopover();
  anchor.setAttribute("aria-expanded", "true");
  draw();
  place(panel, anchor);
  (search ?? list).focus();
}

function searchBox(label) {
  return el("input", {
    type: "search",
    class: "picker-search",
    placeholder: "Search",
    role: "combobox",
    "aria-label": `Search: ${label}`,
    "aria-expanded": "true",
    "aria-controls": "picker-list",
    autocomplete: "off",
  });
}

function row(item, index, { active, chosen, choose, multiple }) {
  const selected = chosen.has(item.value);
  return el(
    "li",
    {
      role: "option",
      id: `picker-${index}`,
      class: index === active ? "option is-active" : "option",
      "aria-selected": String(selected),
      on: { click: () => choose(item) },
    },
    item.mark ? el("span", { class: "option-mark", "aria-hidden": "true", text: item.mark }) : null,
    el(
      "span",
      { class: "option-words" },
      el("span", { class: "option-name", text: item.label }),
      item.description ? el("span", { class: "option-text", text: item.description }) : null,
    ),
    selected && multiple ? icon("check") : null,
  );
}

/** Places the panel below its anchor, or above it if there is no space; phones show a sheet (CSS). */
function place(panel, anchor) {
  if (matchMedia("(max-width: 640px)").matches) return;
  const spot = anchor.getBoundingClientRect();
  const left = Math.min(spot.left, innerWidth - panel.offsetWidth - MARGIN);
  const below = spot.bottom + panel.offsetHeight + MARGIN < innerHeight;
  const top = below ? spot.bottom + 4 : Math.max(MARGIN, spot.top - panel.offsetHeight - 4);
  panel.style.setProperty("left", `${Math.max(MARGIN, left)}px`);
  panel.style.setProperty("top", `${top}px`);
}
