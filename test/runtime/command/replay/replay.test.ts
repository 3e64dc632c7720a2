/** `anchorage replay` as a process: the pairs of a run trained by another objective, also across a kill. */
import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {readFleet} from '../../../../runtime/fleet/file/load.js';
import {createLearner} from '../../../../runtime/learning/learner.js';
import {learningRateAt} from '../../../../runtime/learning/schedule.js';
import {lineOf} from '../../../../runtime/metrics/lines.js';
import {loadCheckpoint} from '../../../../runtime/model/files/model-checkpoint.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {openExecutor} from '../../../../runtime/tensor/open.js';
import {demoPairs} from '../../../helpers/demo-pairs.js';
import {anchorage, startNode} from '../../../helpers/process.js';
import {completion, isProbe, modelList, scriptedEndpoint} from '../../../helpers/scripted-endpoint.js';
import {temporaryFolder} from '../../../helpers/temporary.js';
import {typed} from '../../../helpers/typed.js';

const PAIRS = 24;
const sets = [
  'training.steps=6',
  'training.batchSize=8',
  'training.epochs=2',
  'training.warmupSteps=0',
  'training.checkpointEverySteps=2',
  'evaluation.count=20',
  'actors.learner.threads=1',
];

interface Folder {
  readonly cwd: string;
  rows(run: string, log: string): Record<string, unknown>[];
}

