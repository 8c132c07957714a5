import { describe, expect, it } from 'vitest';
import type { Container } from '@/server/container';

/** A second copy of the module, as Next's bundle has one. */
const copy = (name: string): Promise<typeof import('@/server/container')> =>
  import(/* @vite-ignore */ `./container.ts?copy=${name}`);

describe('the container', () => {
  it('is one per process, whichever copy of the module asks, and is made once', async () => {
    const [entry, bundled] = await Promise.all([copy('entry'), copy('bundled')]);
    expect(entry.getContainer).not.toBe(bundled.getContainer);
    expect(() => bundled.getContainer()).toThrow(/npm start/);
    const made = Promise.resolve({} as Container);
    entry.setContainer(made);
    expect(bundled.getContainer()).toBe(made);
    expect(() => bundled.setContainer(made)).toThrow(/already/);
  });
});
