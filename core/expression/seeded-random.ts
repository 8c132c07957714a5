/**
 * Numbers that look random and can be repeated: an attempt records its seed, and whoever replays it sees the same
 * `$random()`. Refuses to be used for secrets; the generator is fast, not unpredictable.
 */

/**
 * @param seed any text; the same text gives the same endless sequence
 * @returns a function whose results lie in [0, 1)
 *
 * The seed is spread with FNV-1a over its UTF-16 units; the generator is SplitMix32 (Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", with 32-bit mixing constants).
 */
export function seededRandom(seed: string): () => number {
  let state = 0x811c9dc5;
  for (let at = 0; at < seed.length; at += 1) {
    state = Math.imul(state ^ seed.charCodeAt(at), 0x01000193);
  }
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000;
  };
}