/** A folder with a run `first`, complete, of so many pairs, the third of which came too late. */
const withRun = async (
  t: ExecutionContext,
  record: object = {},
  more: readonly string[] = [],
): Promise<Folder> => {
  const cwd = temporaryFolder(t);
  const folder = join(cwd, 'runs/first');
  mkdirSync(folder, {recursive: true});
  const fleet = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), [...sets, ...more]);
  writeFileSync(join(folder, 'fleet.json'), JSON.stringify(fleet));
  const at = new Date(0).toISOString();
  writeFileSync(
    join(folder, 'run.json'),
    JSON.stringify({
      run: 'first',
      pid: 1,
      natsUrl: '',
      heldSince: at,
      startedAt: at,
      endedAt: at,
      ending: 'complete',
      ...record,
    }),
  );
  const lines = (await demoPairs(PAIRS)).map((pair, index) => ({...lineOf.pairs(pair), sequence: index + 1}));
  writeFileSync(join(folder, 'pairs.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const {prompt_id} = lines[2] as {prompt_id?: string};
  const stale = {prompt_id, actor: 'learner', reason: 'stale', detail: '', sequence: 1};
  writeFileSync(join(folder, 'rejections.jsonl'), `${JSON.stringify(stale)}\n`);
  return {
    cwd,
    rows: (run, log) =>
      readFileSync(join(cwd, 'runs', run, `${log}.jsonl`), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
};

test('a replay takes the run’s batches by the other objective, scores each checkpoint, and reports; again, it does nothing', async (t) => {
  const {cwd, rows} = await withRun(t);
  const {code, stdout, stderr} = await anchorage(
    t,
    ['replay', 'first', '--objective', 'dpo', '--beta', '0.5'],
    {cwd},
  );
  t.deepEqual([code, stderr], [0, '']);
  t.regex(stdout, /^replay {5}24 pairs of run first by dpo, beta 0\.5, 6 steps; /m);
  const checkpoints = rows('first-dpo', 'checkpoints');
  t.deepEqual(
    checkpoints.map(({step, final}) => [step, final]),
    [
      [0, false],
      [2, false],
      [4, false],
      [6, true],
    ],
  );
  t.deepEqual(
    rows('first-dpo', 'scores').map(({step, items}) => [step, items]),
    [
      [0, 20],
      [2, 20],
      [4, 20],
      [6, 20],
    ],
  );
  for (const [index, {grades}] of rows('first-dpo', 'items').entries()) {
    const right = (grades as number[]).reduce((sum, grade) => sum + grade, 0);
    t.is(right / 20, rows('first-dpo', 'scores')[index]?.score as number);
  }
  t.is(await weightsByHand(), checkpoints.at(-1)?.weights_sha256 as string);
  const result = JSON.parse(readFileSync(join(cwd, 'runs/first-dpo/result.json'), 'utf8'));
  t.like(result, {complete: true, objective: 'dpo', steps: 6, pairs: PAIRS, faults: []});
  const again = await anchorage(t, ['replay', 'first', '--objective', 'dpo', '--beta', '0.5'], {cwd});
  t.is(again.code, 0);
  t.regex(again.stdout, /^done {7}.* has all 6 steps$/m);
  t.is(rows('first-dpo', 'checkpoints').length, 4);
});

test('a replay scores by each suite of its fleet when it is due: answered, measured, and judged', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, (request) =>
    request.method === 'GET' ? modelList('judge') : completion('[[0.5]]'),
  );
  const {cwd, rows} = await withRun(t, {}, ['actors.learner.count=0']);
  writeFileSync(join(cwd, 'texts.jsonl'), '{"text": "12*3 4+5>36,9."}\n{"text": "7+7>14."}\n');
  writeFileSync(join(cwd, 'choices.jsonl'), '{"question": "2+2", "choices": ["4", "5"], "answer": 0}\n');
  writeFileSync(
    join(cwd, 'asked.jsonl'),
    '{"prompt": "2+2>", "answer": "4"}\n{"prompt": "2+3>", "answer": "5"}\n',
  );
  const demo = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), sets);
  const {evaluation: _, ...rest} = demo;
  const judge = {endpoint: 'judge', model: 'judge'};
  const fleet = {
    ...rest,
    endpoints: {...rest.endpoints, judge: {baseUrl}},
    evaluation: [
      {suite: 'perplexity', file: 'texts.jsonl'},
      {suite: 'multiple_choice', file: 'choices.jsonl', when: {every: 2}},
      {
        suite: 'gold_answers',
        name: 'judged',
        file: 'asked.jsonl',
        match: 'judged',
        maxCompletionTokens: 4,
        judge,
        best: true,
      },
    ],
  };
  writeFileSync(join(cwd, 'fleet.json'), JSON.stringify(fleet));
  const args = ['replay', 'first', '--objective', 'dpo', '--fleet', 'fleet.json'];
  const {code, stdout, stderr} = await anchorage(t, args, {cwd});
  t.deepEqual([code, stderr], [0, ''], stdout);
  const scores = rows('first-dpo', 'scores');
  t.deepEqual(
    scores.map(({suite, name, step}) => [suite, name ?? '', step]),
    [0, 2, 4, 6].flatMap((step) => [
      ['perplexity', '', step],
      // Policy versions 0 and 2, and the last.
      ...(step === 2 ? [] : [['multiple_choice', '', step]]),
      ['gold_answers', 'judged', step],
    ]),
  );
  const items = rows('first-dpo', 'items');
  for (const [place, {score}] of scores.entries()) {
    const {grades, pseudo_values: values = grades} = items[place] as {
      grades: number[];
      pseudo_values?: number[];
    };
    t.true(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length - Number(score)) < 1e-9);
  }
  const {perplexity = Number.NaN} = (scores[0]?.metrics ?? {}) as {perplexity?: number};
  t.true(Math.abs(perplexity * Number(scores[0]?.score) - 1) < 1e-9);
  t.deepEqual([...new Set(scores.flatMap(({name, score}) => (name === 'judged' ? [score] : [])))], [0.5]);
  const asked = requests.filter((request) => request.method === 'POST' && !isProbe(request)).length;
  t.true(asked > 0);
  // Another replay of the folder asks nothing that was answered: before training both have the same answers.
  const other = await anchorage(t, [...args, '--set', 'training.steps=2', '--run', 'other'], {cwd});
  t.is(other.code, 0, other.stderr);
  const again = requests.filter((request) => request.method === 'POST' && !isProbe(request)).length;
  t.true(again - asked <= 2, `${asked} ${again}`);
  // They begin with the very same scores, which were measured once.
  t.is([...other.stdout.matchAll(/^scored +step 0: .*, as another run scored it\)$/gm)].length, 3);
  const firstOf = (run: string, log: string) =>
    rows(run, log)
      .filter(({step}) => step === 0)
      .slice(0, 3);
  for (const log of ['scores', 'items']) t.deepEqual(firstOf('other', log), firstOf('first-dpo', log));
});

