/**
 * `bench interference`: steps a second of a learner with evaluators and without, in turns in one run; by a suite whose answers and
 * likelihoods the evaluator computes on this machine, and by one that is judged behind an endpoint, for which it does little but wait.
 */
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {availableParallelism, tmpdir} from 'node:os';
import {join} from 'node:path';
import {heldOutPrompts} from '../../demo/task.js';
import type {InterferenceOptions} from '../options.js';
import {type Report, rounded} from '../report.js';
import {interferenceOf, madeIn} from './figures.js';
import {openSlowJudge} from './judge.js';
import {type InterferenceJob, runTurns} from './run.js';

/** Judged at once, as an evaluator asks unless told. */
const JUDGED = 64;

export async function benchInterference(options: InterferenceOptions, report: Report): Promise<void> {
  const {rounds, seconds, threads: given, latency} = options;
  const threads = given === 0 ? undefined : given;
  const turns = {rounds, seconds, threads};
  for (const where of options.where) {
    if (where === 'local') {
      const evaluation = {suite: 'arithmetic', count: options.items, maxCompletionTokens: 32} as const;
      await measure(where, {...turns, evaluation}, report);
      continue;
    }
    const judge = await openSlowJudge({latencyMs: latency});
    const folder = await mkdtemp(join(tmpdir(), 'anchorage-bench-'));
    try {
      const file = join(folder, 'gold.jsonl');
      const items = heldOutPrompts(JUDGED).map((prompt) => ({prompt, answer: '1,2,3,4.'}));
      await writeFile(file, items.map((item) => `${JSON.stringify(item)}\n`).join(''));
      const asked = {endpoint: 'judge', model: 'judge'};
      // One token each: what is measured is the asking.
      const evaluation = {
        ...({suite: 'gold_answers', match: 'judged', file, maxCompletionTokens: 1} as const),
        judge: asked,
      };
      await measure(
        where,
        {...turns, evaluation, endpoints: {judge: {baseUrl: judge.baseUrl}}, beside: {endpoint: judge.pid}},
        report,
      );
    } finally {
      await judge.end();
      await rm(folder, {recursive: true, force: true});
    }
  }
}

const measure = async (where: string, job: InterferenceJob, report: Report): Promise<void> => {
  report.say(`evaluation ${where}: ${job.rounds} rounds of ${2 * job.seconds} s`);
  const turns = await runTurns(job, report.say);
  const what = {bench: 'interference', evaluation: where, threads: job.threads ?? null};
  for (const {round, evaluators, stepsPerSecond, steps, scores, scoreSeconds} of turns)
    report.row({
      ...{kind: 'turn', ...what, round, evaluators, steps, scores},
      stepsPerSecond: rounded(stepsPerSecond),
      scoreSeconds: rounded(scoreSeconds),
    });
  const {on, off, cost, costError, costByRound} = interferenceOf(turns);
  report.row({
    ...{kind: 'interference', ...what, cores: availableParallelism()},
    stepsPerSecond: {off: rounded(off), on: rounded(on)},
    costPercent: rounded(100 * cost),
    costErrorPercent: rounded(100 * costError),
    costPercentByRound: costByRound.map((each) => rounded(100 * each)),
  });
  for (const evaluators of ['off', 'on'] as const) {
    const made = madeIn(turns.filter((turn) => turn.evaluators === evaluators));
    if (made === undefined) continue;
    const {cores, computingMsAStep, waitingMsAStep} = made;
    report.row({
      ...{kind: 'processes', ...what, evaluators},
      cores: Object.fromEntries(Object.entries(cores).map(([name, each]) => [name, rounded(each)])),
      learnerMillisecondsAStep: {computing: rounded(computingMsAStep), waiting: rounded(waitingMsAStep)},
    });
  }
};
