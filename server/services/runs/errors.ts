/** What the runs area refuses, in one wording each. */
import { HeadraceError } from '@/core/errors';

/** Unknown and of another workspace look alike to a stranger. */
export const runNotFound = (): HeadraceError => new HeadraceError('resource.notFound', 'There is no such run.');
