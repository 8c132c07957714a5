/**
 * Joins class names. Exists because every part takes an optional extra class; refuses conditions as objects.
 *
 * @param names class names; false, null and undefined are left out
 * @returns one attribute value, or undefined when nothing is left
 */
export function classes(...names: (string | false | null | undefined)[]): string | undefined {
  const kept = names.filter(Boolean);
  return kept.length === 0 ? undefined : kept.join(' ');
}
