// Where the line "New" stands in the open channel.

import { compareIds } from "./time.js";

/** Follows what the reader has seen; ids of messages go in and come out. */
export class NewLine {
  #from = null;
  /** Whether something came while the reader was away, which they have not seen yet. */
  #missed = false;

  /** Begins with a channel that was unread from that message on, or with one that was read (null). */
  open(firstNew) {
    this.#from = firstNew;
    this.#missed = false;
  }

  /** The reader is at the end of the log: what comes while they are away next gets a line of its own. */
  seen() {
    this.#missed = false;
  }

  /** Takes a message that just came; true where the line moves or goes. */
  came(id, { mine, present }) {
    const before = this.#from;
    if (mine) this.open(null);
    else if (!present && !this.#missed) {
      this.#from = id;
      this.#missed = true;
    }
    return this.#from !== before;
  }

  /** Whether the line stands between two neighbours; `before` is null above the first. */
  standsAbove(id, before) {
    if (this.#from === null || compareIds(id, this.#from) < 0) return false;
    return before === null || compareIds(before.id, this.#from) < 0;
  }
}
