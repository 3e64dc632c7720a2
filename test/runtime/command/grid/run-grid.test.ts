/** A grid whose runs are all complete: its tables, one a suite; and what it refuses before anything is made. */
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {runGrid} from '../../../../runtime/command/grid/run-grid.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {readFleet} from '../../../../runtime/fleet/file/load.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const around = {
  progress: {print: () => undefined, show: () => undefined, end: () => undefined},
  signal: new AbortController().signal,
};

const gridText = (count: number, texts: string): string => `fleet:
  prompts: {demo: true, count: 100}
  policy: {model: demo, format: plain, maxPromptTokens: 32, maxCompletionTokens: 32}
  objective: {beta: 1, learningRate: 3.0e-5}
  training: {epochs: 2}
  evaluation:
    - {suite: perplexity, name: texts, file: ${texts}}
    - {suite: arithmetic, count: ${count}, maxCompletionTokens: 32, best: true}
  endpoints: {teacher: {demo: true}}
  actors: {reviser: {endpoint: teacher, model: reviser}}
datasets: [clair]
objectives: [dpo]
seeds: [0]
`;

/** A grid, and the folder of its one run as a replay leaves it. */
const completeGrid = (t: ExecutionContext): {readonly file: string; readonly out: string} => {
  const folder = temporaryFolder(t);
  const [file, out] = [join(folder, 'small.yaml'), join(folder, 'out')];
  const texts = join(folder, 'texts.jsonl');
  writeFileSync(file, gridText(2, texts));
  writeFileSync(texts, '{"text": "1+1>2."}\n{"text": "2+2>4."}\n');
  const run = join(out, 'runs/clair-dpo-0');
  for (const each of [run, join(out, 'data')]) mkdirSync(each, {recursive: true});
  writeFileSync(join(out, 'data/clair-0.jsonl'), '');
  const record = {run: 'clair-dpo-0', pid: 1, heldSince: '', natsUrl: '', startedAt: '', endedAt: ''};
  writeFileSync(join(run, 'run.json'), JSON.stringify({...record, ending: 'complete'}));
  const objective = {name: 'dpo', beta: 1, learningRate: 3e-5, settings: {}};
  writeFileSync(join(run, 'fleet.json'), JSON.stringify({objective}));
  const lines = [0, 1].flatMap((version) =>
    [
      {suite: 'perplexity', name: 'texts', grades: [0.5, 0.5], pseudo_values: [0.2, 0.2 + version / 10]},
      {suite: 'arithmetic', grades: [0, version]},
    ].map((line) => ({step: 10 * version, policy_version: version, ids: ['a', 'b'], ...line})),
  );
  writeFileSync(
    join(run, 'items.jsonl'),
    lines.map((line, index) => `${JSON.stringify({...line, sequence: index + 1})}\n`).join(''),
  );
  return {file, out};
};

test('each suite has a table, that which says what the best is first and by the plain name', async (t) => {
  const {file, out} = completeGrid(t);
  const {kind, tables} = await runGrid(file, {out, cores: 1}, around);
  t.is(kind, 'complete');
  t.deepEqual(
    tables.map(({file: name, report: {suite, table}}) => [name, suite, table.rows[0]?.max.value.toFixed(3)]),
    [
      ['table', 'arithmetic', '50.000'],
      ['table-texts', 'texts (perplexity)', '5.000'],
    ],
  );
  t.regex(readFileSync(join(out, 'table-texts.csv'), 'utf8'), /^clair,dpo,1,5\.0/m);
});

test('a file that was altered is refused by the key that is another', async (t) => {
  const {file, out} = completeGrid(t);
  await runGrid(file, {out, cores: 1}, around);
  const texts = join(file, '../texts.jsonl');
  // Where a judge is found may be set right.
  writeFileSync(
    file,
    gridText(2, texts).replace('{demo: true}}', '{demo: true}, other: {baseUrl: http://127.0.0.1:8000/v1}}'),
  );
  await t.notThrowsAsync(runGrid(file, {out, cores: 1}, around));
  writeFileSync(file, gridText(3, texts));
  await t.throwsAsync(runGrid(file, {out, cores: 1}, around), {
    instanceOf: TerminalError,
    message:
      /fleets\/clair-0\.json: the grid was begun with evaluation\.1\.count 2, not 3; give it another --out/,
  });
});

test('the fleets of prompts that nobody counted can be read again', async (t) => {
  const {file, out} = completeGrid(t);
  const prompts = join(file, '../prompts.jsonl');
  writeFileSync(prompts, '{"prompt": "1+1>"}\n');
  const texts = join(file, '../texts.jsonl');
  writeFileSync(file, gridText(2, texts).replace('{demo: true, count: 100}', `{file: ${prompts}}`));
  await runGrid(file, {out, cores: 1}, around);
  const {training} = await readFleet(join(out, 'fleets/clair-0.json'), []);
  t.is(training.steps, 0);
});

test('what a suite asks is read before a folder is made', async (t) => {
  const {file, out} = completeGrid(t);
  writeFileSync(join(file, '../texts.jsonl'), 'nonsense\n');
  const fresh = `${out}-fresh`;
  await t.throwsAsync(runGrid(file, {out: fresh, cores: 1}, around), {
    instanceOf: TerminalError,
    message: /small\.yaml: fleet: .*texts\.jsonl:1: /,
  });
  t.false(existsSync(fresh));
});
