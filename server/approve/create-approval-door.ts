/**
 * `/approve/{token}`: the door for those who have nothing but a link. Looking never answers, because scanners of mail follow
 * every link; answering takes a POST that carries the token in its body, which no other page can know. Refuses to tell a
 * link that was used from one that has expired, and to write a token into a log.
 */
import { createHash } from 'node:crypto';
import { type Fault, isHeadraceError } from '@/core/errors';
import { formOf } from '@/core/forms/form-of';
import { type FormEntries, initialEntries, readForm } from '@/core/forms/read-form';
import type { JsonValue } from '@/core/json';
import { limits } from '@/core/limits';
import { answerPrefix } from '@/server/approve/form-html';
import { questionPage, type SayingPage, sayingPage } from '@/server/approve/page';
import { createRateLimit } from '@/server/approve/rate-limit';
import type { HttpHandler, HttpRequest } from '@/server/http/types';
import type { ApprovalLinks, LinkedApproval } from '@/server/services/approvals/approvals-service';
import { type AnswerBody, answerBody } from '@/server/services/approvals/schemas';
import type { Clock, Log } from '@/server/services/ports';

export interface ApprovalDoorDeps {
  readonly links: ApprovalLinks;
  /** One sheet, tokens and all. */
  readonly styles: string;
  /** Whether people reach us over https. */
  readonly isSecure: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly translateError: (error: unknown) => unknown;
}

const pathShape = /^\/approve\/([A-Za-z0-9_-]{1,200})$/;
/** What a link that is not ours weighs beside one that is: somebody who tries is stopped after ten. */
const units = { request: 1, unknownLink: 12 } as const;
/** Form data writes a character outside of ASCII as nine. */
const bodyBytes = (limits.approvalAnswerBytes + limits.noteLength) * 9;

interface Page {
  readonly status: number;
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function createApprovalDoor(deps: ApprovalDoorDeps): HttpHandler {
  const { links, styles, log } = deps;
  const limit = createRateLimit(deps.clock);
  const headers = headersOf(styles, deps.isSecure);
  const say = (status: number, page: SayingPage, more?: Page['headers']): Page => ({
    status,
    html: sayingPage(page, styles),
    ...(more === undefined ? {} : { headers: more }),
  });

  const serve = async (request: HttpRequest): Promise<Page> => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead && request.method !== 'POST') {
      return say(
        405,
        { title: 'Not possible', says: 'This page is opened and answered, nothing else.', role: 'failed' },
        {
          allow: 'GET, HEAD, POST',
        },
      );
    }
    const token = pathShape.exec(request.path)?.[1] ?? '';
    if (isRead) {
      const approval = await links.look(token);
      const form = approval.form === null ? null : formOf(approval.form);
      const entries = form === null ? {} : initialEntries(form);
      return { status: 200, html: questionPage({ token, approval, form, entries, comment: '', faults: [] }, styles) };
    }
    return answer(request, token);
  };

  const answer = async (request: HttpRequest, token: string): Promise<Page> => {
    // Browsers say where a form was sent from; ours is here. The token in the body is the proof, this is a second one.
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin') return say(403, foreign);
    if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')) {
      return say(415, {
        title: 'Not understood',
        says: 'The answer has to be sent by the form of this page.',
        role: 'failed',
      });
    }
    const sent = new URLSearchParams(new TextDecoder().decode(request.body));
    if (sent.get('token') !== token) return say(403, foreign);
    // What the link is for decides how the answer is read.
    const approval = await links.look(token);
    const form = approval.form === null ? null : formOf(approval.form);
    const isApproved = sent.get('decision') === 'approve';
    const entries = entriesOf(sent);
    const again = (faults: readonly Fault[]): Page => ({
      status: 422,
      html: questionPage({ token, approval, form, entries, comment: sent.get('comment') ?? '', faults }, styles),
    });
    const read = form === null || !isApproved ? { value: undefined, faults: [] } : readForm(form, entries);
    if (read.faults.length > 0) return again(read.faults);
    const body = bodyOf(sent, read.value);
    if ('faults' in body) return again(body.faults);
    try {
      await links.answer(token, body.body);
    } catch (error) {
      if (isHeadraceError(error) && error.code === 'request.invalid') return again(withoutPrefix(error.faults));
      throw error;
    }
    return say(200, answered(approval, isApproved));
  };

  const refuse = (error: unknown, request: HttpRequest): Page => {
    if (isHeadraceError(error) && error.code === 'approval.linkUnknown') {
      limit.count(request.remoteAddress, units.unknownLink);
      return say(404, { title: 'This link is not valid', says: error.message, role: 'failed' });
    }
    if (isHeadraceError(error) && error.code === 'approval.linkSpent') {
      return say(410, { title: 'This link does not work any more', says: error.message, role: 'plain' });
    }
    const isTransient = isHeadraceError(error) && error.kind === 'transient';
    // Without the path: the token is in it.
    if (isTransient) log.warn({ err: error }, 'a link to an approval could not be served for now');
    else log.error({ err: error }, 'a link to an approval could not be served');
    const title = isTransient ? 'Please try again in a moment' : 'Something went wrong';
    return say(isTransient ? 503 : 500, {
      title,
      says: 'Nothing was answered, and the link still works.',
      role: 'failed',
    });
  };

  return {
    bodyLimitBytes: () => bodyBytes,
    async handle(request) {
      const waitMs = limit.count(request.remoteAddress, units.request);
      const page =
        waitMs > 0
          ? say(
              429,
              { title: 'Too many tries', says: 'Please wait a minute.', role: 'failed' },
              {
                'retry-after': String(Math.ceil(waitMs / 1000)),
              },
            )
          : await serve(request).catch((error: unknown) => refuse(deps.translateError(error), request));
      return { status: page.status, headers: { ...headers, ...page.headers }, body: page.html };
    },
  };
}

