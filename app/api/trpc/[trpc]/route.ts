/** The browser's API over HTTP. */
import { getContainer } from '@/server/container';
import { handleTrpc } from '@/server/trpc/handle';

const handler = async (request: Request): Promise<Response> => handleTrpc(await getContainer(), request);

export { handler as GET, handler as POST };
