// Builds DOM nodes. Data from the server becomes text or a checked URL, so user strings are never parsed as HTML.

import { withEmoji } from "./drawn.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an element.
 * @param {string} tag
 * @param {object|null} props `class`, `text`, `dataset`, `on` ({event: handler}); `true`/`false` set a boolean
 *   attribute, `null` omits it, everything else is an attribute.
 * @param {...(Node|string|null|false|undefined)} children
 * @returns {HTMLElement}
 */
export function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.append(...withEmoji(String(value)));
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (name === "on") {
      for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    } else node.setAttribute(name, value === true ? "" : String(value));
  }
  const shown = children.filter((child) => child !== null && child !== undefined && child !== false);
  node.append(...shown.flatMap((child) => (typeof child === "string" ? withEmoji(child) : [child])));
  return node;
}

/** Replaces an element's text. */
export function setText(node, text) {
  node.replaceChildren(...withEmoji(text));
}

/**
 * The URL if links to it are allowed, else null.
 * @param {unknown} value
 * @returns {string|null} only absolute http and https URLs are allowed
 */
export function safeUrl(value) {
  if (typeof value !== "string") return null;
  try {
    const url = new URL(value);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

/** An external link, or plain text if the URL is not allowed. */
export function link(href, ...children) {
  const url = safeUrl(href);
  if (url === null) return el("span", null, ...children);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, ...children);
}

/** An image that is replaced by its alternative text if it cannot be loaded. */
export function picture(url, { alt = "", cls = "", width = null, height = null } = {}) {
  const source = safeUrl(url);
  const missing = () => el("span", { class: `${cls} picture-missing`, text: alt || "Image not available" });
  if (source === null) return missing();
  const image = el(
    "img",
    { class: cls, src: source, alt, loading: "lazy", decoding: "async", width, height },
  );
  image.addEventListener("error", () => image.replaceWith(missing()), { once: true });
  return image;
}

const ICONS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm-6 8c0-3 2.7-5 6-5s6 2 6 5M16 4.5a3.5 3.5 0 0 1 0 6.5M17.5 14.4c2 .7 3.5 2.3 3.5 4.6",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  flask: "M10 3v6L4.8 18a2 2 0 0 0 1.8 3h10.8a2 2 0 0 0 1.8-3L14 9V3M8.5 3h7M7.5 15h9",
  hash: "M5 9h15M4 15h15M10 4 8 20M16 4l-2 16",
  at: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm4-8v5.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-3.6 7.2",
  close: "M6 6l12 12M18 6 6 18",
  send: "M4 12 20 4l-4 16-4.5-6L4 12Zm7.5 2L20 4",
  clip: "M20 11.5 12 19.6a5 5 0 0 1-7-7.1l8.3-8.3a3.3 3.3 0 0 1 4.7 4.7l-8.3 8.3a1.7 1.7 0 0 1-2.4-2.4l7.6-7.5",
  reply: "M9 6 4 11l5 5M4 11h9c4 0 7 2.5 7 7",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm-3.5-7c1.8 2.6 5.2 2.6 7 0M9 9.500v.1M15 9.500v.1",
  pencil: "M4 20l1-4L16.5 4.500a2.1 2.1 0 0 1 3 3L8 19l-4 1Z",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm9.5 2.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  chevron: "M6 9.500l6 6 6-6",
  external: "M9 5H5v14h14v-4M13 4h7v7M20 4l-9 9",
  file: "M6 3h8l5 5v13H6V3Zm8 0v5h5",
  check: "M5 12.500l4.5 4.500L19 7.5",
  pin: "M9 3h6l-1 7 4 3v2H6v-2l4-3-1-7Zm3 12v6",
  thread: "M5 5h14v9h-7l-4 4v-4H5V5Zm4 3.500h6M9 11h4",
  lock: "M6 11h12v9H6v-9Zm2.500 0V8a3.500 3.500 0 0 1 7 0v3",
  plus: "M12 5v14M5 12h14",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6l1-7Z",
};

/** A small icon, hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button with only an icon; the label is its accessible name and tooltip. */
export function iconButton(name, label, onClick, props = {}) {
  return el(
    "button",
    {
      type: "button",
      "aria-label": label,
      title: label,
      ...props,
      class: `icon-button ${props.class ?? ""}`,
      on: { click: onClick },
    },
    icon(name),
  );
}
