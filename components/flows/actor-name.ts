/** Who did something, in words: the server names actors by kind and id. Pure. */

/** @param self the signed-in person; absent while unknown */
export function actorName(actor: string, self: { readonly id: string; readonly name: string } | undefined): string {
  const [kind, id] = actor.split(/:(.*)/s);
  if (kind === 'user') {
    return self !== undefined && id === self.id ? `${self.name} (you)` : 'another person';
  }
  return kind === 'key' ? 'an API key' : actor;
}
