// A person's picture, or a coloured monogram.

import { el } from "./dom.js";
import { isWebhook } from "./store.js";

/** The avatar of a user; decorative, because the name is always beside it. */
export function avatar(user, size = "") {
  const cls = `avatar ${size}`;
  if (user.avatar) {
    return el(
      "img",
      { class: cls, alt: "", loading: "lazy", src: `/cdn/avatars/${user.id}/${user.avatar}.png?size=128` },
    );
  }
  const name = user.global_name || user.username || "?";
  const node = el(
    "span",
    { class: `${cls} monogram`, "aria-hidden": "true", text: [...name][0].toUpperCase() },
  );
  node.style.setProperty("--hue", String(hue(user.username ?? name)));
  return node;
}

/** A stable hue in degrees, from the name, because ids change at each start. */
function hue(name) {
  let sum = 7;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 3600;
  return (sum * 47) % 360;
}

/** The tag that marks bots and webhooks. */
export function botTag(user) {
  return user !== undefined && isWebhook(user)
    ? el("span", { class: "tag", text: "webhook", title: "Written through a webhook" })
    : el("span", { class: "tag", text: "bot", title: "This is an application" });
}
