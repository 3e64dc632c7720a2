import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {firstValueFrom, map, NEVER, take, toArray} from 'rxjs';
import {PreferenceSource, RejectionReason} from '../../../../proto/messages.js';
import type {Bus} from '../../../../runtime/bus/bus.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {contentsOf} from '../../../../runtime/fleet/checkpoints/content.js';
import {feedPrompts} from '../../../../runtime/fleet/feed/feed.js';
import {publishedPrompts} from '../../../../runtime/fleet/feed/published.js';
import {readFleet} from '../../../../runtime/fleet/file/load.js';
import {goOnFromFolder} from '../../../../runtime/fleet/run/from-folder.js';
import {recordedLogs, recordRun} from '../../../../runtime/metrics/record-run.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {checkpointMessage, SHA256} from '../../../helpers/checkpoint-message.js';
import {startTestServer, type TestServer, withBus} from '../../../helpers/nats.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

const PROMPTS = 100;
let runs = 0;

const pair = (id: number) => ({
  promptId: String(id),
  prompt: `What is ${id} + 1?`,
  chosen: `${id + 1}`,
  rejected: `${id + 2}`,
  source: PreferenceSource.PREFERENCE_SOURCE_REVISION,
  policyVersion: 0,
  referenceChosenLogps: -1.5,
  referenceRejectedLogps: -2,
  promptIds: [4, 1],
  chosenIds: [5, 6, 7],
  rejectedIds: [6, 7, 8, 9],
});

/** A step's files in a run's folder, and the message of its checkpoint. */
const checkpointIn = async (folder: string, step: number, pairSequence: number) => {
  const message = checkpointMessage(step, {pairSequence});
  mkdirSync(join(folder, message.folder), {recursive: true});
  mkdirSync(join(folder, 'training'), {recursive: true});
  writeFileSync(join(folder, message.folder, 'model.safetensors'), `weights ${step}`);
  writeFileSync(join(folder, `training/${step}.json`), `state ${step}`);
  return {
    ...message,
    files: await contentsOf(join(folder, message.folder), ['model.safetensors']),
    trainingFiles: await contentsOf(folder, [`training/${step}.json`]),
  };
};

/** A folder with ten pairs, a rejection of prompt 20 and checkpoints of steps 1 to 3, of a run that the server then loses. */
const lostRun = async (t: ExecutionContext, pairSequences: readonly number[] = [3, 6, 9]) => {
  const folder = temporaryFolder(t);
  const fleet = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), ['maxOutstandingPrompts=16']);
  const run = `lost-${runs++}`;
  const first = await withBus(t, server, run);
  const recording = await recordRun(first, folder);
  for (let id = 0; id < 10; id++) await first.publish('pairs', pair(id), String(id));
  const foreign = {promptId: '', actor: 'sampler', reason: RejectionReason.REJECTION_REASON_UNREADABLE};
  await first.publish('rejections', {...foreign, detail: 'no prompt', channel: 'prompts'}, 'foreign');
  const rejection = {promptId: '20', actor: 'filter', reason: RejectionReason.REJECTION_REASON_LENGTH};
  await first.publish('rejections', {...rejection, detail: 'too long'}, '20');
  for (const [index, pairSequence] of pairSequences.entries())
    await first.publish(
      'checkpoints',
      await checkpointIn(folder, index + 1, pairSequence),
      `version-${index + 1}`,
    );
  t.deepEqual((await recording.finished()).failures, []);
  await first.deleteRun();
  const bus = await withBus(t, server, run);
  const said: string[] = [];
  const goOn = (isWanted: boolean, on: Bus = bus) =>
    goOnFromFolder(
      {bus: on, runFolder: folder, fleet, prompts: PROMPTS, say: (line) => said.push(line)},
      isWanted,
    );
  const file = (log: string) => join(folder, `${log}.jsonl`);
  const refusal = async (isWanted: boolean): Promise<string> => {
    const error = await t.throwsAsync(goOn(isWanted), {instanceOf: TerminalError});
    return error?.message ?? '';
  };
  return {bus, folder, said, goOn, file, refusal};
};

const filesIn = (folder: string): string[] =>
  recordedLogs.map((log) => readFileSync(join(folder, `${log}.jsonl`), 'utf8'));

