/**
 * The webhook intake: `ANY /hooks/{workspace}/{path…}`. It finds the flow, proves the caller, reads the body, appends the
 * event with its run, and only then acknowledges; a caller that wants the result waits here while a worker produces it.
 * Refuses everything it is not sure of before anything is written: a refused request starts nothing.
 */
import { HeadraceError } from '@/core/errors';
import { limits } from '@/core/limits';
import type { RunStatus } from '@/core/run/types';
import { problemResponse } from '@/server/http/problem-response';
import type { HttpHandler, HttpRequest, HttpResponse } from '@/server/http/types';
import { acceptedAnswer, completedAnswer, pendingAnswer, stepAnswer } from '@/server/ingress/answers';
import { buildEvent } from '@/server/ingress/build-event';
import { type CompiledTrigger, createTriggerCompiler } from '@/server/ingress/compile-trigger';
import { type HookPath, parseHookPath } from '@/server/ingress/hook-path';
import { readHookBody } from '@/server/ingress/read-hook-body';
import { createRunWaiter, type RunListener, type RunWaiter } from '@/server/ingress/run-waiter';
import { type RefusalCause, type Verdict, verifyRequest } from '@/server/ingress/verify-request';
import type { Clock, EventAppend, EventLog, Ids, Log, RunNotes, WakeUps } from '@/server/services/ports';
import { ringRuns } from '@/server/services/ring';
import type { WebhookMatch, WebhookRoute, WebhookRouting } from '@/server/services/routing/webhook-routing';
import type { RunOutcome, RunOutcomes } from '@/server/services/runs/run-outcome';
import type { SecretResolver } from '@/server/services/secrets/resolve-secrets';

export interface IngressDeps {
  readonly routing: WebhookRouting;
  readonly eventLog: EventLog;
  readonly wakeUps: Pick<WakeUps, 'ring' | 'streamMoved'>;
  readonly outcomes: RunOutcomes;
  readonly notes: Pick<RunNotes, 'subscribe'>;
  readonly secrets: Pick<SecretResolver, 'read'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Tells a database that cannot be reached from a fault of ours, in the words of whichever driver. */
  readonly translateError: (error: unknown) => unknown;
}

export interface Ingress extends HttpHandler {
  /** Answers every waiting caller with 202 and takes no new waits. Call it when the server stops listening. */
  close(): void;
}

/** Where a request leads, once path and method are known to be right. */
interface Destination {
  readonly workspaceSlug: string;
  readonly path: string;
  readonly route: WebhookRoute;
  readonly params: Readonly<Record<string, string>>;
  readonly trigger: CompiledTrigger;
}

export function createIngress(deps: IngressDeps): Ingress {
  const compile = createTriggerCompiler();
  const waiter = createRunWaiter(deps);
  const ringStreamSoon = createStreamBell(deps);

  const match = (path: HookPath, method: string): WebhookMatch | Promise<WebhookMatch> =>
    path.type === 'path' ? deps.routing.matchWebhook(path.workspaceSlug, method, path.path) : { type: 'noFlow' };

  const limitOf = (found: WebhookMatch): number =>
    found.type === 'found' ? compile(found.route).config.maxBodyBytes : limits.bodyBytes;

  const accept = async (request: HttpRequest, destination: Destination): Promise<HttpResponse> => {
    const { route, trigger } = destination;
    if (request.body.length > trigger.config.maxBodyBytes) {
      throw new HeadraceError('request.tooLarge', `The body may have ${trigger.config.maxBodyBytes} bytes at most.`);
    }
    const verdict = await prove(deps, request, route, trigger);
    if (!verdict.isVerified) {
      return unverifiedAnswer(trigger);
    }
    // Field by field: gathering the rest of an object and spreading it again took half of an intake's own time.
    const event = buildEvent({
      route,
      trigger,
      params: destination.params,
      workspaceSlug: destination.workspaceSlug,
      path: destination.path,
      request,
      body: readHookBody(request.body, request.headers),
      credentials: verdict.credentials,
      nowMs: deps.clock.nowMs(),
      uuid: deps.ids.uuid,
    });
    return trigger.config.respond === 'accepted'
      ? acceptedAnswer((await append(deps, ringStreamSoon, route, event)).runId)
      : respondLater(deps, waiter, ringStreamSoon, request, { route, trigger, event });
  };

  return {
    bodyLimitBytes(request) {
      const found = match(parseHookPath(request.path), request.method);
      // Routes that cannot be read are an error of `handle`, which says so in full.
      return found instanceof Promise ? found.then(limitOf, () => limits.bodyBytes) : limitOf(found);
    },
    async handle(request) {
      try {
        const path = parseHookPath(request.path);
        const matching = match(path, request.method);
        const found = matching instanceof Promise ? await matching : matching;
        if (path.type !== 'path' || found.type !== 'found') {
          return refuseAddress(path, found);
        }
        const { route, params } = found;
        const { workspaceSlug, path: hookPath } = path;
        return await accept(request, { workspaceSlug, path: hookPath, route, params, trigger: compile(route) });
      } catch (error) {
        return refuse(deps.log, deps.translateError(error));
      }
    },
    close: () => waiter.close(),
  };
}

