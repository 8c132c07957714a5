/** From an HTTP request to the router and back. Refuses batches of a size that no page of ours sends. */
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { createRouterContext, type RouterDeps } from './context';
import { appRouter } from './router';

/** A page asks for a handful of things at once; each costs a session lookup's worth of work. */
const batchMax = 50;

/** @param request to /api/trpc/<procedure>; answers with JSON, or Server-Sent Events for a subscription */
export const handleTrpc = (deps: RouterDeps, request: Request): Promise<Response> =>
  fetchRequestHandler({
    endpoint: '/api/trpc',
    router: appRouter,
    req: request,
    maxBatchSize: batchMax,
    createContext: ({ resHeaders }) => createRouterContext(deps, request.headers, resHeaders),
  });
