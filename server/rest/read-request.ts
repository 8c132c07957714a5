/**
 * The parts of a request as an operation wants them: path parameters, body, revision. Refuses content types the
 * operation does not read, and unknown fields.
 */
import { HeadraceError } from '@/core/errors';
import { limits } from '@/core/limits';
import { zodFaults } from '@/core/zod-faults';
import type { HttpRequest } from '@/server/http/types';
import { int32Max } from '@/server/services/flows/schemas';
import type { BodySpec, Operation } from './operation';
import { readCloudEvents } from './read-cloud-events';
import { readJson } from './read-json';

/** @throws HeadraceError `resource.notFound` for an id that cannot exist · `request.invalid` for a bad new name */
export function readParams(operation: Operation, params: Readonly<Record<string, string>>): unknown {
  const parsed = operation.params.safeParse(params);
  if (parsed.success) return parsed.data;
  if (operation.badParams === 'notFound')
    throw new HeadraceError('resource.notFound', 'There is nothing at this address.');
  throw new HeadraceError('request.invalid', 'The name in the path is wrong.', {
    faults: zodFaults(parsed.error, params),
  });
}

/** @throws HeadraceError `request.tooLarge`, `request.unsupportedType`, `request.malformed`, `request.invalid` … */
export function readBody(spec: BodySpec | null, request: HttpRequest): unknown {
  if (spec === null) return undefined;
  if (request.body.length > limits.bodyBytes) {
    throw new HeadraceError('request.tooLarge', `A body may have ${limits.bodyBytes} bytes.`);
  }
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding !== 'identity') {
    throw new HeadraceError('request.unsupportedType', `The content encoding "${encoding}" is not supported.`);
  }
  if (spec.kind === 'cloudEvents') return readCloudEvents(request);
  const isAbsent = request.body.length === 0;
  if (spec.kind === 'json' && spec.isOptional && isAbsent) return parseBody(spec, {});
  requireJson(request.headers['content-type']);
  const value = readJson(request.body);
  return spec.kind === 'document' ? value : parseBody(spec, value);
}

function parseBody({ schema }: Extract<BodySpec, { kind: 'json' }>, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HeadraceError('request.invalid', 'Some fields of the body are missing, unknown or wrong.', {
    faults: zodFaults(parsed.error, value),
  });
}

function requireJson(contentType: string | undefined): void {
  const [mediaType = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
  const charset = parameters
    .map((parameter) => parameter.trim())
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  if (mediaType.trim() !== 'application/json' || (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')) {
    throw new HeadraceError('request.unsupportedType', 'Send JSON in UTF-8, with Content-Type: application/json.');
  }
}

/**
 * The revision a change was made on. Quoted as entity tags are, or bare.
 * @throws HeadraceError `request.preconditionRequired` · `request.malformed`
 */
export function readIfMatch(header: string | undefined): number {
  if (header === undefined || header.trim() === '') {
    throw new HeadraceError('request.preconditionRequired', 'Send If-Match with the revision you have changed.');
  }
  const digits = /^(?:"(\d{1,15})"|(\d{1,15}))$/.exec(header.trim());
  if (digits === null) {
    throw new HeadraceError('request.malformed', 'If-Match must be one revision, such as "3".');
  }
  // Beyond the column no revision exists: it is as stale as 0, which none has either.
  const revision = Number(digits[1] ?? digits[2]);
  return revision > int32Max ? 0 : revision;
}
