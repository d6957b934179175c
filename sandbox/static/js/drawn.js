// Shows emoji as bundled pictures, or by name if neither the bundle nor the machine's fonts have a picture.

import { bare, nameOfEmoji } from "./emoji.js";
import { ART } from "./emoji_art.js";

const PERHAPS = /[\u00A9\u00AE\u203C-\u3299\u{1F000}-\u{1FAFF}]/u;
const PART = "\\p{Extended_Pictographic}(?:\\uFE0F|\\p{Emoji_Modifier})?";
/** Whole emoji, including joined sequences; and 🜂, which is not an emoji but an agent's symbol. */
const EMOJI = new RegExp(`${PART}(?:\\u200D${PART})*(?!\\uFE0E)|\\u{1F702}`, "gu");
/** Characters shown in colour; others, such as arrows, are plain text. */
const COLOURED = /\p{Emoji_Presentation}|\uFE0F|\u{1F702}/u;
const SIZE_PX = 20;
const missing = new Map();
const pictures = new Map();
let nothing = null;

/**
 * A text as nodes. Emoji with a bundled picture are elements that keep the emoji as text, for screen readers and
 * copying.
 * @param {string} text
 * @returns {(Node|string)[]}
 */
export function withEmoji(text) {
  if (!PERHAPS.test(text)) return [text];
  const nodes = [];
  let from = 0;
  for (const { 0: emoji, index } of text.matchAll(EMOJI)) {
    const node = COLOURED.test(emoji) ? drawn(emoji) ?? named(emoji) : null;
    if (node === null) continue;
    nodes.push(text.slice(from, index), node);
    from = index + emoji.length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== "");
}

/** Whether the bundle or a font of this machine has a picture of an emoji. */
export function isShown(emoji) {
  return bare(emoji) in ART || !isMissing(bare(emoji));
}

/** `:name:` for an emoji that no font of this machine has; null if a font has it or it has no name. */
function nameIfMissing(emoji) {
  const name = nameOfEmoji(emoji);
  return name !== undefined && isMissing(bare(emoji)) ? `:${name}:` : null;
}

/** A text with emoji that the machine cannot show replaced by their names. */
export function nameMissing(text) {
  return PERHAPS.test(text) ? text.replace(EMOJI, (emoji) => nameIfMissing(emoji) ?? emoji) : text;
}

function drawn(emoji) {
  const art = ART[bare(emoji)];
  if (art === undefined) return null;
  if (!pictures.has(art)) {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${art}</svg>`;
    pictures.set(art, `url("data:image/svg+xml,${encodeURIComponent(svg)}")`);
  }
  const node = span("drawn-emoji", emoji);
  node.style.setProperty("background-image", pictures.get(art));
  return node;
}

function named(emoji) {
  const name = nameIfMissing(emoji);
  if (name === null) return null;
  const node = span("named-emoji", emoji);
  node.dataset.name = name;
  return node;
}

function span(cls, text) {
  const node = document.createElement("span");
  node.className = cls;
  node.textContent = text;
  return node;
}

/** Whether the machine renders a character like a missing glyph. */
function isMissing(character) {
  if (!missing.has(character)) {
    nothing ??= pixels("\u{10FFFD}");
    missing.set(character, pixels(character) === nothing);
  }
  return missing.get(character);
}

function pixels(text) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE_PX * 2;
  const context = canvas.getContext("2d");
  context.font = `${SIZE_PX}px ${getComputedStyle(document.body).fontFamily}`;
  context.fillText(text, 0, SIZE_PX * 1.5);
  return canvas.toDataURL();
}
