import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {readGrid} from '../../../../runtime/command/grid/grid-file.js';
import {jobsOf} from '../../../../runtime/command/grid/jobs.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {temporaryFile} from '../../../helpers/temporary.js';

const text = `fleet:
  prompts: {demo: true, count: 100}
  policy: {model: demo, format: plain, maxPromptTokens: 32, maxCompletionTokens: 32}
  objective: {beta: 1, learningRate: 3.0e-5}
  training: {epochs: 2}
  evaluation: {suite: arithmetic, count: 10, maxCompletionTokens: 32}
  endpoints: {teacher: {demo: true}}
  actors:
    reviser: {endpoint: teacher, model: reviser}
    judge: {endpoint: teacher, model: judge}
datasets: [clair, judge_on_policy]
objectives: [dpo, {label: strong, name: apo_zero, beta: 2, settings: {}}]
seeds: [0, 1]
`;
const gridOf = (t: ExecutionContext, changed: string) => readGrid(temporaryFile(t, 'small.yaml', changed));

test('each dataset has the actor that decides in it, and each run its seed, objective and beta', async (t) => {
  const {name, datasets, objectives, seeds, data} = await gridOf(t, text);
  t.is(name, 'small');
  t.deepEqual(datasets, ['clair', 'judge_on_policy']);
  t.deepEqual(seeds, [0, 1]);
  t.deepEqual(
    data.map(({dataset, seed, fleet}) => [
      dataset,
      seed,
      fleet.dataset,
      fleet.seed,
      fleet.actors.reviser !== undefined,
      fleet.actors.judge !== undefined,
    ]),
    [
      ['clair', 0, 'clair', 0, true, false],
      ['clair', 1, 'clair', 1, true, false],
      ['judge_on_policy', 0, 'judge_on_policy', 0, false, true],
      ['judge_on_policy', 1, 'judge_on_policy', 1, false, true],
    ],
  );
  t.deepEqual(
    objectives.map(({label, name: of, beta, learningRate}) => [label, of, beta, learningRate]),
    [
      ['dpo', 'dpo', 1, 3e-5],
      ['strong', 'apo_zero', 2, 3e-5],
    ],
  );
});

test('pairs are made once a dataset and seed, and each objective trains after them', async (t) => {
  const jobs = jobsOf(await gridOf(t, text), 1);
  t.is(jobs.length, 4 * (1 + 2));
  t.deepEqual(
    jobs.slice(0, 3).map(({name, after, kind}) => [name, after, kind]),
    [
      ['data-clair-0', undefined, 'data'],
      ['clair-dpo-0', 'data-clair-0', 'training'],
      ['clair-strong-0', 'data-clair-0', 'training'],
    ],
  );
  t.is(
    jobs[2]?.args.join(' '),
    'replay clair-0 --fleet fleets/clair-0.json --objective apo_zero --beta 2 --learning-rate 0.00003 --run clair-strong-0 --threads 1',
  );
});

test('two runs that would have the same name are refused before any of them begins', async (t) => {
  const grid = await gridOf(
    t,
    text
      .replace('[clair, judge_on_policy]', '[{name: a, dataset: clair}, {name: a-dpo, dataset: clair}]')
      .replace('[dpo, ', '[dpo, {label: dpo-dpo, name: dpo}, '),
  );
  t.throws(() => jobsOf(grid, 1), {
    message: /^small: datasets, objectives: two of their runs would be called a-dpo-/,
  });
});

test('the grid of the paper is valid: 4 datasets × 5 objectives × 3 seeds', async (t) => {
  const {datasets, objectives, seeds, data} = await readGrid(join(packageRoot, 'deploy/grid/table1.yaml'));
  t.deepEqual([datasets.length, objectives.length, seeds.length, data.length], [4, 5, 3, 12]);
});