const foreign: SayingPage = {
  title: 'Not sent from this page',
  says: 'Open the link and answer there. Nothing was answered.',
  role: 'failed',
};

const answered = ({ title }: LinkedApproval, isApproved: boolean): SayingPage => ({
  title: isApproved ? 'You approved' : 'You rejected',
  says: `${title} Your answer is stored, and the flow goes on. You can close this page.`,
  role: isApproved ? 'succeeded' : 'plain',
});

function entriesOf(sent: URLSearchParams): FormEntries {
  const entries: Record<string, string[]> = {};
  for (const [name, value] of sent) {
    if (name !== answerPrefix && !name.startsWith(`${answerPrefix}/`)) continue;
    const pointer = name.slice(answerPrefix.length);
    entries[pointer] = [...(entries[pointer] ?? []), value];
  }
  return entries;
}

function bodyOf(
  sent: URLSearchParams,
  value: JsonValue | undefined,
): { body: AnswerBody } | { faults: readonly Fault[] } {
  const comment = (sent.get('comment') ?? '').replaceAll('\r\n', '\n').trim();
  const read = answerBody.safeParse({
    decision: sent.get('decision'),
    ...(value === undefined ? {} : { answer: value }),
    ...(comment === '' ? {} : { comment }),
  });
  if (read.success) return { body: read.data };
  const isComment = read.error.issues.some(({ path }) => path[0] === 'comment');
  const message = isComment ? `A comment has ${limits.noteLength} characters at most.` : 'Say yes or no.';
  return { faults: [{ pointer: isComment ? 'Comment' : 'Answer', code: 'field.invalid', message }] };
}

/** Faults of a request point into its body; those of a form into the answer. */
const withoutPrefix = (faults: readonly Fault[]): readonly Fault[] =>
  faults.map((fault) => ({ ...fault, pointer: fault.pointer.replace(/^\/answer/, '') }));

function headersOf(styles: string, isSecure: boolean): Readonly<Record<string, string>> {
  const hash = createHash('sha256').update(styles).digest('base64');
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex, nofollow',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    ...(isSecure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}
