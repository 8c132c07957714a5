/**
 * The door of a sandbox thread. A thread does not read TypeScript because its process does, so it is taught here, the
 * same in the product, under tsx and in tests. Refuses nothing: what the thread is stands behind the door.
 */
import { register } from 'tsx/esm/api';

register();
await import('./sandbox-thread.ts');