test('What the folder holds is put on the server under its old sequences, only where that is asked for', async (t) => {
  const {bus, folder, goOn, file, refusal} = await lostRun(t);
  const before = filesIn(folder);
  const line = await refusal(false);
  t.true(
    line.startsWith(`${file('checkpoints')}: holds checkpoints up to 3, and the NATS server has lost`),
    line,
  );
  t.true(line.endsWith('by --from-folder'), line);
  t.is((await bus.state('pairs')).lastSequence, 0);

  await goOn(true);
  const ids: string[] = [];
  for await (const {message, sequence} of bus.read('pairs', {sequence: 1, through: 10})) {
    t.is(sequence, ids.push(message.promptId));
    t.is(message.referenceChosenLogps, -1.5);
  }
  t.deepEqual(
    ids,
    Array.from({length: 10}, (_, id) => String(id)),
  );
  const {message} = (await bus.last('checkpoints')) ?? {};
  t.like(message, {step: 3, pairSequence: 9});
  for (const {sha256} of [...(message?.files ?? []), ...(message?.trainingFiles ?? [])])
    t.true(await bus.blobs.has(sha256));
  t.deepEqual((await (await recordRun(bus, folder)).finished()).failures, []);
  t.deepEqual(filesIn(folder), before);
  // It has the run again.
  await goOn(false);
});

test('Prompts up to the last of which something came have gone out; those behind it have not', async (t) => {
  const {bus, goOn} = await lostRun(t);
  await goOn(true);
  t.is(await publishedPrompts(bus), 21);
  await bus.publish('prompts', {promptId: '21', prompt: 'next'}, '21');
  t.is(await publishedPrompts(bus), 22);
});

test('Prompts before it of which nothing came go out again, at once', async (t) => {
  const {bus, goOn} = await lostRun(t);
  await goOn(true);
  const prompts = Array.from({length: 22}, (_, id) => `prompt ${id}`);
  const ends = new AbortController();
  const lost: number[] = [];
  const onLost = (count: number) => lost.push(count);
  const feed = feedPrompts({
    bus,
    prompts,
    maxOutstanding: 50,
    lostAfterMs: 600_000,
    onLost,
    signal: ends.signal,
  });
  const deliveries = bus.deliveries('prompts', {maxInFlight: 20, drain$: NEVER});
  const ids = await firstValueFrom(
    deliveries.pipe(
      take(11),
      map(({message}) => Number(message.promptId)),
      toArray(),
    ),
  );
  t.deepEqual(ids, [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21]);
  t.deepEqual(lost, [10]);
  ends.abort(new Error('enough'));
  await t.throwsAsync(feed, {message: 'enough'});
});

test('What was begun and cut off is taken up where it was', async (t) => {
  const {bus, folder, goOn, refusal} = await lostRun(t);
  const before = filesIn(folder);
  let left = 4;
  const publishAfter: Bus['publishAfter'] = (log, message, options) => {
    if (log === 'pairs' && left-- === 0) throw new TerminalError('killed');
    return bus.publishAfter(log, message, options);
  };
  await t.throwsAsync(goOn(true, {...bus, publishAfter}), {message: 'killed'});
  t.regex(await refusal(false), /by --from-folder$/);
  await goOn(true);
  t.is((await bus.state('pairs')).lastSequence, 10);
  await (await recordRun(bus, folder)).finished();
  t.deepEqual(filesIn(folder), before);
  t.is(await publishedPrompts(bus), 21);
});

const withoutPairs = (file: string, ...sequences: readonly number[]): void => {
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(
    file,
    lines.filter((line) => !sequences.includes(JSON.parse(line || '{}').sequence)).join('\n'),
  );
};