function refuseAddress(path: HookPath, found: WebhookMatch): HttpResponse {
  if (path.type === 'malformed') {
    return problemResponse(
      new HeadraceError('request.malformed', 'The path is not encoded in a way that is accepted.'),
    );
  }
  if (found.type === 'methodNotAllowed') {
    const allow = found.allow.join(', ');
    return problemResponse(
      new HeadraceError('request.methodNotAllowed', `The flow behind this address takes ${allow}.`),
      { allow },
    );
  }
  return problemResponse(new HeadraceError('resource.notFound', 'No live flow listens at this address.'));
}

function refuse(log: Log, error: unknown): HttpResponse {
  const answer = problemResponse(error);
  if (answer.status >= 500) {
    log.error({ err: error }, 'a webhook request failed');
  }
  return answer;
}

const nothingToProve: Verdict = { isVerified: true, credentials: [] };

async function prove(
  deps: IngressDeps,
  request: HttpRequest,
  route: WebhookRoute,
  trigger: CompiledTrigger,
): Promise<Verdict> {
  if (trigger.config.verify === undefined) {
    return nothingToProve;
  }
  const verdict = await verifyRequest(request, trigger.config.verify, {
    readSecret: (name) => deps.secrets.read(route.workspaceId, name),
    nowMs: deps.clock.nowMs(),
  });
  if (!verdict.isVerified) {
    logRefusal(deps.log, route, request.remoteAddress, verdict.cause);
  }
  return verdict;
}

/** The caller is not told which part of the proof was wrong; the log is. */
function unverifiedAnswer({ config }: CompiledTrigger): HttpResponse {
  const scheme = config.verify !== undefined && 'basic' in config.verify ? 'Basic realm="webhook"' : 'Bearer';
  return problemResponse(
    new HeadraceError('webhook.unverified', 'The request does not carry a valid proof of where it comes from.'),
    { 'www-authenticate': scheme },
  );
}

/** A secret that is missing is the flow owner's fault and needs a person; the rest is what the Internet sends. */
function logRefusal(log: Log, route: WebhookRoute, remoteAddress: string, cause: RefusalCause): void {
  const { workspaceId, flowId, stepId } = route;
  const facts = { workspaceId, flowId, stepId, remoteAddress, cause };
  if (cause === 'secret.unavailable') {
    log.error(facts, 'a webhook request was refused because the secret to verify it is missing or unreadable');
  } else {
    log.info(facts, 'a webhook request was refused');
  }
}

interface Accepted {
  readonly runId: string;
  readonly isDuplicate: boolean;
}

