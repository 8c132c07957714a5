/**
 * What callers of webhooks are told. Hook answers share the application's host, so each of them is sandboxed, never
 * sniffed, never stored and never sets a cookie, whatever a flow says. Refuses to tell strangers why a run failed beyond
 * the code of its error.
 */
import { HeadraceError } from '@/core/errors';
import type { WebhookAnswer } from '@/core/steps/contract';
import { problemResponse } from '@/server/http/problem-response';
import type { HttpResponse } from '@/server/http/types';
import type { RunOutcome } from '@/server/services/runs/run-outcome';

const runIdHeader = 'headrace-run-id';

const guards = {
  'content-security-policy': 'sandbox',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

const headersFor = (runId: string): Record<string, string> => ({
  'content-type': 'application/json',
  ...guards,
  [runIdHeader]: runId,
});

/** Headers that are ours or the connection's to set; publishing refuses them, and an older version is not trusted. */
const refusedHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  runIdHeader,
]);

/** `accepted`: the event is durable and its run will happen. */
export const acceptedAnswer = (runId: string): HttpResponse => ({
  status: 202,
  headers: headersFor(runId),
  body: `{"runId":"${runId}"}`,
});

/** The run goes on without the caller. */
export const pendingAnswer = (runId: string, outcome: RunOutcome | null): HttpResponse => ({
  status: 202,
  headers: headersFor(runId),
  body: JSON.stringify({ runId, status: outcome?.status ?? 'queued' }),
});

/** `completed`: the output of a run that succeeded; how it ended, of one that did not. */
export function completedAnswer(runId: string, outcome: RunOutcome): HttpResponse {
  if (outcome.status === 'succeeded') {
    return { status: 200, headers: headersFor(runId), body: outcome.outputJson ?? 'null' };
  }
  return failure('webhook.runFailed', `The run ended as ${outcome.status}.`, runId, outcome);
}

/** `step`: what `webhook.respond` said; a run that ended without saying anything is an error of the flow. */
export function stepAnswer(runId: string, outcome: RunOutcome): HttpResponse {
  return outcome.answer === null
    ? failure('webhook.noResponse', `The run ended as ${outcome.status} without answering.`, runId, outcome)
    : presentAnswer(runId, outcome.answer);
}

function failure(
  code: 'webhook.runFailed' | 'webhook.noResponse',
  message: string,
  runId: string,
  outcome: RunOutcome,
): HttpResponse {
  const details = {
    runId,
    runStatus: outcome.status,
    ...(outcome.errorCode === null ? {} : { cause: outcome.errorCode }),
  };
  return problemResponse(new HeadraceError(code, message, { details }), { [runIdHeader]: runId });
}

function presentAnswer(runId: string, answer: WebhookAnswer): HttpResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    const lower = name.toLowerCase();
    if (!refusedHeaders.has(lower)) {
      headers[lower] = value;
    }
  }
  const isText = typeof answer.body === 'string';
  headers['content-type'] ??= isText ? 'text/plain; charset=utf-8' : 'application/json';
  if (answer.body === null) {
    delete headers['content-type'];
  }
  return {
    status: answer.status,
    headers: { ...headers, ...guards, [runIdHeader]: runId },
    body: typeof answer.body === 'string' ? answer.body : answer.body === null ? null : JSON.stringify(answer.body),
  };
}