test('Pairs that are missing between others leave their sequences free, and no prompt that may be theirs goes out again', async (t) => {
  const {bus, folder, said, goOn, file} = await lostRun(t);
  withoutPairs(file('pairs'), 2, 5, 6);
  const before = filesIn(folder);
  await goOn(true);
  t.true(
    said[0]?.endsWith(
      ': 7 pairs, 3 checkpoints; pairs.jsonl lacks 3 (message 2, 5-6): training goes on with those that are there, ' +
        'and 15 prompts of which nothing is known, theirs among them, do not go out again',
    ),
    said[0],
  );
  const found: [number, string][] = [];
  for await (const {message, sequence} of bus.read('pairs', {sequence: 1, through: 10}))
    found.push([sequence, message.promptId]);
  t.deepEqual(
    found,
    [1, 3, 4, 7, 8, 9, 10].map((sequence) => [sequence, String(sequence - 1)]),
  );
  // Of 100 prompts 21 are known to have gone out: prompt 20 was rejected.
  t.is(await publishedPrompts(bus), 23);
  const rejected = new Map<string, string>();
  for await (const {message} of bus.read('rejections', {sequence: 3, through: 17})) {
    t.regex(message.detail, /^what became of it is not known: pairs.jsonl has lost lines, /);
    rejected.set(message.promptId, message.channel ?? '');
  }
  const unknown = [1, 4, 5, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22].map(String);
  t.deepEqual([...rejected.keys()], unknown);
  t.is([...rejected.values()].filter((channel) => channel === 'pairs').length, 3);

  const ends = new AbortController();
  const prompts = Array.from({length: 24}, (_, id) => `prompt ${id}`);
  const feed = feedPrompts({bus, prompts, maxOutstanding: 50, lostAfterMs: 1, signal: ends.signal});
  const [next] = await firstValueFrom(
    bus.deliveries('prompts', {maxInFlight: 20, drain$: NEVER}).pipe(take(1), toArray()),
  );
  t.is(next?.message.promptId, '23');
  ends.abort(new Error('enough'));
  await t.throwsAsync(feed, {message: 'enough'});
  // It is recorded on behind what the folder has, and what was begun again would be the same.
  t.deepEqual((await (await recordRun(bus, folder)).finished()).failures, []);
  const after = filesIn(folder);
  for (const [index, text] of before.entries()) t.true(after[index]?.startsWith(text));
});

test('What lacks pairs and was cut off is taken up where it was', async (t) => {
  const {bus, folder, goOn, file} = await lostRun(t);
  withoutPairs(file('pairs'), 4);
  const [leaveOut, publish] = [
    () => Promise.reject(new TerminalError('killed')),
    () => Promise.reject(new TerminalError('killed later')),
  ];
  await t.throwsAsync(goOn(true, {...bus, leaveOut}), {message: 'killed'});
  await t.throwsAsync(goOn(true, {...bus, publish}), {message: 'killed later'});
  await goOn(true);
  const sequences: number[] = [];
  for await (const {sequence} of bus.read('pairs', {sequence: 1, through: 10})) sequences.push(sequence);
  t.deepEqual(sequences, [1, 2, 3, 5, 6, 7, 8, 9, 10]);
  t.deepEqual((await (await recordRun(bus, folder)).finished()).failures, []);
});

test('A run whose checkpoints were noted without hashes is refused by a line of its own', async (t) => {
  const {refusal, file} = await lostRun(t);
  const text = readFileSync(file('checkpoints'), 'utf8');
  writeFileSync(file('checkpoints'), text.replaceAll(/"(training_)?files":\[[^\]]*\],/g, ''));
  t.is(
    await refusal(true),
    `${file('checkpoints')}:1: names no files by their hashes, as checkpoints did before; such a run goes on only on the ` +
      'server that has it: begin another --run',
  );
});

test('A pair that says what cannot be is refused, by its line', async (t) => {
  const {file, refusal} = await lostRun(t);
  const text = readFileSync(file('pairs'), 'utf8');
  writeFileSync(file('pairs'), text.replace('-1.5', '1.5'));
  t.is(await refusal(true), `${file('pairs')}:1: has reference log-probabilities of 1.5`);
  writeFileSync(file('pairs'), text.replace('"revision"', '"guess"'));
  t.is(
    await refusal(true),
    `${file('pairs')}:1: source: "guess" is no word of this version; put the line back as it was`,
  );
});

const metricLines = (...sequences: readonly number[]): string =>
  sequences
    .map((sequence) => `${JSON.stringify({time: 1, actor: 'learner', index: 0, loss: 0.5, sequence})}\n`)
    .join('');

test('A row of metrics that nobody could read keeps its place', async (t) => {
  const {bus, goOn, file} = await lostRun(t);
  writeFileSync(file('metrics'), metricLines(1, 2, 4, 4, 1));
  await goOn(true);
  t.is((await bus.state('metrics')).lastSequence, 4);
});

