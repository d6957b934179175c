// The sign-in page, sent instead of a page that needs the token; reloads after signing in.

import { setUpSession } from "./session.js";

const ask = setUpSession(() => location.reload());
// A link from another site sends no cookie even if there is one (SameSite=Strict).
const first = performance.getEntriesByType("navigation")[0]?.type !== "reload";
const known = first && (await fetch(location.pathname, { method: "HEAD" }).catch(() => null));
if (known?.ok) location.reload();
else ask();
