// What a browser gets in place of a page that it may not read yet; the same address then shows the page.

import { setUpSession } from "./session.js";

const ask = setUpSession(() => location.reload());
// Who follows a link on another site brings no cookie, though there may be one (SameSite=Strict).
const first = performance.getEntriesByType("navigation")[0]?.type !== "reload";
const known = first && (await fetch(location.pathname, { method: "HEAD" }).catch(() => null));
if (known?.ok) location.reload();
else ask();
