/** Grades in the folders of runs, as a grid reads them. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {Grid} from '../../../../runtime/command/grid/grid-file.js';
import {jobsOf} from '../../../../runtime/command/grid/jobs.js';
import {readCells} from '../../../../runtime/command/grid/read-cells.js';
import {tableFormats} from '../../../../runtime/tables/formats/formats.js';
import {gridReport} from '../../../../runtime/tables/grid-report.js';
import {demoFleet} from '../../../helpers/demo-fleet.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const fleet = demoFleet();
const grid: Grid = {
  name: 'small',
  datasets: ['clair'],
  objectives: [{label: 'dpo', name: 'dpo', beta: 0.1, learningRate: 1e-5, settings: {}}],
  seeds: [0],
  data: [{dataset: 'clair', seed: 0, fleet}],
};

/** A grid's folder with its one run, complete: the grades before training and of a checkpoint. */
const folderWith = (t: ExecutionContext, ...grades: readonly (readonly (number | null)[])[]): string => {
  const folder = temporaryFolder(t);
  const run = join(folder, 'runs/clair-dpo-0');
  mkdirSync(run, {recursive: true});
  const record = {run: 'clair-dpo-0', pid: 1, heldSince: '', natsUrl: '', startedAt: '', endedAt: ''};
  writeFileSync(join(run, 'run.json'), JSON.stringify({...record, ending: 'complete'}));
  const {name, beta, learningRate, settings} = fleet.objective;
  const objective = {name, beta, learningRate, settings};
  writeFileSync(join(run, 'fleet.json'), JSON.stringify({...fleet, objective: {...objective, beta: 0.1}}));
  const lines = grades.map((each, version) =>
    JSON.stringify({
      ...{step: 10 * version, policy_version: version, suite: 'gold_answers', sequence: version + 1},
      ...{ids: each.map((_, item) => `item-${item}`), grades: each},
    }),
  );
  // Another suite's, of other items.
  lines.push(
    ...grades.map((_, version) =>
      JSON.stringify({
        ...{step: 10 * version, policy_version: version, suite: 'perplexity', name: 'texts'},
        sequence: grades.length + version + 1,
        ...{ids: ['a', 'b'], grades: [0.1, 0.2], pseudo_values: [0.2, version / 10]},
      }),
    ),
  );
  writeFileSync(join(run, 'items.jsonl'), `${lines.join('\n')}\n`);
  return folder;
};
const complete = new Set(['clair-dpo-0']);
const by = (name: string, ownItems = false) => ({name, ownItems});

test('an item that has no grade in some checkpoint is left out of all, and the table says how many', async (t) => {
  const folder = folderWith(t, [0, 1, null, 0], [1, null, 1, 1]);
  const {runs, leftOut} = await readCells(grid, folder, complete, by('gold_answers'));
  t.is(leftOut, 2);
  t.deepEqual(runs[0]?.ids, ['item-0', 'item-3']);
  t.deepEqual(runs[0]?.checkpoints, [{step: 10, grades: [1, 1]}]);
  const report = gridReport(
    {name: 'small', suite: 'gold_answers', shape: {...grid, objectives: ['dpo']}, leftOut},
    runs,
  );
  for (const ending of ['txt', 'md', 'html'] as const)
    t.regex(tableFormats[ending](report), /2 items are left out, which not every run has a grade for\./);
});

test('where no item is left there is no table of numbers that are none', async (t) => {
  await t.throwsAsync(readCells(grid, folderWith(t, [0, null], [null, 1]), complete, by('gold_answers')), {
    message: /: no item of gold_answers has a grade in all checkpoints of all runs/,
  });
});

test('each suite has its own items, and what its score is the mean of', async (t) => {
  const folder = folderWith(t, [0, 1], [1, 1]);
  const {runs} = await readCells(grid, folder, complete, by('texts'));
  t.deepEqual(runs[0]?.ids, ['a', 'b']);
  t.deepEqual(runs[0]?.checkpoints, [{step: 10, grades: [0.1, 0.2], pseudoValues: [0.2, 0.1]}]);
  await t.throwsAsync(readCells(grid, folder, complete, by('mt_bench')), {
    message: /items\.jsonl: lacks scores by mt_bench; remove the run's folder$/,
  });
});

test('pairs are others for each dataset and seed, and the same by every objective', async (t) => {
  const folder = folderWith(t, [0, 0], [1, 0]);
  const beside = (run: string, item: string) => {
    mkdirSync(join(folder, 'runs', run));
    const of = {suite: 'gold_answers', ids: ['item-0', item]};
    writeFileSync(
      join(folder, 'runs', run, 'items.jsonl'),
      [0, 1]
        .map(
          (version) =>
            `${JSON.stringify({step: version, policy_version: version, ...of, grades: [0, version], sequence: version + 1})}\n`,
        )
        .join(''),
    );
  };
  beside('clair-dpo-1', 'another');
  beside('clair-sft-0', 'item-1');
  const [dpo] = grid.objectives;
  const [data] = grid.data;
  if (dpo === undefined || data === undefined) return t.fail();
  const wider = {
    ...grid,
    seeds: [0, 1],
    objectives: [dpo, {...dpo, label: 'sft'}],
    data: [data, {...data, seed: 1}],
  };
  const all = new Set([...complete, 'clair-dpo-1', 'clair-sft-0']);
  const {runs} = await readCells(wider, folder, all, by('gold_answers', true));
  t.deepEqual(
    runs.map(({objective, seed, ids}) => [objective, seed, ids.join()]),
    [
      ['dpo', 0, 'item-0,item-1'],
      ['sft', 0, 'item-0,item-1'],
      ['dpo', 1, 'item-0,another'],
    ],
  );
  await t.throwsAsync(readCells(wider, folder, all, by('gold_answers')), {
    message:
      /clair by dpo, seed 1, was scored by gold_answers on other items than the other runs: the suite's file was altered/,
  });
  beside('clair-sft-1', 'item-1');
  await t.throwsAsync(readCells(wider, folder, new Set([...all, 'clair-sft-1']), by('gold_answers', true)), {
    message: /clair by sft, seed 1, was scored .* its pairs were altered meanwhile/,
  });
});

test('a run that was trained by another objective than the grid has now is refused, not taken for it', async (t) => {
  const folder = folderWith(t, [0], [1]);
  const isDone = (of: Grid) => jobsOf(of, 1)[1]?.isDone(folder);
  t.true(await isDone(grid));
  const [dpo] = grid.objectives;
  for (const [changed, words] of [
    [{name: 'apo_zero'}, 'apo_zero, beta 0.1, learning rate 0.00001'],
    [{beta: 0.5}, 'dpo, beta 0.5, learning rate 0.00001'],
    [{learningRate: 1e-6}, 'dpo, beta 0.1, learning rate 0.000001'],
    [{settings: {label_smoothing: 0.1}}, 'dpo, beta 0.1, learning rate 0.00001, label_smoothing 0.1'],
  ] as const) {
    const altered = {...grid, objectives: dpo === undefined ? [] : [{...dpo, ...changed}]};
    const error = await t.throwsAsync(async () => isDone(altered));
    t.true(
      error?.message.endsWith(
        `runs/clair-dpo-0/fleet.json: was trained by dpo, beta 0.1, learning rate 0.00001, and the grid has ${words}; give it another label, or the grid another --out`,
      ),
      error?.message,
    );
  }
});
