// Embeds and attachments.

import { el, icon, link, picture } from "./dom.js";
import { renderInline } from "./inline.js";
import { plainText, renderMarkdown } from "./markdown.js";
import { cssColour } from "./store.js";
import { formatMoment } from "./time.js";

/**
 * One embed.
 * @param {object} embed in Discord's shape
 * @param {object} names resolves ids, see `renderInline`
 */
export function renderEmbed(embed, names) {
  const title = plainText(embed.title ?? "", names);
  const node = el(
    "article",
    { class: "embed", "aria-label": title ? `Embed: ${title}` : "Embed" },
  );
  if (embed.color) node.style.setProperty("--embed", cssColour(embed.color));
  const body = el("div", { class: "embed-body" });
  if (embed.author?.name) body.append(author(embed.author));
  if (embed.title) {
    const words = renderInline(embed.title, names);
    body.append(el("div", { class: "embed-title" }, ...(embed.url ? [link(embed.url, ...words)] : words)));
  }
  if (embed.description) {
    body.append(el("div", { class: "embed-text markdown" }, renderMarkdown(embed.description, names)));
  }
  if (embed.fields?.length) body.append(fields(embed.fields, names));
  node.append(body);
  if (embed.thumbnail) {
    node.append(
      picture(source(embed.thumbnail), { alt: embed.thumbnail.description ?? "", cls: "embed-thumbnail" }),
    );
  }
  if (embed.image) {
    const alt = embed.image.description ?? (title ? `Image: ${title}` : "Image in the embed");
    node.append(picture(source(embed.image), { alt, cls: "embed-image" }));
  }
  const foot = footer(embed);
  if (foot !== null) node.append(foot);
  return node;
}

function source(media) {
  return media.proxy_url || media.url;
}

function author({ name, url, icon_url: iconUrl }) {
  const words = url ? link(url, name) : el("span", { text: name });
  return el(
    "div",
    { class: "embed-author" },
    iconUrl ? picture(iconUrl, { cls: "embed-icon" }) : null,
    words,
  );
}

/** Inline fields are side by side; other fields take a row. */
function fields(all, names) {
  return el(
    "dl",
    { class: "embed-fields" },
    ...all.map((field) =>
      el(
        "div",
        { class: field.inline ? "embed-field is-inline" : "embed-field" },
        el("dt", null, ...renderInline(field.name, names)),
        el("dd", { class: "markdown" }, renderMarkdown(field.value, names)),
      ),
    ),
  );
}

function footer({ footer: foot, timestamp }) {
  if (!foot?.text && !timestamp) return null;
  const parts = el("div", { class: "embed-footer" });
  if (foot?.icon_url) parts.append(picture(foot.icon_url, { cls: "embed-icon" }));
  if (foot?.text) parts.append(el("span", { text: foot.text }));
  if (timestamp) {
    const date = new Date(timestamp);
    if (!Number.isNaN(date.getTime())) {
      parts.append(el("time", { datetime: date.toISOString(), text: formatMoment(date) }));
    }
  }
  return parts;
}

/** An attachment: a picture, or a file to download. */
export function renderAttachment(attachment) {
  const spoiler = attachment.filename.startsWith("SPOILER_");
  const picturable = /^image\/(png|jpeg|gif|webp|avif)/.test(attachment.content_type ?? "");
  if (!picturable || spoiler) return fileCard(attachment);
  const image = picture(attachment.proxy_url || attachment.url, {
    alt: attachment.description || attachment.filename,
    cls: "attachment-image",
    width: attachment.width ?? null,
    height: attachment.height ?? null,
  });
  return el("div", { class: "attachment" }, link(attachment.url, image));
}

function fileCard({ filename, size, url, description }) {
  const name = link(url, filename);
  name.classList.add("file-name");
  if (name instanceof HTMLAnchorElement) name.download = filename;
  const details = [formatSize(size), description].filter(Boolean).join(" · ");
  return el(
    "div",
    { class: "file" },
    icon("file"),
    el("div", null, name, el("div", { class: "file-size", text: details })),
  );
}

/** A size in bytes, for people. */
export function formatSize(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
