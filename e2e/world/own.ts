/** Stories share an installation and must not share data: names of a story's own. */
import { randomUUID } from 'node:crypto';

/** `Order intake` → `Order intake 3f2a9c`, another one each time. */
export const own = (name: string): string => `${name} ${randomUUID().slice(0, 6)}`;
