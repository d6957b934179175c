// The files for the next message: chosen, pasted or dropped.

import { el, icon, iconButton } from "./dom.js";
import { formatSize } from "./embed.js";

const MOST = 10;
const LARGEST_BYTES = 8 * 1024 * 1024;

/** The tray above the message box. */
export class FileTray {
  #node;
  #say;
  #files = [];

  constructor(node, say) {
    this.#node = node;
    this.#say = say;
  }

  get count() {
    return this.#files.length;
  }

  add(files) {
    for (const file of files) {
      if (this.#files.length >= MOST) {
        this.#say(`A message can have at most ${MOST} files.`);
        break;
      }
      if (file.size > LARGEST_BYTES) this.#say(`${file.name} is larger than the limit of ${formatSize(LARGEST_BYTES)}.`);
      else this.#files.push(file);
    }
    this.#draw();
  }

  clear() {
    this.#files = [];
    this.#draw();
  }

  /** Empties the tray; returns its files. */
  take() {
    const files = this.#files;
    this.clear();
    return files;
  }

  #draw() {
    this.#node.hidden = this.#files.length === 0;
    this.#node.replaceChildren(
      ...this.#files.map((file) => {
        const remove = iconButton("close", `Remove ${file.name}`, () => {
          this.#files = this.#files.filter((other) => other !== file);
          this.#draw();
        });
        return el(
          "li",
          { class: "file-chip" },
          icon("file"),
          el("span", { class: "file-name", text: file.name }),
          el("span", { class: "file-size", text: formatSize(file.size) }),
          remove,
        );
      }),
    );
  }
}

/** Files in the sandbox's format: `{filename, content_type, base64}`. */
export function encodeFiles(files) {
  return Promise.all(
    files.map(
      (file) =>
        new Promise((resolve, reject) => {
          const reader = new FileReader();
          reader.addEventListener("error", () => reject(new Error(`${file.name} cannot be read.`)));
          reader.addEventListener("load", () => {
            const base64 = reader.result.slice(reader.result.indexOf(",") + 1);
            resolve({ filename: file.name, content_type: file.type || "application/octet-stream", base64 });
          });
          reader.readAsDataURL(file);
        }),
    ),
  );
}
