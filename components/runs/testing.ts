/** Runs for the tests of this folder, from as little as a test has to say. */
import type { FlowDocument } from '@/core/flow/document';
import type { AttemptView, RunView, StepView } from './types';

/** Instant zero of the runs in these tests. */
export const epochMs = Date.parse('2026-11-22T12:00:00.000Z');
export const at = (offsetMs: number): string => new Date(epochMs + offsetMs).toISOString();

export const error = (message: string, code = 'http.status') => ({ code, message, isRetryable: false });

export function attempt(n: number, status: AttemptView['status'], fromMs: number, toMs: number | null): AttemptView {
  return {
    n,
    status,
    startedAt: at(fromMs),
    finishedAt: toMs === null ? null : at(toMs),
    input: null,
    output: null,
    error: status === 'failed' || status === 'unknown' ? error(`attempt ${n}`) : null,
    idempotencyKey: null,
  };
}

/** A step; its times follow from its attempts. */
export function step(id: string, status: StepView['status'], attempts: AttemptView[] = []): StepView {
  const isOver = status !== 'running' && status !== 'waiting' && status !== 'unknown';
  return {
    id,
    status,
    port: status === 'succeeded' ? 'out' : null,
    attempts,
    input: null,
    output: null,
    error: attempts.at(-1)?.error ?? null,
    startedAt: attempts[0]?.startedAt ?? null,
    finishedAt: isOver ? (attempts.at(-1)?.finishedAt ?? null) : null,
  };
}

export function run(steps: StepView[], changes: Partial<RunView> = {}): RunView {
  return {
    id: '01a203ce-4e91-73ce-b07e-6388ad899edb',
    flowId: '01a203ce-0000-7000-8000-000000000001',
    flowName: 'Order fulfilment',
    version: 7,
    draft: false,
    status: 'running',
    reason: null,
    trigger: { stepId: 'placed', kind: 'trigger.webhook' },
    event: { position: 1, id: 'e', type: 'headrace.webhook.received' },
    output: null,
    error: null,
    createdAt: at(0),
    startedAt: at(0),
    finishedAt: null,
    parentRunId: null,
    retryOf: null,
    replay: false,
    tags: {},
    steps,
    children: [],
    ...changes,
  };
}

const call = (id: string, name: string, inside?: string) => ({
  id,
  kind: 'http.request',
  name,
  ...(inside === undefined ? {} : { in: inside }),
  config: { method: 'POST', url: 'https://example.com' },
});

/**
 *   placed → fulfil [ reserve → charge → ship ] → pause
 *                     reserve ┄compensate┄→ release   charge ┄compensate┄→ refund
 */
export const saga: FlowDocument = {
  headrace: 1,
  name: 'Order fulfilment',
  steps: [
    { id: 'placed', kind: 'trigger.webhook', name: 'Order placed', config: { path: 'orders' } },
    { id: 'fulfil', kind: 'saga.scope', name: 'Fulfil' },
    call('reserve', 'Reserve stock', 'fulfil'),
    call('release', 'Release stock', 'fulfil'),
    call('charge', 'Charge card', 'fulfil'),
    call('refund', 'Refund card', 'fulfil'),
    call('ship', 'Ship order', 'fulfil'),
    { id: 'pause', kind: 'logic.delay', name: 'Cool off', config: { forMs: 1_000 } },
  ],
  edges: [
    { from: 'placed', to: 'fulfil' },
    { from: 'reserve', to: 'charge' },
    { from: 'charge', to: 'ship' },
    { from: 'reserve', port: 'compensate', to: 'release' },
    { from: 'charge', port: 'compensate', to: 'refund' },
    { from: 'fulfil', to: 'pause' },
  ],
};
