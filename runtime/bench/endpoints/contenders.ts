/** Who keeps a stand-in busy for some time: our revisers on a bus of their own, a bare loop, and distilabel. */
import {execFile, fork} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';
import {Subject} from 'rxjs';
import {FinishReason} from '../../../proto/messages.js';
import {actorTable} from '../../actors.js';
import {openBus} from '../../bus/open-bus.js';
import {TerminalError} from '../../errors.js';
import {findServer} from '../../nats-server/find-server.js';
import {startServer} from '../../nats-server/server.js';
import {codeRoot, packageRoot} from '../../paths.js';

export interface EndpointJob {
  readonly url: string;
  /** In flight at once, of all processes. */
  readonly concurrency: number;
  readonly tokensPerMinute: number | undefined;
  /** For how long prompts come. */
  readonly seconds: number;
}

/** Of prompts: sent, and of those answered, which all of them are in the end. */
export interface Answered {
  readonly prompts: number;
  readonly answered: number;
}

/** As long as a question of a reviser's is, with a prompt and an answer of some lines. */
const promptOf = (index: number): string =>
  `Task ${index}: ${'what do you make of this, and why? '.repeat(12)}`;
const ANSWER = 'It is what it is, for reasons that are well known. '.repeat(12);

/** A loop with so many requests in flight that sends again what was not answered, and knows nothing of limits. */
export const bareLoop = async ({url, concurrency, seconds}: EndpointJob): Promise<Answered> => {
  const untilMs = performance.now() + seconds * 1000;
  let prompts = 0;
  let answered = 0;
  const loop = async (): Promise<void> => {
    while (performance.now() < untilMs) {
      const content = promptOf(prompts++) + ANSWER;
      const body = JSON.stringify({model: 'stand-in', messages: [{role: 'user', content}]});
      for (;;) {
        const status = await fetch(`${url}/chat/completions`, {method: 'POST', body}).then(
          async (response) => {
            await response.text();
            return response.status;
          },
          () => 0,
        );
        if (status === 200) break;
      }
      answered += 1;
    }
  };
  await Promise.all(Array.from({length: concurrency}, loop));
  return {prompts, answered};
};

/** distilabel's pipeline on so many prompts, each batch as large as there are slots. Rejects where Python does not have it. */
export const distilabel =
  (python: string, prompts: number) =>
  async ({url, concurrency}: EndpointJob): Promise<Answered> => {
    const script = join(packageRoot, 'runtime/bench/peers/distilabel_clair.py');
    const env = {...process.env, HF_HUB_OFFLINE: '1', HF_DATASETS_OFFLINE: '1', PYTHONWARNINGS: 'ignore'};
    const {stdout} = await promisify(execFile)(python, [script, url, String(concurrency), String(prompts)], {
      env,
      maxBuffer: 2 ** 28,
    });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Answered;
  };

const PROCESSES = 2;
const RUN = 'bench';

/** Two revisers as a fleet starts them, fed through the bus; every candidate and every rejection is counted. */
export const ours = async (job: EndpointJob): Promise<Answered> => {
  const {NATS_URL: _running, ...env} = process.env;
  const found = await findServer(env);
  if (found.kind !== 'binary')
    throw new TerminalError(
      found.kind === 'none' ? found.advice : 'bench: no nats-server that can be started',
    );
  const folder = await mkdtemp(join(tmpdir(), 'anchorage-bench-'));
  const server = await startServer({binary: found.path, storeFolder: join(folder, 'nats')});
  try {
    return await revise(job, server.url, folder);
  } finally {
    await server.stop();
    await rm(folder, {recursive: true, force: true});
  }
};

const fleetOf = ({url, concurrency, tokensPerMinute}: EndpointJob) => ({
  prompts: {demo: true, count: 1},
  policy: {model: 'demo', format: 'plain'},
  objective: {name: 'apo_zero', learningRate: 1e-5},
  training: {steps: 1},
  endpoints: {stand_in: {baseUrl: url, ...(tokensPerMinute === undefined ? {} : {tokensPerMinute})}},
  actors: {
    reviser: {
      ...{endpoint: 'stand_in', model: 'stand-in', timeoutMs: 600_000},
      ...{count: PROCESSES, concurrency: Math.ceil(concurrency / PROCESSES)},
    },
  },
});

const revise = async (job: EndpointJob, natsUrl: string, folder: string): Promise<Answered> => {
  const fleetFile = join(folder, 'fleet.json');
  await writeFile(fleetFile, JSON.stringify(fleetOf(job)));
  const bus = await openBus({url: natsUrl, run: RUN, name: 'bench'});
  const actors = Array.from({length: PROCESSES}, (_, index) =>
    fork(
      join(codeRoot, actorTable.reviser.entry),
      [
        '--fleet',
        fleetFile,
        '--run',
        RUN,
        '--index',
        String(index),
        '--run-folder',
        join(folder, 'runs', RUN),
      ],
      {
        env: {...process.env, NATS_URL: natsUrl, ANCHORAGE_LOG_LEVEL: 'error'},
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      },
    ),
  );
  const stop$ = new Subject<void>();
  const seen = {candidates: 0};
  bus.deliveries('candidates', {maxInFlight: 64, drain$: stop$}).subscribe((delivery) => {
    seen.candidates += 1;
    void delivery.ack();
  });
  const untilMs = performance.now() + job.seconds * 1000;
  let prompts = 0;
  for (; performance.now() < untilMs; prompts += 1) {
    const promptId = String(prompts);
    await bus.publish(
      'completions',
      {
        ...{promptId, prompt: promptOf(prompts), completion: ANSWER, completionIds: [1]},
        ...{finishReason: FinishReason.FINISH_REASON_STOP, policyVersion: 1},
      },
      promptId,
    );
  }
  const rejected = async (): Promise<number> => (await bus.state('rejections')).lastSequence;
  while (seen.candidates + (await rejected()) < prompts) await sleep(100);
  for (const actor of actors) {
    const ended = once(actor, 'exit');
    actor.kill('SIGTERM');
    await ended;
  }
  stop$.next();
  await bus.drain();
  return {prompts, answered: seen.candidates};
};
