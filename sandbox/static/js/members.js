// Who is here, by their highest role.

import { avatar, botTag } from "./avatar.js";
import { el } from "./dom.js";

/** Draws the members of the open server, or the two people of a direct message. */
export function drawMembers(node, store) {
  if (store.guild === null) {
    const people = [store.me, store.bot.user].filter(Boolean).map(
      (user) => ({ user, roles: [], presence: user.bot && !store.bot.connected ? "offline" : "online" }),
    );
    node.replaceChildren(group("In this conversation", people, store));
    return;
  }
  const groups = new Map();
  for (const member of store.guild.members) {
    const role = store.rolesOf(member).find((candidate) => candidate.hoist);
    const title = isOnline(member) ? (role?.name ?? "Online") : "Offline";
    groups.set(title, [...(groups.get(title) ?? []), member]);
  }
  const rank = (title) => {
    if (title === "Offline") return -2;
    return store.guild.roles.find((role) => role.hoist && role.name === title)?.position ?? -1;
  };
  const titles = [...groups.keys()].sort((a, b) => rank(b) - rank(a));
  node.replaceChildren(...titles.map((title) => group(title, groups.get(title), store)));
}

function isOnline(member) {
  return member.presence !== "offline";
}

function group(title, members, store) {
  const sorted = [...members].sort((a, b) => store.nameOf(a.user).localeCompare(store.nameOf(b.user)));
  return el(
    "section",
    { class: "member-group" },
    el("h3", { text: `${title} · ${members.length}` }),
    el("ul", null, ...sorted.map((member) => row(member, store))),
  );
}

function row(member, store) {
  const roles = store.rolesOf(member);
  const owner = store.guild?.owner_id === member.user.id;
  const name = el("span", { class: "author", text: store.nameOf(member.user) });
  const colour = store.colourOf(member.user.id);
  if (colour !== null) name.style.setProperty("--role", colour);
  const notes = [owner ? "server owner" : null, ...roles.map((role) => role.name)].filter(Boolean);
  return el(
    "li",
    { class: isOnline(member) ? "member" : "member is-offline" },
    el(
      "span",
      { class: "member-picture" },
      avatar(member.user),
      el("span", { class: "presence", role: "img", "aria-label": isOnline(member) ? "online" : "offline" }),
    ),
    el(
      "span",
      { class: "member-words" },
      el("span", { class: "member-name" }, name, member.user.bot ? botTag() : null),
      notes.length > 0 ? el("span", { class: "member-roles", text: notes.join(", ") }) : null,
    ),
  );
}
