// URLs of this server's routes. The server may be below a path (PUBLIC_URL), taken from this file's own URL.

const ROOT = new URL("../..", import.meta.url);

/** The URL of a route, such as "status". */
export const address = (path) => new URL(path, ROOT);
