/** For a POST that says everything by its path: no body, or an empty object. Unknown fields are refused as elsewhere. */
import { z } from 'zod';
import { jsonBody } from '../operation';

export const emptyBody = jsonBody(z.strictObject({}), { isOptional: true });
