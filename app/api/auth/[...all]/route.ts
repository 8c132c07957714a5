/** Sign-in and sign-out. */
import { getContainer } from '@/server/container';

export const POST = async (request: Request): Promise<Response> => (await getContainer()).auth.handle(request);
