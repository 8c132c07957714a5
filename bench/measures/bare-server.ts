/** Node's own HTTP server under the callers that Headrace gets: what an answer costs before anybody does anything. */
import { type Child, startChild } from '../lab/child';
import { type LoadResult, sampleBody, sendLoad } from './load';

export interface BareServer {
  readonly alone: LoadResult;
  readonly crowd: LoadResult;
}

export interface CallerCounts {
  readonly aloneRequests: number;
  readonly crowdRequests: number;
  readonly crowdConnections: number;
}

export async function measureBareServer(generator: Child, counts: CallerCounts): Promise<BareServer> {
  const server = await startChild('bare-server');
  try {
    const url = await server.ask<string>('open');
    const send = (connections: number, requests: number): Promise<LoadResult> =>
      sendLoad(generator, { url, connections, requests, body: sampleBody }, 202);
    await send(counts.crowdConnections, Math.ceil(counts.crowdRequests / 4));
    return {
      alone: await send(1, counts.aloneRequests),
      crowd: await send(counts.crowdConnections, counts.crowdRequests),
    };
  } finally {
    await server.stop();
  }
}
