/**
 * What started a run, in the words of a person. Refuses to guess: a kind this build does not know is shown by its name.
 */
import { isPlainObject, type JsonObject } from '@/core/json';
import type { RunSummary } from './types';

const started: Readonly<Record<string, string>> = {
  'trigger.webhook': 'webhook',
  'trigger.manual': 'by hand',
  'trigger.schedule': 'schedule',
};

/** For a row of the list: `webhook`, `by hand`, `schedule`, `another run`, or the type of the event. */
export function triggerWords({ trigger, event }: Pick<RunSummary, 'trigger' | 'event'>): string {
  if (trigger.kind === 'trigger.event') return event.type;
  if (event.type === 'headrace.flow.called') return 'another run';
  return started[trigger.kind] ?? trigger.kind;
}

/** The request that a webhook received, as its event tells. */
export interface ReceivedRequest {
  readonly method: string;
  /** From the root of the host: `/hooks/main/orders`; encoded. */
  readonly path: string;
  readonly data: JsonObject;
}

/** The workspace's part of the source of a webhook's event. */
const hookSource = /^\/hooks\/([^/]+)\//;

/** @returns null when the event is not of a webhook, or of a shape this build does not know */
export function receivedRequest(event: JsonObject): ReceivedRequest | null {
  const workspace = typeof event.source === 'string' ? hookSource.exec(event.source)?.[1] : undefined;
  const { data } = event;
  if (workspace === undefined || !isPlainObject(data)) return null;
  const { method, path } = data;
  if (typeof method !== 'string' || typeof path !== 'string') return null;
  const segments = path.split('/').map(encodeURIComponent);
  return { method, path: ['/hooks', workspace, ...segments].join('/'), data: data as JsonObject };
}
