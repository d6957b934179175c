// A person's profile: names, roles, and a button to act as that person.

import { avatar, botTag } from "./avatar.js";
import { el } from "./dom.js";
import { formatMoment } from "./time.js";

const MARGIN = 8;

/** The profile panel; updates while it is open. */
export class ProfilePanel {
  #node;
  #store;
  #become;
  #user = null;

  /**
   * @param {HTMLElement} node the popover
   * @param {object} store
   * @param {(identity: object) => void} become
   */
  constructor(node, store, become) {
    this.#node = node;
    this.#store = store;
    this.#become = become;
    node.addEventListener("toggle", (event) => {
      if (event.newState === "closed") this.#closed();
    });
    store.addEventListener("world", () => this.#user !== null && this.#fill());
    store.addEventListener("place", () => this.#user !== null && node.hidePopover());
  }

  /** Shows a user's profile beside an element. */
  show(user, anchor) {
    if (this.#node.matches(":popover-open")) this.#node.hidePopover();
    this.#user = user;
    this.#fill();
    this.#node.showPopover({ source: anchor });
    place(this.#node, anchor);
    this.#node.focus();
  }

  /** Restores the focus if the browser could not, because the member list was redrawn. */
  #closed() {
    const row = document.querySelector(`.member[data-user="${this.#user?.id}"]`);
    const focused = document.activeElement;
    if (focused === document.body || this.#node.contains(focused)) row?.focus();
    this.#user = null;
  }

  #fill() {
    const store = this.#store;
    const user = store.user(this.#user.id) ?? this.#user;
    const member = store.member(user.id);
    const name = el("h2", { class: "profile-name author", text: store.nameOf(user) });
    const colour = store.colourOf(user.id);
    if (colour !== null) name.style.setProperty("--role", colour);
    const identity = store.identities.find((one) => one.user === user.id);
    const act = () => {
      this.#node.hidePopover();
      this.#become(identity);
    };
    const owner = store.guild !== null && store.guild.owner_id === user.id;
    this.#node.setAttribute("aria-label", `About ${store.nameOf(user)}`);
    this.#node.replaceChildren(
      el(
        "header",
        { class: "profile-head" },
        avatar(user, "large"),
        el(
          "div",
          { class: "profile-words" },
          el("div", { class: "profile-line" }, name, user.bot ? botTag() : null),
          el("p", { class: "profile-user", text: aboutName(user, member, owner) }),
        ),
      ),
      store.guild === null ? null : roles(member, store),
      member?.joined_at
        ? el("p", { class: "profile-note", text: `Joined ${formatMoment(new Date(member.joined_at))}` })
        : "",
      identity && user.id !== store.me.id
        ? el("button", {
          type: "button", class: "button button-secondary", text: `Act as ${identity.label}`, on: { click: act },
        })
        : "",
    );
  }
}

function aboutName(user, member, owner) {
  const parts = [`@${user.username}`];
  if (member?.nick && user.global_name) parts.push(user.global_name);
  if (owner) parts.push("server owner");
  return parts.join(" · ");
}

function roles(member, store) {
  if (member === null) return el("p", { class: "profile-note", text: "Not in this server." });
  const held = store.rolesOf(member);
  if (held.length === 0) return el("p", { class: "profile-note", text: "No roles yet." });
  return el(
    "section",
    { "aria-label": "Roles" },
    el("h3", { class: "profile-title", text: held.length === 1 ? "Role" : `Roles · ${held.length}` }),
    el("ul", { class: "role-chips" }, ...held.map((role) => chip(role, store))),
  );
}

function chip(role, store) {
  const dot = el("span", { class: "role-dot", "aria-hidden": "true" });
  const colour = store.colourOfRole(role);
  if (colour !== null) dot.style.setProperty("--role", colour);
  return el("li", { class: "role-chip" }, dot, el("span", { text: role.name }));
}

/** Places the panel beside its anchor, inside the window; phones show a sheet (CSS). */
function place(panel, anchor) {
  panel.style.removeProperty("left");
  panel.style.removeProperty("top");
  if (matchMedia("(max-width: 640px)").matches) return;
  const spot = anchor.getBoundingClientRect();
  const right = spot.right + MARGIN + panel.offsetWidth < innerWidth;
  const left = right ? spot.right + MARGIN : spot.left - panel.offsetWidth - MARGIN;
  const top = Math.min(spot.top, innerHeight - panel.offsetHeight - MARGIN);
  panel.style.setProperty("left", `${Math.max(MARGIN, left)}px`);
  panel.style.setProperty("top", `${Math.max(MARGIN, top)}px`);
}
