/** What the flows area refuses, in one wording each. */
import { HeadraceError } from '@/core/errors';

/** Unknown, deleted and of another workspace look alike to a stranger. */
export const flowNotFound = (): HeadraceError => new HeadraceError('resource.notFound', 'There is no such flow.');

export const versionNotFound = (version: number): HeadraceError =>
  new HeadraceError('resource.notFound', `The flow has no version ${version}.`);

/** @param revision the current one, so that a client can fetch and merge */
export const staleFlow = (revision: number): HeadraceError =>
  new HeadraceError('flow.stale', `The flow was changed meanwhile; its revision is now ${revision}.`, {
    details: { revision },
  });

export const notPublished = (): HeadraceError =>
  new HeadraceError('flow.notPublished', 'The flow has no live version. Publish it first, or run the draft.');
