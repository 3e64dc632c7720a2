/** The pairs of a run as files for others: which rows, in which order, in which columns. */
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema} from 'hyparquet';
import {exportRun} from '../../../runtime/data/export-run.js';
import {runFolderOf} from '../../helpers/run-folder.js';
import {temporaryFolder} from '../../helpers/temporary.js';

const line = (id: string, more: Record<string, unknown> = {}) => ({
  ...{prompt: `p${id}\u2028`, chosen: ` c${id}`, rejected: `r${id}\n`, prompt_id: id, source: 'revision'},
  ...{model: 'gpt', rationale: 'A digit.', policy_version: 0, prompt_token_ids: [1], prompt_line: 4},
  ...{reference_chosen_logps: -1.5, reference_rejected_logps: -2},
  ...more,
});
const fleet = {seed: 7, policy: {model: '/models/Llama'}};
/** In the order in which they came. */
const pairs = [line('10'), line('2', {model: undefined, rationale: undefined}), line('0'), line('2')];
const by = {source: 'revision', policy: 'Llama', policy_version: 0, seed: 7};
const unasked = {prompt_tokens: null, completion_tokens: null, cost: null, currency: null};
const logps = {reference_chosen_logps: -1.5, reference_rejected_logps: -2};
const user = (id: string) => ({role: 'user', content: `p${id}\u2028`});
const said = (content: string) => ({role: 'assistant', content});

const exported = async (t: ExecutionContext, name: string, form: 'trl' | 'clair'): Promise<string> => {
  const folder = await runFolderOf(t, {fleet, pairs});
  const path = join(temporaryFolder(t), name);
  t.is(await exportRun(folder, {path, form, force: false}), 3);
  return path;
};
const linesOf = (path: string): Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((each) => JSON.parse(each));

test('TRL’s conversational form has the messages, and where each pair comes from, in the order of the prompts', async (t) => {
  const rows = linesOf(await exported(t, 'pairs.jsonl', 'trl'));
  t.deepEqual(
    rows.map(({prompt_id: id}) => id),
    ['0', '2', '10'],
  );
  t.deepEqual(rows[0], {
    prompt: [user('0')],
    chosen: [said(' c0')],
    rejected: [said('r0\n')],
    rationale: 'A digit.',
    ...by,
    model: 'gpt',
    prompt_id: '0',
    ...unasked,
    ...logps,
  });
  // Of two pairs of one prompt, the first that came.
  t.is(rows[1]?.rationale, null);
  t.is(rows[1]?.model, null);
});

test('Of a policy without a chat template, TRL’s standard form has texts as they are, in both kinds of file', async (t) => {
  const plain = {...fleet, policy: {...fleet.policy, format: 'plain'}};
  const folder = await runFolderOf(t, {fleet: plain, pairs});
  const place = temporaryFolder(t);
  const [path, parquet] = [join(place, 'pairs.jsonl'), join(place, 'pairs.parquet')];
  for (const each of [path, parquet]) await exportRun(folder, {path: each, form: 'trl', force: false});
  t.like(linesOf(path)[0], {prompt: 'p0\u2028', chosen: ' c0', rejected: 'r0\n'});
  const [row] = await parquetReadObjects({file: await asyncBufferFromFile(parquet)});
  t.like(row, {prompt: 'p0\u2028', chosen: ' c0', rejected: 'r0\n'});
});

test('The CLAIR form has the prompt as a text, whole conversations, and `rational`', async (t) => {
  const [row] = linesOf(await exported(t, 'pairs.jsonl', 'clair'));
  t.deepEqual(row, {
    prompt: 'p0\u2028',
    chosen: [user('0'), said(' c0')],
    rejected: [user('0'), said('r0\n')],
    rational: 'A digit.',
    ...by,
    model: 'gpt',
    prompt_id: '0',
    ...unasked,
    ...logps,
  });
});

test('A Parquet file has the same rows, its messages as lists of structs and its integers of 64 bits', async (t) => {
  const path = await exported(t, 'pairs.parquet', 'trl');
  const file = await asyncBufferFromFile(path);
  const read = await parquetReadObjects({file});
  const rows = read.map((row) => ({
    ...row,
    seed: Number(row.seed),
    policy_version: Number(row.policy_version),
  }));
  t.deepEqual<unknown, unknown>(rows, linesOf(await exported(t, 'pairs.jsonl', 'trl')));
  const {children} = parquetSchema(await parquetMetadataAsync(file));
  t.is(children.find(({element}) => element.name === 'seed')?.element.type, 'INT64');
  const [prompt] = children;
  t.deepEqual(
    prompt?.children[0]?.children[0]?.children.map(({element}) => element.name),
    ['role', 'content'],
  );
});

