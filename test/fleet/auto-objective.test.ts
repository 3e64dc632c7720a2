/**
 * One run under `objective.name: auto` whose recorded answers are worse than the policy's own: it is killed once the first advice is
 * there, goes on, changes to APO-down by itself, and is then told otherwise by a person.
 */
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {makePrompts} from '../../runtime/demo/task.js';
import {AUTO_AUTHOR} from '../../runtime/fleet/anchor/advised.js';
import {logNow} from '../../runtime/fleet/run/log-now.js';
import {
  type FleetFolder,
  kill,
  openFleetFolder,
  RUN,
  type Running,
  stepOf,
  until,
  untilStep,
} from '../helpers/fleet-folder.js';
import type {Ended} from '../helpers/process.js';

const PROMPTS = 200;
const sets = [
  'prompts={file: answers.jsonl}',
  'datasets=[{dataset: judge_off_policy, by: scores}]',
  // So little that the policy hardly changes.
  'objective={name: auto, beta: 1, learningRate: 1.0e-7}',
  'training={batchSize: 16, epochs: 200, checkpointEverySteps: 20}',
  'evaluation.count=20',
  'actors={judge: {endpoint: teacher, model: judge, maxTokens: 512}}',
];

let folder: FleetFolder;
let killed: Running;
let run: Ended;
const said: Record<string, Ended> = {};

test.before(async () => {
  folder = openFleetFolder();
  // The better of the two has none of its four sums right.
  const answers = [
    {text: '0,0,0,0.', model: 'weak', score: 2},
    {text: '1.', model: 'weaker', score: 1},
  ];
  const lines = makePrompts({split: 'train', count: PROMPTS, seed: 1}).map(
    (prompt) => `${JSON.stringify({prompt, answers})}\n`,
  );
  writeFileSync(join(folder.path, 'answers.jsonl'), lines.join(''));
  const ask = async (name: string, ...args: readonly string[]): Promise<void> => {
    said[name] = await (await folder.anchorage([...args, '--run', RUN])).ended;
  };
  killed = await folder.up(sets);
  const before = await folder.bus(killed);
  await until('there is advice', async () =>
    (await logNow(before, 'advice')).length > 0 ? true : undefined,
  );
  kill(killed.pid, 'SIGKILL');
  await killed.ended;
  const up = await folder.up(sets);
  const bus = await folder.bus(up);
  await until('it changes its objective', async () =>
    (await logNow(bus, 'controls')).some(({author}) => author === AUTO_AUTHOR) ? true : undefined,
  );
  await untilStep(bus, (await stepOf(bus)) + 2);
  await ask('status', 'status');
  await ask('set', 'objective', 'set', 'dpo');
  await untilStep(bus, (await stepOf(bus)) + 20);
  await ask('log', 'objective', 'log');
  await ask('stop', 'stop');
  run = await up.ended;
});
test.after.always(() => folder?.remove());

test.serial(
  'It changes to apo_down once, with the evidence of two checkpoints, and a person ends that',
  (t) => {
    t.is(run.code, 0, run.stderr);
    const changes = folder
      .lines('controls')
      .filter(({revision, spec}) => Number(revision) > 1 && spec !== undefined);
    t.deepEqual(
      changes.map(({author, spec}) => [
        author === AUTO_AUTHOR,
        (spec as {objective: {name: string}}).objective.name,
      ]),
      [
        [true, 'apo_down'],
        [false, 'dpo'],
      ],
    );
    t.regex(
      String(changes[0]?.evidence),
      /^at step \d+ apo_down: chosen answers beat the policy’s in \d+ of \d+ /,
    );
    const trained = folder
      .lines('metrics')
      .filter(({actor, loss}) => actor === 'learner' && loss !== undefined);
    t.deepEqual([...new Set(trained.map(({objective}) => objective))], ['apo_zero', 'apo_down', 'dpo']);
    t.is(run.stdout.split('follows the advice no more').length, 2);
  },
);

test.serial('Each checkpoint is advised on once, by comparisons that are no prompts of the run', (t) => {
  const advice = folder.lines('advice');
  t.true(advice.length >= 2);
  t.is(new Set(advice.map(({policy_version}) => policy_version)).size, advice.length);
  for (const {objective, evidence, wins, losses, undecided} of advice) {
    t.deepEqual([objective, evidence], ['apo_down', 'comparisons']);
    t.is(Number(wins) + Number(losses) + Number(undecided), 20);
  }
  const rows = folder.lines('metrics').filter((row) => row['anchor/advice'] !== undefined);
  t.deepEqual(
    rows.map((row) => [row.policy_version, row['anchor/advice']]),
    advice.map(({policy_version}) => [policy_version, -1]),
  );
  const compared = folder.lines('comparisons');
  t.is(new Set(compared.map(({prompt_id}) => prompt_id)).size, compared.length);
  t.true(compared.every(({chosen}) => chosen === '0,0,0,0.'));
  t.is(folder.lines('pairs').length, PROMPTS);
  t.deepEqual(folder.lines('rejections'), []);
});

test.serial('Status, history and report say what is advised, and why the objective is what it is', (t) => {
  t.regex(said.status?.stdout ?? '', /^objective apo_down, beta 1, revision 2; auto follows the advice$/m);
  t.regex(said.status?.stdout ?? '', /^anchor apo_down: chosen answers beat .* \(step \d+\)$/m);
  t.is(said.set?.code, 0);
  t.regex(
    said.log?.stdout ?? '',
    / {2}auto {2}objective\.name apo_zero → apo_down: .*\n {5}since at step \d+ apo_down: /,
  );
  const report = readFileSync(join(folder.runFolder, 'report.txt'), 'utf8');
  t.regex(report, /^ {2}Anchor +at step \d+ apo_down: .*; winners that beat the policy: \d/m);
  t.regex(report, /apo_down from step \d+ \(beta 1, peak learning rate 1e-7\), since at step /);
});