test('of a run that made pairs alone the first prompts’ pairs score the checkpoints, and the others are trained on', async (t) => {
  const {cwd, rows} = await withRun(t, {}, ['actors.learner.count=0']);
  const {training, ...demo} = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), sets);
  const {steps: _, ...uncounted} = training;
  const fleetWith = (holdOut: number): void =>
    writeFileSync(
      join(cwd, 'fleet.json'),
      JSON.stringify({
        ...demo,
        // Nobody counts them: there are as many steps as the pairs fill.
        prompts: {file: 'prompts.jsonl'},
        training: uncounted,
        evaluation: {suite: 'heldout', holdOut},
        policy: {...demo.policy, maxCompletionTokens: 32},
      }),
    );
  const first = rows('first', 'pairs');
  const places = first.map(({prompt_id}) => Number(prompt_id)).sort((one, other) => one - other);
  fleetWith((places[7] ?? 0) + 1);
  const args = ['replay', 'first', '--objective', 'dpo', '--fleet', 'fleet.json'];
  const {code, stdout, stderr} = await anchorage(t, args, {cwd});
  t.deepEqual([code, stderr], [0, ''], stdout);
  t.regex(stdout, /^replay {5}16 pairs of run first by dpo/m);
  t.deepEqual(
    rows('first-dpo', 'held_out').map(({prompt_id}) => Number(prompt_id)),
    places.slice(0, 8),
  );
  t.deepEqual(
    rows('first-dpo', 'pairs').map(({prompt_id}) => Number(prompt_id)),
    places.slice(8),
  );
  const scores = rows('first-dpo', 'scores') as {
    score: number;
    low: number;
    items: number;
    metrics: Record<string, number>;
  }[];
  t.true(
    scores.every(
      ({items, score, low, metrics}) =>
        items === 8 && low <= score && metrics['rewards/accuracies'] === score,
    ),
  );
  t.is(rows('first-dpo', 'checkpoints').at(-1)?.step, 4);
  t.is(JSON.parse(readFileSync(join(cwd, 'runs/first-dpo/fleet.json'), 'utf8')).training.steps, 4);
  // Before training: the references themselves.
  const held = rows('first-dpo', 'held_out') as {reference_chosen_logps: number}[];
  const mean = held.reduce((sum, {reference_chosen_logps: logps}) => sum + logps / 8, 0);
  t.true(Math.abs((scores[0]?.metrics['logps/chosen'] ?? 0) - mean) < 1e-9);
  t.is(scores[0]?.score, 0);
  t.true((scores.at(-1)?.score ?? 0) > 0);
  fleetWith(1 + Math.max(...places));
  const all = await typed([...args, '--run', 'none-left'], {cwd});
  t.regex(
    all.stderr,
    /^run first: evaluation\.holdOut \d+: all 24 pairs are of those prompts, and none is left to train on; lower it/,
  );
});

test('a policy by its name on the Hub is the commit that the pairs are of, whatever its branch is by now', async (t) => {
  const {demoPolicyFolder} = await import('../../../../runtime/fleet/file/load.js');
  const hub = temporaryFolder(t);
  const repository = join(hub, 'models--org--demo');
  const snapshot = join(repository, 'snapshots', 'a'.repeat(40));
  mkdirSync(join(repository, 'snapshots'), {recursive: true});
  mkdirSync(join(repository, 'refs'));
  symlinkSync(demoPolicyFolder, snapshot);
  writeFileSync(join(repository, 'refs/main'), 'b'.repeat(40));
  const made = [`policy.model=${snapshot}`, 'actors.learner.count=0'];
  const {cwd, rows} = await withRun(t, {}, made);
  const file = join(packageRoot, 'runtime/fleet/demo.yaml');
  const given = ['policy.model=org/demo', 'training.steps=1', 'training.warmupSteps=0', 'evaluation.count=4'];
  const {code, stderr} = await anchorage(
    t,
    ['replay', 'first', '--objective', 'dpo', '--fleet', file, ...given.flatMap((set) => ['--set', set])],
    {cwd, env: {HF_HUB_CACHE: hub, HF_HUB_OFFLINE: '1'}},
  );
  t.deepEqual([code, stderr], [0, '']);
  t.is(rows('first-dpo', 'checkpoints').length, 2);
});