test('A damaged sequence of metrics is refused by its line, and puts no row for each that it leaves out', async (t) => {
  const {bus, file, refusal} = await lostRun(t);
  writeFileSync(file('metrics'), metricLines(1, 2, 30_000_000));
  t.is(
    await refusal(true),
    `${file('metrics')}:3: has sequence 30000000 where 3 is next; put the line back as it was`,
  );
  writeFileSync(file('metrics'), metricLines(1, 2, 30, 4));
  t.is(
    await refusal(true),
    `${file('metrics')}:4: has sequence 4, and a line before it has 30: one of the two was altered; put it back as it was`,
  );
  t.is((await bus.state('metrics')).lastSequence, 0);
});

test('More pairs missing than the run has prompts are no lost lines, but a damaged one', async (t) => {
  const {file, refusal} = await lostRun(t);
  const text = readFileSync(file('pairs'), 'utf8');
  writeFileSync(file('pairs'), text.replace(/"sequence":10\b/, '"sequence":9007199254740991'));
  t.is(
    await refusal(true),
    `${file('pairs')}:10: has sequence 9007199254740991 where 10 is next, and the run has 100 prompts; put the line back as it was`,
  );
});

test('A checkpoint of more pairs than the folder has is said, and is not gone on from', async (t) => {
  const {folder, said, goOn} = await lostRun(t, [3, 6, 11]);
  await goOn(true);
  t.regex(said.join('\n'), /\nthe checkpoint of step 3 is not gone on from: it is of pairs up to 11, and /);
  t.false(existsSync(join(folder, 'training/3.json')));
  t.true(existsSync(join(folder, 'training/2.json')));
});

test('However many checkpoints are of files that nobody has, the newest that is whole is gone on from', async (t) => {
  const {bus, folder, said, goOn, file} = await lostRun(t);
  const lines = readFileSync(file('checkpoints'), 'utf8').trimEnd().split('\n');
  const ghosts = [4, 5, 6].map((sequence) => {
    const ghost = {
      ...JSON.parse(lines[2] ?? ''),
      sequence,
      step: 900 + sequence,
      policy_version: 900 + sequence,
    };
    const files = [{path: 'training/ghost.json', sha256: SHA256, size_bytes: 1}];
    return JSON.stringify({...ghost, folder: `checkpoints/ghost-${sequence}`, training_files: files});
  });
  writeFileSync(file('checkpoints'), `${[...lines, ...ghosts].join('\n')}\n`);
  await goOn(true);
  for (const step of [904, 905, 906])
    t.regex(
      said.join('\n'),
      new RegExp(`the checkpoint of step ${step} is not gone on from: .*ghost.json is missing`),
    );
  t.true(existsSync(join(folder, 'training/3.json')));
  const newest = await checkpointIn(folder, 3, 9);
  for (const {sha256} of [...newest.files, ...newest.trainingFiles]) t.true(await bus.blobs.has(sha256));
});

test('Where no checkpoint is left to go on from, nothing is touched', async (t) => {
  const {bus, folder, refusal} = await lostRun(t, [3, 6, 11]);
  for (const step of [1, 2])
    writeFileSync(join(folder, `checkpoints/step-00000${step}/model.safetensors`), 'others');
  t.is(
    await refusal(true),
    `${folder}: none of its checkpoints can be gone on from: of step 3, it is of pairs up to 11, and pairs.jsonl holds ` +
      'them up to 10; put back what is missing, or begin another --run',
  );
  t.true(existsSync(join(folder, 'training/3.json')));
  t.is((await bus.state('pairs')).lastSequence, 0);
});

test('A server on which somebody has begun the run anew is refused', async (t) => {
  const {bus, refusal} = await lostRun(t);
  await bus.publish('prompts', {promptId: '0', prompt: 'again'}, '0');
  t.regex(
    await refusal(true),
    /^the NATS server has lost run \S+ and begun it anew: delete its streams there, /,
  );
});

test('A folder without a run is none to go on from', async (t) => {
  const bus = await withBus(t, server, 'nothing');
  const runFolder = temporaryFolder(t);
  const fleet = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), []);
  const run = {bus, runFolder, fleet, prompts: PROMPTS, say: () => undefined};
  await goOnFromFolder(run, false);
  await t.throwsAsync(goOnFromFolder(run, true), {
    instanceOf: TerminalError,
    message: `${runFolder}: holds nothing of a run to go on from: leave out --from-folder, or give the --run that is there`,
  });
});
