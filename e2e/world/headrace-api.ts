/**
 * Arranges and checks over the public REST API: what a story needs before it begins, and what must be true behind the
 * screen after it. Refuses to do what the story itself is about; that happens in the browser.
 */
import { randomUUID } from 'node:crypto';
import { expect } from '@playwright/test';
import type { FlowDocument } from '@/core/flow/document';
import type { ExampleSample } from '@/core/flow/examples';
import type { JsonValue } from '@/core/json';
import { apiKey, origin } from './installation';

export interface RunFacts {
  readonly id: string;
  readonly status: string;
  readonly draft: boolean;
  readonly version: number | null;
  readonly output: JsonValue;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export class HeadraceApi {
  /** @returns id of the draft */
  async createFlow(document: FlowDocument): Promise<string> {
    const { id } = (await this.#call('POST', '/flows', { body: document })) as { id: string };
    return id;
  }

  /** @returns id of the flow, whose version 1 is live */
  async publishedFlow(document: FlowDocument): Promise<string> {
    const id = await this.createFlow(document);
    await this.publish(id);
    return id;
  }

  /** Makes the draft the live version. */
  async publish(flowId: string): Promise<void> {
    await this.#call('POST', `/flows/${flowId}/publish`, { body: {} });
  }

  /** What the server holds: the draft and its revision. */
  async flow(flowId: string): Promise<{ document: FlowDocument; revision: number; liveVersion: number | null }> {
    return (await this.#call('GET', `/flows/${flowId}`)) as {
      document: FlowDocument;
      revision: number;
      liveVersion: number | null;
    };
  }

  /** Saves like somebody else who has the flow open. */
  async saveOver(flowId: string, change: (document: FlowDocument) => FlowDocument): Promise<void> {
    const { document, revision } = await this.flow(flowId);
    await this.#call('PUT', `/flows/${flowId}`, {
      body: change(document),
      headers: { 'if-match': String(revision) },
    });
  }

  /** @returns ids of the flow's runs, newest first */
  async runsOf(flowId: string): Promise<RunFacts[]> {
    const { items } = (await this.#call('GET', `/runs?flow=${flowId}`)) as { items: RunFacts[] };
    return items;
  }

  /** Waits until the run has the status. */
  async untilRun(runId: string, status: string): Promise<void> {
    const read = async (): Promise<string> => ((await this.#call('GET', `/runs/${runId}`)) as RunFacts).status;
    await expect.poll(read, { message: `run ${runId}` }).toBe(status);
  }

  /**
   * Calls a webhook as another system would.
   * @returns the run it started
   */
  async callHook(path: string, body: JsonValue): Promise<string> {
    const answer = await this.hook(path, body);
    expect(answer.status, answer.body).toBeLessThan(300);
    return answer.headers.get('headrace-run-id') ?? '';
  }

  /**
   * Starts a flow by one of its triggers, as the sample of an example says.
   * @returns the run
   */
  async startSample(flowId: string, sample: ExampleSample): Promise<string> {
    if (sample.type === 'webhook') return this.callHook(sample.path, sample.body);
    if (sample.type === 'manual') {
      const { runId } = (await this.#call('POST', `/flows/${flowId}/runs`, { body: { data: sample.data } })) as {
        runId: string;
      };
      return runId;
    }
    const { eventType: type, subject, data } = sample;
    const body = { specversion: '1.0', id: randomUUID(), source: '/stories', type, subject, data };
    await this.#call('POST', '/events', { body, headers: { 'content-type': 'application/cloudevents+json' } });
    const newest = async (): Promise<string | undefined> => (await this.runsOf(flowId))[0]?.id;
    await expect.poll(newest, { message: `a run of ${type}` }).toBeDefined();
    return (await newest()) ?? '';
  }

  /** Says yes to what a step asks. */
  async answerStep(runId: string, stepId: string): Promise<void> {
    await this.#call('POST', `/runs/${runId}/resolve`, { body: { stepId, action: 'answer' } });
  }

  /** Makes `vars.<name>` what expressions read. */
  async setVariable(name: string, value: JsonValue): Promise<void> {
    await this.#call('PUT', `/vars/${name}`, { body: { value } });
  }

  async deleteFlow(flowId: string): Promise<void> {
    await this.#call('DELETE', `/flows/${flowId}`);
  }

  /** Calls a webhook and tells the whole answer, whatever it is. */
  async hook(path: string, body: JsonValue): Promise<Answer> {
    const response = await fetch(`${origin()}/hooks/main/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: await response.text() };
  }

  /** Calls the REST API with a key of the story's own. @returns the status */
  async statusWithKey(key: string): Promise<number> {
    const response = await fetch(`${origin()}/api/v1/flows`, { headers: { authorization: `Bearer ${key}` } });
    await response.body?.cancel();
    return response.status;
  }

  async #call(method: string, path: string, { body, headers }: Sent = {}): Promise<unknown> {
    const response = await fetch(`${origin()}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text === '' ? null : (JSON.parse(text) as unknown);
  }
}

interface Sent {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}
