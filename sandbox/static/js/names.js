// The names for the ids in a text, at the open place.

/** Resolves ids for `renderInline` and `plainText`. */
export function namesOf(store) {
  return {
    userName: (id) => (store.user(id) ? store.nameOf(store.user(id)) : "unknown-user"),
    role: (id) => {
      const role = store.role(id);
      return role ? { name: role.name.replace(/^@/, ""), colour: store.colourOfRole(role) } : null;
    },
    channelName: (id) => store.channelById(id)?.name ?? null,
  };
}
