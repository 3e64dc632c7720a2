/** A judge on another machine, as far as this one can tell: it answers after a while, and computes next to nothing. */
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';

export interface SlowJudge {
  readonly baseUrl: string;
  end(): void;
}

export const openSlowJudge = async (latencyMs: number): Promise<SlowJudge> => {
  const server = createServer((request, response) => {
    request.resume();
    const body =
      request.method === 'GET'
        ? {object: 'list', data: [{id: 'judge', object: 'model'}]}
        : {
            ...{id: 'judgment', object: 'chat.completion', created: 0, model: 'judge'},
            choices: [{index: 0, message: {role: 'assistant', content: '[[0.5]]'}, finish_reason: 'stop'}],
            usage: {prompt_tokens: 100, completion_tokens: 5, total_tokens: 105},
          };
    setTimeout(
      () => response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify(body)),
      request.method === 'GET' ? 0 : latencyMs,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    end() {
      server.closeAllConnections();
      server.close();
    },
  };
};
