// Whether the page is live: the pill at the top, and the banner when it is not.

import { find, setText } from "./dom.js";
import { clock } from "./format.js";

export class Link {
  #pill = find("#link");
  #banner = find("#banner");
  #still = matchMedia("(prefers-reduced-motion: reduce)");
  #timer = 0;
  #say;

  constructor({ say, retry }) {
    this.#say = say;
    find("button", this.#banner).addEventListener("click", retry);
  }

  connecting() {
    this.#set("connecting", "Connecting");
  }

  live() {
    const back = document.body.dataset.link === "lost";
    this.#set("live", "Live");
    this.#banner.hidden = true;
    if (back) this.#say("Connected again. The values are live.");
  }

  /** Data arrived: the dot blinks once, unless the reader prefers reduced motion. */
  beat() {
    if (this.#still.matches) return;
    find("i", this.#pill).animate([{ opacity: 0.25 }, { opacity: 1 }], { duration: 700, easing: "ease-out" });
  }

  lost({ why, since, retryAt }) {
    if (document.body.dataset.link !== "lost") this.#say("Disconnected. The values are the last known ones.");
    this.#set("lost", "Disconnected");
    this.#banner.hidden = false;
    setText(find("strong", this.#banner), `Disconnected since ${clock(since)}.`);
    const words = find("span", this.#banner);
    const tick = () => {
      const left = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
      const next = left ? `Reconnecting in ${left} s.` : "Reconnecting…";
      setText(words, `${why} The values are from then. ${next}`);
    };
    tick();
    this.#timer = setInterval(tick, 500);
  }

  closed() {
    this.#set("closed", "Closed");
    this.#banner.hidden = true;
  }

  #set(state, word) {
    clearInterval(this.#timer);
    document.body.dataset.link = state;
    this.#pill.dataset.link = state;
    setText(find("span", this.#pill), word);
  }
}
