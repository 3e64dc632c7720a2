/**
 * Changes of the objective at random moments of a run with two shards and work under way: whether every shard takes every step
 * by the same revision, and how long a change takes to hold.
 */
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {uniformInt} from 'pure-rand/distribution/uniformInt';
import type {RandomGenerator} from 'pure-rand/types/RandomGenerator';
import {openBus} from '../../runtime/bus/open-bus.js';
import {messageOf} from '../../runtime/errors.js';
import {type Controls, followControls} from '../../runtime/fleet/control/controls.js';
import {inForceAt, type Known} from '../../runtime/fleet/control/decisions.js';
import {setObjective} from '../../runtime/fleet/control/run-objective.js';
import type {SpecChange} from '../../runtime/fleet/control/spec.js';
import type {Progress} from '../../runtime/fleet/progress.js';
import {randomFor} from '../../runtime/seed.js';
import {type FleetFolder, openFleetFolder, RUN, stepOf, until} from '../helpers/fleet-folder.js';
import {startTestServer} from '../helpers/nats.js';
import {countsOf} from './checks.js';
import {logsOf, type StepRow, stepRowsOf} from './logs.js';
import {BATCH_SIZE, fleetOfPlan, KEY_ENV} from './plan.js';
import {replayedWeights} from './replay.js';
import {withScope} from './scope.js';
import {startCountingTeacher} from './teacher.js';

export interface Swap {
  readonly revision: number;
  /** From the last step that was taken when it was asked for to the first one taken by it. */
  readonly latencySteps: number;
  /** From the question to the decision, and to the end of the first step that was taken by it; milliseconds. */
  readonly decidedMs: number;
  readonly takenMs: number | undefined;
}

export interface Swaps {
  readonly seed: number;
  readonly swaps: readonly Swap[];
  readonly steps: number;
  readonly pairs: number;
  readonly lost: number;
  readonly twice: number;
  readonly equal: boolean;
  readonly wrong: readonly string[];
  readonly kept: readonly string[];
}

const SHARDS = 2;
/** So that there are three steps for each swap, with the prompts that are rejected: what is decided on late needs as many. */
const PROMPTS_A_SWAP = 100;
/** Of the prompts at least so many give a pair, in every plan. */
const PAIRS_A_PROMPT = 0.45;
const MOST_DELAY_MS = 300;
const DECISION_LIMIT_MS = 30_000;