test('More rows than are held at once come out whole, from several groups', async (t) => {
  const many = Array.from({length: 2345}, (_, index) => line(String(index), {rationale: `why ${index}`}));
  const folder = await runFolderOf(t, {fleet, pairs: many.toReversed()});
  const path = join(temporaryFolder(t), 'pairs.parquet');
  t.is(await exportRun(folder, {path, form: 'trl', force: false}), 2345);
  const file = await asyncBufferFromFile(path);
  t.is((await parquetMetadataAsync(file)).row_groups.length, 3);
  const rows = await parquetReadObjects({file, columns: ['rationale']});
  t.deepEqual(
    rows.map(({rationale}) => rationale),
    many.map(({rationale}) => rationale),
  );
});

test('A prompt of several turns keeps them, and its text is the turn that is answered', async (t) => {
  const prompt = [{role: 'system', content: 'Be brief.'}, user('1')];
  const folder = await runFolderOf(t, {fleet, pairs: [line('1', {prompt})]});
  const [trl, clair] = await Promise.all(
    (['trl', 'clair'] as const).map(async (form) => {
      const path = join(temporaryFolder(t), 'pairs.jsonl');
      await exportRun(folder, {path, form, force: false});
      return linesOf(path)[0];
    }),
  );
  t.deepEqual(trl?.prompt, prompt);
  t.is(clair?.prompt, 'p1\u2028');
  t.deepEqual(clair?.chosen, [...prompt, said(' c1')]);
});

test('A file that is there is not replaced unless that is wanted, and one of another kind is refused', async (t) => {
  const folder = await runFolderOf(t, {fleet, pairs});
  const place = temporaryFolder(t);
  const path = join(place, 'pairs.jsonl');
  writeFileSync(path, 'mine');
  const options = {form: 'trl', force: false} as const;
  await t.throwsAsync(exportRun(folder, {path, ...options}), {message: /is there already.*--force/});
  t.is(readFileSync(path, 'utf8'), 'mine');
  await exportRun(folder, {path, form: 'trl', force: true});
  t.is(linesOf(path).length, 3);
  const csv = {path: join(place, 'pairs.csv'), ...options};
  await t.throwsAsync(exportRun(folder, csv), {message: /ends in \.jsonl or \.parquet/});
  const nowhere = {path: join(place, 'none', 'pairs.jsonl'), ...options};
  await t.throwsAsync(exportRun(folder, nowhere), {message: /there is no folder .*none; make it/});
});

test('A line that is no pair is named and leaves no file behind', async (t) => {
  const folder = await runFolderOf(t, {fleet, pairs: [line('0'), {prompt_id: '1'}]});
  const place = temporaryFolder(t);
  const path = join(place, 'pairs.parquet');
  const error = await t.throwsAsync(exportRun(folder, {path, form: 'trl', force: false}));
  t.regex(error?.message ?? '', /pairs\.jsonl: what begins at byte \d+ is no pair/);
  t.deepEqual(readdirSync(place), []);
  const nothing = temporaryFolder(t);
  await t.throwsAsync(exportRun(nothing, {path, form: 'trl', force: false}), {message: /no run's folder/});
  t.false(existsSync(path));
});

test('A row has the tokens that were asked for its pair and what they cost, in the currency of the prices', async (t) => {
  const usage = {requests: 2, prompt_tokens: 300, completion_tokens: 70, cost: 0.0125};
  const priced = {...fleet, endpoints: {free: {}, teacher: {price: {currency: 'EUR', inputPerMillion: 1}}}};
  const {cost: _, ...unpriced} = usage;
  const folder = await runFolderOf(t, {
    fleet: priced,
    pairs: [line('0', {usage}), line('1', {usage: unpriced}), line('2')],
  });
  const place = temporaryFolder(t);
  const asked = {prompt_tokens: 300, completion_tokens: 70};
  const path = join(place, 'pairs.jsonl');
  await exportRun(folder, {path, form: 'trl', force: false});
  const rows = linesOf(path);
  t.like(rows[0], {...asked, cost: 0.0125, currency: 'EUR'});
  t.like(rows[1], {...asked, cost: null, currency: null});
  t.like(rows[2], unasked);
  const parquet = join(place, 'pairs.parquet');
  await exportRun(folder, {path: parquet, form: 'clair', force: false});
  const [row] = await parquetReadObjects({file: await asyncBufferFromFile(parquet)});
  t.like(row, {prompt_tokens: 300n, completion_tokens: 70n, cost: 0.0125, currency: 'EUR'});
});
