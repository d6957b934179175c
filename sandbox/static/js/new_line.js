// The position of the line "New" in the open channel.

import { compareIds } from "./time.js";

/** Tracks by message id what the reader has seen. */
export class NewLine {
  #from = null;
  /** Whether messages arrived while the reader was away that they have not seen. */
  #missed = false;

  /** Starts with a channel that is unread from that message on, or fully read (null). */
  open(firstNew) {
    this.#from = firstNew;
    this.#missed = false;
  }

  /** The reader is at the end of the log: the next messages while they are away get a new line. */
  seen() {
    this.#missed = false;
  }

  /** Handles a new message; returns whether the line moves or disappears. */
  came(id, { mine, present }) {
    const before = this.#from;
    if (mine) this.open(null);
    else if (!present && !this.#missed) {
      this.#from = id;
      this.#missed = true;
    }
    return this.#from !== before;
  }

  /** Whether the line is between two messages; `before` is null above the first. */
  standsAbove(id, before) {
    if (this.#from === null || compareIds(id, this.#from) < 0) return false;
    return before === null || compareIds(before.id, this.#from) < 0;
  }
}