export const runSwaps = ({seed, swaps}: {readonly seed: number; readonly swaps: number}): Promise<Swaps> =>
  withScope(async (scope) => {
    const server = await startTestServer();
    const folder = openFleetFolder();
    let isKept = true;
    scope.teardown(async () => {
      await (isKept ? folder.close() : folder.remove());
      await (isKept ? server.stop() : server.remove());
    });
    const teacher = await startCountingTeacher(seed, 5);
    scope.teardown(() => teacher.close());
    const env = {[KEY_ENV]: teacher.key};
    const prompts = PROMPTS_A_SWAP * (swaps + 4);
    const dataset = 'clair';
    const base = fleetOfPlan({seed, dataset, prompts, epochs: 1, shards: SHARDS, kills: []}, teacher.url);
    const fleet = {...base, training: {...base.training, checkpointEverySteps: 25}};
    writeFileSync(join(folder.path, 'fleet.json'), JSON.stringify(fleet, undefined, 2));
    const up = await folder.anchorage(['up', 'fleet.json', '--run', RUN, '--nats', server.url], env);
    const bus = await openBus({url: server.url, run: RUN, name: 'swaps'});
    scope.teardown(() => bus.drain());
    await until('the first step is taken', async () => ((await stepOf(bus)) > 0 ? true : undefined));

    const controls = await followControls(bus);
    scope.teardown(() => controls.close());
    const random = randomFor('swaps', seed);
    const most = Math.floor((PAIRS_A_PROMPT * prompts) / BATCH_SIZE);
    const moments = Array.from({length: swaps}, () => uniformInt(random, 1, most)).sort((a, b) => a - b);
    const asked: (Pick<Swap, 'revision' | 'latencySteps' | 'decidedMs'> & {askedMs: number; step: number})[] =
      [];
    let isOver = false;
    const wrong: string[] = [];
    const ended = up.ended.then((end) => {
      isOver = true;
      return end;
    });
    for (const moment of moments) {
      while (!isOver && (await stepOf(bus)) < moment) await sleep(10);
      await sleep(uniformInt(random, 0, MOST_DELAY_MS));
      if (isOver) break;
      const taken = await stepOf(bus);
      const askedMs = Date.now();
      try {
        const {revision} = await setObjective(bus, changeOf(random));
        const decision = await decisionOf(controls, revision);
        if (decision.accepted)
          asked.push({
            revision,
            askedMs,
            step: decision.step,
            latencySteps: decision.step - taken,
            decidedMs: Date.now() - askedMs,
          });
        else wrong.push(`revision ${revision} was refused: ${decision.reason}`);
      } catch (error) {
        wrong.push(`a swap after step ${taken} failed: ${messageOf(error)}`);
      }
    }
    if (asked.length < swaps) wrong.push(`${asked.length} of ${swaps} swaps were made before the run ended`);
    const {code, stderr} = await ended;
    if (code !== 0) wrong.push(`up ended with code ${code}: ${stderr.trim().slice(0, 500)}`);

    const logs = await logsOf(bus);
    const progress = (await bus.kv.get<Progress>('progress'))?.value;
    const counts = countsOf(logs, progress, {prompts, epochs: 1, batchSize: BATCH_SIZE});
    const steps = logs.checkpoints.at(-1)?.step ?? 0;
    const rows = stepRowsOf(logs);
    wrong.push(...counts.wrong, ...unequalSteps(folder, controls.heard, rows, steps));
    const final = readFileSync(
      join(folder.runFolder, logs.checkpoints.at(-1)?.folder ?? '', 'model.safetensors'),
    );
    // One learner alone, with the same decisions: a shard that had changed at another step had left other weights.
    const equal = final.equals(await replayedWeights({scope, natsUrl: server.url, fleet, logs, env}));
    if (!equal) wrong.push('the final weights are not those of one learner with the same decisions');
    isKept = wrong.length > 0;
    return {
      seed,
      swaps: asked.map(({askedMs, step, ...swap}) => {
        const first = rows.find((row) => row.step === step);
        return {...swap, takenMs: first === undefined ? undefined : first.timeUnixMs - askedMs};
      }),
      steps,
      pairs: logs.pairs.length,
      lost: counts.lost,
      twice: counts.twice,
      equal,
      wrong,
      kept: isKept ? [folder.path, server.storeFolder] : [],
    };
  });

const names = ['apo_zero', 'dpo', 'apo_down', 'apo_zero+0.1*sft'];

const changeOf = (random: RandomGenerator): SpecChange => ({
  name: names[uniformInt(random, 0, names.length - 1)],
  beta: 0.1 + Math.round(190 * uniformFloat64(random)) / 100,
  learningRate: 1e-5 * uniformInt(random, 1, 10),
});

const decisionOf = async ({heard}: Controls, revision: number) => {
  const limitMs = performance.now() + DECISION_LIMIT_MS;
  for (;;) {
    const decision = heard.decisions.get(revision);
    if (decision !== undefined) return decision;
    if (performance.now() > limitMs) throw new Error(`revision ${revision} is not decided on`);
    await sleep(5);
  }
};

interface Changed {
  readonly revision: number;
  readonly step: number;
}

/** Where a shard, or a row of the metrics, took a step by another revision than the decisions say. */
const unequalSteps = (
  folder: FleetFolder,
  known: Known,
  rows: readonly StepRow[],
  steps: number,
): string[] => {
  const inForce = Array.from({length: steps}, (_, index) => inForceAt(known, index + 1)?.revision ?? 0);
  const expected = inForce.flatMap((revision, index): Changed[] =>
    revision === (inForce[index - 1] ?? 1) ? [] : [{revision, step: index + 1}],
  );
  const said = (changes: readonly Changed[]) =>
    changes.map(({revision, step}) => `${revision}@${step}`).join(' ');
  const shards = Array.from({length: SHARDS}, (_, index) => index).flatMap((index) => {
    const changes = changesOf(folder, index);
    return said(changes) === said(expected)
      ? []
      : [`shard ${index} changed at ${said(changes)}, and the decisions are ${said(expected)}`];
  });
  const wrongRows = rows
    .filter(({step, revision}) => revision !== inForce[step - 1])
    .map(({step, revision}) => `the row of step ${step} says revision ${revision}, not ${inForce[step - 1]}`);
  return [...shards, ...wrongRows];
};

/** What a shard wrote in its log when it took a step by another revision. */
const changesOf = (folder: FleetFolder, index: number): Changed[] =>
  readFileSync(join(folder.runFolder, `logs/learner-${index}.log`), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"msg":"changed"'))
    .map((line) => JSON.parse(line) as Changed);
