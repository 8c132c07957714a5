/**
 * The bare server: Node's own, answering the same request with an answer of the same size, without a look at it. What an
 * HTTP answer costs before anybody does anything.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerQuestions } from './answer';

const body = JSON.stringify({ runId: '00000000-0000-7000-8000-000000000000' });
const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };

answerQuestions({
  /** @returns its address */
  async open() {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(202, headers);
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
});