/** The event and its run are durable when this returns; the bells ring behind it. */
async function append(
  deps: IngressDeps,
  ringStreamSoon: (workspaceId: string) => void,
  { workspaceId }: WebhookRoute,
  event: EventAppend,
): Promise<Accepted> {
  const [appended] = await deps.eventLog.append(workspaceId, [event]);
  const runId = appended?.runId ?? event.run?.id ?? '';
  const isDuplicate = appended?.isDuplicate ?? false;
  if (!isDuplicate) {
    ringRuns(deps, workspaceId, [runId]);
    ringStreamSoon(workspaceId);
  }
  return { runId, isDuplicate };
}

async function respondLater(
  deps: IngressDeps,
  waiter: RunWaiter,
  ringStreamSoon: (workspaceId: string) => void,
  request: HttpRequest,
  {
    route,
    trigger,
    event,
  }: { readonly route: WebhookRoute; readonly trigger: CompiledTrigger; readonly event: EventAppend },
): Promise<HttpResponse> {
  const untilMs = deps.clock.nowMs() + trigger.config.waitMs;
  const isStep = trigger.config.respond === 'step';
  // A step may answer while the run goes on; an output is there only once it no longer does.
  const isWorthALook = (status: RunStatus): boolean => isStep || (status !== 'running' && status !== 'compensating');
  let listener = await waiter.listen(route.workspaceId, event.run?.id ?? '', { isKnown: false, isWorthALook });
  try {
    const { runId } = await append(deps, ringStreamSoon, route, event);
    if (runId !== listener.runId) {
      listener.end();
      listener = await waiter.listen(route.workspaceId, runId, { isKnown: true, isWorthALook });
    }
    const current: RunListener = listener;
    request.onCallerGone?.(() => current.leave());
    const waited = await current.until(
      (outcome) => (isStep && outcome.answer !== null) || isStuck(outcome, untilMs),
      untilMs,
    );
    if (waited.type !== 'answered') {
      return pendingAnswer(runId, waited.type === 'late' ? waited.outcome : null);
    }
    return present(runId, waited.outcome, isStep, untilMs);
  } finally {
    listener.end();
  }
}

function present(runId: string, outcome: RunOutcome, isStep: boolean, untilMs: number): HttpResponse {
  if (isStep && outcome.answer !== null) {
    return stepAnswer(runId, outcome);
  }
  if (isStuck(outcome, untilMs)) {
    return pendingAnswer(runId, outcome);
  }
  return isStep ? stepAnswer(runId, outcome) : completedAnswer(runId, outcome);
}

/**
 * Whether there is no point in keeping the caller: the run waits for somebody or something, or is held back. A retry
 * that is due while the caller still waits is not worth sending it away for.
 */
function isStuck(outcome: RunOutcome, untilMs: number): boolean {
  const { status, reason } = outcome;
  if (status === 'blocked' || reason?.code === 'paused') {
    return true;
  }
  return status === 'waiting' && !(reason?.code === 'retry' && (reason.untilMs ?? 0) < untilMs);
}

/** The longest the dispatcher is left unaware of webhook events in a burst: one ring serves them all. */
const streamBellMs = 50;

/**
 * Tells the dispatcher that the stream moved, once at the start of a burst and then at most every {@link streamBellMs}:
 * most flows do not listen for webhook events of others, and a command per request would cost every request.
 */
function createStreamBell({ wakeUps, log }: IngressDeps): (workspaceId: string) => void {
  const ringing = new Map<string, { isDue: boolean }>();
  const ring = (workspaceId: string): void => {
    const state = { isDue: false };
    ringing.set(workspaceId, state);
    wakeUps.streamMoved(workspaceId).catch((error: unknown) => {
      log.warn({ err: error, workspaceId }, 'the dispatcher could not be told of new events; it will look by itself');
    });
    setTimeout(() => {
      ringing.delete(workspaceId);
      if (state.isDue) ring(workspaceId);
    }, streamBellMs);
  };
  return (workspaceId) => {
    const state = ringing.get(workspaceId);
    if (state === undefined) ring(workspaceId);
    else state.isDue = true;
  };
}
