/** A teacher that answers at once, by rule, and notes by their hashes what it was asked: it is never what a run waits for. */
import {createHash} from 'node:crypto';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {text} from 'node:stream/consumers';
import {reviser} from '../../../runtime/demo/teacher/models.js';
import {randomFor} from '../../../runtime/seed.js';

export interface StandIn {
  readonly url: string;
  /** Requests so far, and different ones among them. */
  counts(): {readonly asked: number; readonly different: number};
  underWay(): number;
  close(): Promise<void>;
}

const CHARACTERS_A_TOKEN = 4;

/** The same question has the same answer. */
const answerTo = (body: string): string => {
  const {messages} = JSON.parse(body) as {messages: readonly {content: string}[]};
  const prompt = messages.at(-1)?.content ?? '';
  const content = reviser(prompt, randomFor('stand-in', prompt));
  const usage = {
    prompt_tokens: Math.ceil(prompt.length / CHARACTERS_A_TOKEN),
    completion_tokens: Math.ceil(content.length / CHARACTERS_A_TOKEN),
  };
  const choices = [{message: {role: 'assistant', content}, finish_reason: 'stop'}];
  return JSON.stringify({model: 'stand-in', choices, usage});
};

export const startStandIn = async (): Promise<StandIn> => {
  const seen = new Set<string>();
  let asked = 0;
  let underWay = 0;
  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.end('{"data": [{"id": "stand-in"}]}');
      return;
    }
    asked += 1;
    underWay += 1;
    const answer = async (): Promise<void> => {
      const body = await text(request);
      seen.add(createHash('sha256').update(body).digest('base64'));
      response.setHeader('content-type', 'application/json').end(answerTo(body));
    };
    response.once('close', () => {
      underWay -= 1;
    });
    answer().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    counts: () => ({asked, different: seen.size}),
    underWay: () => underWay,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
