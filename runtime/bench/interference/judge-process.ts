/**
 * A judge on another machine, as far as this one can tell: it answers after a while, computes next to nothing, and lets the learner
 * go first. `node judge-process.js '{"latencyMs": 1000}'` sends its address to the process that forked it.
 */
import {createServer} from 'node:http';
import {stepBack} from '../../machine/priority.js';
import {lognormalFor} from '../lognormal.js';

export interface SlowJudge {
  /** Of an answer, the median. */
  readonly latencyMs: number;
}

export interface JudgeListens {
  readonly baseUrl: string;
}

const VERDICT = JSON.stringify({
  ...{id: 'judgment', object: 'chat.completion', created: 0, model: 'judge'},
  choices: [{index: 0, message: {role: 'assistant', content: '[[0.5]]'}, finish_reason: 'stop'}],
  usage: {prompt_tokens: 100, completion_tokens: 5, total_tokens: 105},
});
const MODELS = JSON.stringify({object: 'list', data: [{id: 'judge', object: 'model'}]});

const serve = ({latencyMs}: SlowJudge): void => {
  // As an evaluator does. At the lowest priority it waits longer than it answers on a machine that others keep busy.
  stepBack();
  const lognormal = lognormalFor('judge');
  const headers = {'content-type': 'application/json'};
  const server = createServer((request, response) => {
    request.resume();
    if (request.method === 'GET') response.writeHead(200, headers).end(MODELS);
    else setTimeout(() => response.writeHead(200, headers).end(VERDICT), latencyMs * lognormal());
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address === null || typeof address !== 'object') return;
    process.send?.({baseUrl: `http://127.0.0.1:${address.port}/v1`} satisfies JudgeListens);
  });
  process.once('disconnect', () => process.exit(0));
};

serve(JSON.parse(process.argv[2] ?? '{}') as SlowJudge);
