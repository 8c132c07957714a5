/** Text for a LIKE pattern that means itself: `%`, `_` and the escape character lose their meaning. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (character) => `\\${character}`);
