/**
 * The way to the one container of this process. Next bundles its own copy of every module it imports, so a module-level
 * variable would exist twice; the container therefore hangs on globalThis under a registered symbol. Refuses to build
 * anything: `create-container.ts` does that once, at the entry point, and this file imports only its type.
 */
import type { Container } from '@/server/create-container';

export type { Container };

const key = Symbol.for('headrace.container');

const holder = globalThis as { [key]?: Promise<Container> };

/** Hands the container to every copy of this module. @throws Error when there is one already */
export function setContainer(container: Promise<Container>): void {
  if (holder[key] !== undefined) throw new Error('this process has a container already');
  holder[key] = container;
}

/** @throws Error in a process that was not started through server/main.ts */
export function getContainer(): Promise<Container> {
  const container = holder[key];
  if (container === undefined) throw new Error('there is no container: start the server with `npm start`');
  return container;
}
