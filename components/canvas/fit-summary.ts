/**
 * Makes the one mono line of a card fit: the host goes first, then the front of the path, never the verb and never the
 * last part, because those tell two steps apart. Counts characters, since the font is monospaced. Refuses to break words
 * that are not paths: those are cut at the end by the card.
 */

/** Characters of the 11 px mono line that fit between the paddings of a 236 px card. */
const lineLength = 33;

/**
 * @param verb never dropped
 * @param rest what the verb acts on: a path, an address, a list of names
 * @returns the rest, shortened from the front to `…/last` where it is a path that does not fit
 */
export function fitSummary(verb: string, rest: string, length = lineLength): string {
  const room = length - verb.length - 1;
  if (rest.length <= room || !rest.includes('/')) {
    return rest;
  }
  const parts = rest.split('/').filter((part) => part !== '');
  for (let from = 1; from < parts.length; from += 1) {
    const shorter = `…/${parts.slice(from).join('/')}`;
    if (shorter.length <= room || from === parts.length - 1) {
      return shorter;
    }
  }
  return rest;
}
