/** docs/reference/errors.md: the register of error codes, in its own order. */
import { errorCodes } from '@/core/errors';
import { code, generatedNote, page, table } from './markdown';

const kinds = [
  ['`user`', 'The caller has to change something. Trying again without that gives the same answer.'],
  ['`transient`', 'The same thing can work later.'],
  ['`terminal`', 'It will not work however often it is tried; what asked for it has to change.'],
  ['`bug`', 'Ours. It is logged; strangers are told neither text nor cause.'],
] as const;

export const errorsPage = (): string =>
  page(
    '# Error codes',
    generatedNote('`core/errors.ts`'),
    'Every failure that leaves a module has one of these codes. Over HTTP it is a problem document (RFC 9457) of type ' +
      '`application/problem+json` with `type` (`/problems/` and the code), `title`, `status`, `code`, `detail` and, ' +
      'for faults of an input, `errors`: each with a JSON pointer (`?name` for a query parameter), a code and a ' +
      'message. Inside a run the code stands in the error of a step; its status then means nothing to anybody.',
    table(['kind', 'meaning'], kinds),
    table(
      ['code', 'kind', 'status', 'title'],
      Object.entries(errorCodes).map(([name, { kind, status, title }]) => [code(name), kind, String(status), title]),
    ),
  );