/** The same by the learner alone: log order, the late pair left out; the second epoch by the seed's order. */
const weightsByHand = async (): Promise<string> => {
  const {demoPolicyFolder} = await import('../../../../runtime/fleet/file/load.js');
  const {shuffled} = await import('../../../../runtime/seed.js');
  const {saveCheckpoint} = await import('../../../../runtime/model/files/model-checkpoint.js');
  const {mkdtempSync} = await import('node:fs');
  const {tmpdir} = await import('node:os');
  const model = await loadCheckpoint(demoPolicyFolder);
  const {executor} = await openExecutor({backend: 'auto', threads: 1, work: 'training'});
  const learner = await createLearner(model, executor, {
    objective: 'dpo',
    batchSize: 8,
    maxGradNorm: 1,
    maxTokens: 64,
  });
  const pairs = (await demoPairs(PAIRS)).filter((_, index) => index !== 2);
  const order = [...pairs, ...shuffled(pairs, 0, 'epoch', 2)];
  // 23 pairs: 8, 8 and 7 an epoch.
  const batches = [0, 1].flatMap((epoch) =>
    [0, 8, 16].map((begin) => order.slice(23 * epoch + begin, 23 * epoch + Math.min(begin + 8, 23))),
  );
  for (const [step, batch] of batches.entries())
    await learner.step(batch, {
      beta: 0.5,
      learningRate: learningRateAt({peak: 3e-5, warmupSteps: 0, totalSteps: 6}, step),
    });
  const folder = join(mkdtempSync(join(tmpdir(), 'anchorage-test-')), 'model');
  const {weightsSha256} = await saveCheckpoint(folder, model, await learner.weights());
  await learner.dispose();
  return weightsSha256;
};

test('a replay that is killed goes on, to the same weights, with every checkpoint scored once', async (t) => {
  const {cwd, rows} = await withRun(t);
  const args = (run: string) => ['replay', 'first', '--objective', 'apo_down', '--run', run];
  const child = startNode(t, 'runtime/command/main.js', args('killed'), {cwd});
  const saved = (): number => {
    try {
      return rows('killed', 'checkpoints').length;
    } catch {
      return 0;
    }
  };
  while (saved() < 2) await sleep(5);
  child.kill('SIGKILL');
  const second = await anchorage(t, args('killed'), {cwd});
  t.is(second.code, 0, second.stderr);
  const whole = await anchorage(t, args('whole'), {cwd});
  t.is(whole.code, 0, whole.stderr);
  const weightsOf = (run: string) =>
    rows(run, 'checkpoints').map(({step, weights_sha256}) => [step, weights_sha256]);
  t.deepEqual(weightsOf('killed'), weightsOf('whole'));
  const gradesOf = (run: string) => rows(run, 'scores').map(({step, score}) => [step, score]);
  t.deepEqual(gradesOf('killed'), gradesOf('whole'));
});

for (const [what, record, more, args, expected] of [
  [
    'an objective that is none',
    {},
    [],
    ['--objective', 'dpoo'],
    /^--objective dpoo: objective\.name: unknown objective "dpoo"; did you mean dpo\?/,
  ],
  ['a run that is no id', {}, [], ['--objective', 'dpo', '--run', 'a/b'], /^--run a\/b: letters, digits/],
  ['the run itself', {}, [], ['--objective', 'dpo', '--run', 'first'], /^--run first: is the run itself/],
  [
    'a key of no file',
    {},
    [],
    ['--objective', 'dpo', '--set', 'seed=1'],
    /^--set: changes the file of --fleet/,
  ],
  [
    'a run that made pairs alone',
    {},
    ['actors.learner.count=0'],
    ['--objective', 'dpo'],
    /^run first made pairs alone, and says nothing of training; give --fleet/,
  ],
  [
    'a run that goes on',
    {endedAt: undefined, pid: process.pid, place: undefined},
    [],
    ['--objective', 'dpo'],
    /^run first still goes on/,
  ],
] as const)
  test(`refused in one line: ${what}`, async (t) => {
    const {ownIdentity} = await import('../../../../runtime/machine/process-alive.js');
    const {place, startTicks} = ownIdentity();
    const {cwd} = await withRun(t, 'pid' in record ? {...record, place, startTicks} : record, more);
    // A process of its own where the run is held by that of the test.
    const line = ['replay', 'first', ...args];
    const {code, stderr} = await ('pid' in record ? anchorage(t, line, {cwd}) : typed(line, {cwd}));
    t.is(code, 1);
    t.regex(stderr, expected);
    t.is(stderr.trimEnd().split('\n').length, 1);
  });