for (const [what, from, to, expected] of [
  [
    'an unknown key',
    'seeds: [0, 1]',
    'seeds: [0, 1]\nseed: 1',
    /small\.yaml:14: seed: unknown key; did you mean seeds\?/,
  ],
  ['no seed', 'seeds: [0, 1]', 'seeds: []', /small\.yaml:13: seeds: .*at least 1/],
  [
    'a seed twice',
    'seeds: [0, 1]',
    'seeds: [0, 0]',
    /small\.yaml:13: seeds: 0 is there twice; leave one out/,
  ],
  [
    'an unknown dataset',
    '[clair, ',
    '[clare, ',
    /small\.yaml:11: datasets\.0: .*one of clair, judge_on_policy/,
  ],
  [
    'an unknown objective',
    '[dpo, ',
    '[dpoo, ',
    /small\.yaml:12: objective\.name: unknown objective "dpoo"; did you mean dpo\?/,
  ],
  [
    'a beta of 0',
    'beta: 2',
    'beta: 0',
    /small\.yaml:12: objectives\.1\.beta: 0 is too small; greater than 0/,
  ],
  [
    'a dataset whose actor is missing',
    '    judge: {endpoint: teacher, model: judge}\n',
    '',
    /small\.yaml:8: actors\.judge: missing; the dataset judge_on_policy needs it/,
  ],
  [
    'a fleet that names its dataset',
    'fleet:\n',
    'fleet:\n  dataset: clair\n',
    /small\.yaml:1: fleet: dataset is the grid's own/,
  ],
  [
    'a fleet that names its objective',
    '{beta: 1,',
    '{name: dpo, beta: 1,',
    /small\.yaml:1: fleet: objective\.name is the grid's own/,
  ],
  [
    'a dataset with a suite of its own',
    'judge_on_policy]',
    '{name: judged, dataset: judge_on_policy, set: {evaluation.count: 5}}]',
    /small\.yaml:11: datasets: judged: set: evaluation\.count is the same for all datasets/,
  ],
  [
    'a dataset with a wrong setting',
    'judge_on_policy]',
    '{name: judged, dataset: judge_on_policy, set: {policy.temperature: -1}}]',
    /small\.yaml:11: policy\.temperature: /,
  ],
  [
    'a suite without its judge',
    'evaluation: {suite: arithmetic, count: 10, maxCompletionTokens: 32}',
    'evaluation: {suite: mt_bench, file: question.jsonl}',
    /small\.yaml:6: evaluation\.judge: missing; suite mt_bench as it is set needs one/,
  ],
  [
    'a judge that is there while pairs are made alone',
    'evaluation: {suite: arithmetic, count: 10, maxCompletionTokens: 32}',
    'evaluation: {suite: mt_bench, file: question.jsonl, judge: {endpoint: teacher, model: judge}}',
    /small\.yaml:1: fleet: evaluation: suite mt_bench: the demo teacher of endpoints\.teacher answers while pairs are made alone/,
  ],
  ['no evaluation', / {2}evaluation: .*\n/, '', /small\.yaml:1: fleet: evaluation is missing/],
  [
    'a wrong key of the fleet',
    'epochs: 2',
    'epocs: 2',
    /small\.yaml:5: training\.epocs: unknown key; did you mean epochs\?/,
  ],
  [
    'a label that is none',
    'label: strong',
    'label: ../up',
    /small\.yaml:12: objectives\.1\.label: .*small letters, digits/,
  ],
] as const)
  test(`refused in one line: ${what}`, async (t) => {
    const error = await t.throwsAsync(gridOf(t, text.replace(from, to)), {instanceOf: TerminalError});
    t.regex(error?.message ?? '', expected);
    t.is(error?.message.split('\n').length, 1, error?.message);
  });

test('a file that is not there, and one that is no YAML, are said so', async (t) => {
  await t.throwsAsync(readGrid('nowhere.yaml'), {
    message: /^nowhere\.yaml: no such file; give the path of a grid\.yaml/,
  });
  await t.throwsAsync(gridOf(t, 'fleet: [\n'), {message: /small\.yaml:\d+: not YAML: /});
});
