/**
 * A model endpoint that answers as busy ones do, and notes what it was asked: `node stand-in.js '{"slots": 32, ...}'`, which sends
 * its address to the process that forked it. `GET /v1/seen` is what it noted: `Seen`.
 */
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {createSlots} from '../../demo/teacher/slots.js';
import {randomFor} from '../../seed.js';

export interface StandIn {
  /** Requests answered at once; others wait in line. */
  readonly slots: number;
  /** Median of 99 % of the answers; the others take ten times as long. */
  readonly latencyMs: number;
  /** Shares of the requests, from 0 to 1: answered with 429 at once, and cut off before their answer. */
  readonly refused: number;
  readonly dropped: number;
}

export interface Seen {
  /** Since the start: milliseconds, and those that slots were busy, all slots together. */
  readonly busy: readonly (readonly [atMs: number, busyMs: number])[];
  /** Requests that were answered, or cut off while at work: when each came, and its tokens. */
  readonly asked: readonly (readonly [atMs: number, tokens: number])[];
  readonly answered: number;
  readonly refused: number;
  readonly dropped: number;
}

/** Of the logarithm. */
const SPREAD = 0.25;
const SAMPLE_MS = 50;
const CHARACTERS_A_TOKEN = 4;
const COMPLETION_TOKENS = 200;

const serve = ({slots: places, latencyMs, refused, dropped}: StandIn): void => {
  const random = randomFor('stand-in');
  const draw = (): number => uniformFloat64(random);
  /** Box and Muller's. */
  const lognormal = (): number =>
    Math.exp(SPREAD * Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw()));
  const began = performance.now();
  const now = (): number => performance.now() - began;
  const slots = createSlots(places, now);
  const busy: [number, number][] = [];
  setInterval(() => busy.push([now(), slots.use().busySeconds * 1000]), SAMPLE_MS);
  const asked: [number, number][] = [];
  const counts = {answered: 0, refused: 0, dropped: 0};

  const complete = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const atMs = now();
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (draw() < refused) {
      counts.refused += 1;
      response.writeHead(429, {'retry-after': '1'}).end('{"error": {"message": "slow down"}}');
      return;
    }
    const body = JSON.parse(Buffer.concat(parts).toString()) as {messages: {content: string}[]};
    const usage = {
      prompt_tokens: Math.ceil((body.messages[0]?.content.length ?? 0) / CHARACTERS_A_TOKEN),
      completion_tokens: Math.round(COMPLETION_TOKENS * lognormal()),
    };
    asked.push([atMs, usage.prompt_tokens + usage.completion_tokens]);
    const leave = await slots.enter(new AbortController().signal);
    const isDropped = draw() < dropped;
    await sleep(latencyMs * lognormal() * (draw() < 0.01 ? 10 : 1) * (isDropped ? draw() : 1));
    leave();
    if (isDropped) {
      counts.dropped += 1;
      request.socket.destroy();
      return;
    }
    counts.answered += 1;
    const content = `{corrected_student_solution}: a better answer, number ${counts.answered}`;
    const message = {role: 'assistant', content};
    response.end(JSON.stringify({model: 'stand-in', choices: [{message, finish_reason: 'stop'}], usage}));
  };

  const server = createServer((request, response) => {
    if (request.url === '/v1/models') response.end('{"data": [{"id": "stand-in"}]}');
    else if (request.url === '/v1/seen')
      response.end(JSON.stringify({busy, asked, ...counts} satisfies Seen));
    else complete(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object')
      process.send?.({url: `http://127.0.0.1:${address.port}/v1`});
  });
  process.once('disconnect', () => process.exit(0));
};

serve(JSON.parse(process.argv[2] ?? '{}') as StandIn);
