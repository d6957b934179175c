// Where this server's routes are. It may stand below a path (PUBLIC_URL), which the address of this file begins with.

const ROOT = new URL("../..", import.meta.url);

/** The address of a route, such as "status". */
export const address = (path) => new URL(path, ROOT);
