import {appendFile, readFile, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {firstValueFrom, take, toArray} from 'rxjs';
import {PreferenceSource, RejectionReason} from '../../../proto/messages.js';
import type {Bus, Entry} from '../../../runtime/bus/bus.js';
import {TerminalError} from '../../../runtime/errors.js';
import {recordedLogs, recordRun} from '../../../runtime/metrics/record-run.js';
import {metricRows$} from '../../../runtime/metrics/stream.js';
import {checkpointMessage, SHA256} from '../../helpers/checkpoint-message.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';
import {withSharedServer} from '../../helpers/shared-server.js';
import {temporaryFolder} from '../../helpers/temporary.js';

const busOf = withSharedServer();

const pair = (number: number) => ({
  promptId: String(number),
  prompt: `What is ${number} + 1?`,
  chosen: `${number + 1}`,
  rejected: `${number + 2}\n`,
  source: PreferenceSource.PREFERENCE_SOURCE_REVISION,
  policyVersion: 2,
  referenceChosenLogps: -1.5,
  referenceRejectedLogps: -2.25,
  promptIds: [4, 1],
  chosenIds: [5, 6, 7],
  rejectedIds: [6, 7, 8, 9],
});
const publishPairs = async (bus: Bus, from: number, to: number): Promise<void> => {
  for (let number = from; number <= to; number++) await bus.publish('pairs', pair(number), String(number));
};
const linesOf = async (folder: string, log: string): Promise<Record<string, unknown>[]> => {
  const text = await readFile(join(folder, `${log}.jsonl`), 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};
const sequencesOf = async (folder: string, log: string) =>
  (await linesOf(folder, log)).map(({sequence}) => sequence);

test('A message of each log is one line, in the words of the proto', async (t) => {
  const bus = await busOf(t);
  const folder = join(temporaryFolder(t), 'runs/first');
  const recording = await recordRun(bus, folder, {promptLines: [12, 5]});
  await bus.publish('pairs', pair(1), 'a');
  await bus.publish(
    'rejections',
    {
      promptId: '0',
      actor: 'filter',
      reason: RejectionReason.REJECTION_REASON_LENGTH,
      detail: '2.5 times as long',
      prompt: 'Add 3 and 4.',
      completions: ['7'],
      reply: 'It is 7, of course.',
    },
    'b',
  );
  await bus.publish(
    'rejections',
    {
      promptId: '',
      actor: 'judge',
      reason: RejectionReason.REJECTION_REASON_UNREADABLE,
      detail: 'message 3',
      channel: 'completion_pairs',
      completions: ['one', 'two'],
    },
    'unreadable',
  );
  const weightsSha256 = 'ab'.repeat(32);
  await bus.publish(
    'checkpoints',
    checkpointMessage(50, {
      policyVersion: 1,
      folder: 'checkpoints/step-50',
      weightsSha256,
      pairSequence: 800,
      objective: 'apo_zero',
      final: true,
    }),
    'c',
  );
  await bus.publish(
    'scores',
    {
      ...{
        step: 0,
        policyVersion: 0,
        suite: 'arithmetic',
        score: 0.25,
        items: 300,
        seconds: 1.5,
        weightsSha256,
      },
      answers: [{prompt: '1+1=', completion: '2', grade: 1}],
    },
    'd',
  );
  await bus.publish(
    'metrics',
    {
      actor: 'learner',
      index: 0,
      timeUnixMs: 1_700_000_000_000.5,
      step: 3,
      policyVersion: 0,
      objective: 'dpo',
      objectiveRevision: 2,
      values: {loss: 0.5, 'rewards/margins': -1},
    },
    'e',
  );
  await bus.publish(
    'metrics',
    {actor: 'filter', index: 1, timeUnixMs: 5, objective: '', values: {accepted: 4}},
    'f',
  );
  await recording.finished();

  t.deepEqual(await linesOf(folder, 'pairs'), [
    {
      prompt: 'What is 1 + 1?',
      chosen: '2',
      rejected: '3\n',
      prompt_id: '1',
      source: 'revision',
      policy_version: 2,
      reference_chosen_logps: -1.5,
      reference_rejected_logps: -2.25,
      chosen_token_count: 3,
      rejected_token_count: 4,
      prompt_token_ids: [4, 1],
      chosen_token_ids: [5, 6, 7],
      rejected_token_ids: [6, 7, 8, 9],
      prompt_line: 5,
      sequence: 1,
    },
  ]);
  t.deepEqual(await linesOf(folder, 'rejections'), [
    {
      prompt_id: '0',
      actor: 'filter',
      reason: 'length',
      detail: '2.5 times as long',
      prompt: 'Add 3 and 4.',
      completion: '7',
      reply: 'It is 7, of course.',
      prompt_line: 12,
      sequence: 1,
    },
    {
      prompt_id: '',
      actor: 'judge',
      reason: 'unreadable',
      detail: 'message 3',
      completions: ['one', 'two'],
      channel: 'completion_pairs',
      sequence: 2,
    },
  ]);
  t.deepEqual(await linesOf(folder, 'checkpoints'), [
    {
      step: 50,
      policy_version: 1,
      folder: 'checkpoints/step-50',
      weights_sha256: weightsSha256,
      pair_sequence: 800,
      objective: 'apo_zero',
      objective_revision: 1,
      final: true,
      files: [{path: 'model.safetensors', sha256: SHA256, size_bytes: 1}],
      training_files: [],
      sequence: 1,
    },
  ]);
  t.deepEqual(await linesOf(folder, 'scores'), [
    {
      step: 0,
      policy_version: 0,
      suite: 'arithmetic',
      score: 0.25,
      items: 300,
      seconds: 1.5,
      weights_sha256: weightsSha256,
      answers: [{prompt: '1+1=', completion: '2', grade: 1}],
      sequence: 1,
    },
  ]);
  t.deepEqual(await linesOf(folder, 'metrics'), [
    {
      time: 1_700_000_000_000.5,
      actor: 'learner',
      index: 0,
      step: 3,
      policy_version: 0,
      objective: 'dpo',
      objective_revision: 2,
      loss: 0.5,
      'rewards/margins': -1,
      sequence: 1,
    },
    {time: 5, actor: 'filter', index: 1, accepted: 4, sequence: 2},
  ]);
});

test('Recording takes in what was there before it, and what came while nobody recorded, once', async (t) => {
  const bus = await busOf(t);
  const folder = temporaryFolder(t);
  await publishPairs(bus, 1, 20);
  const first = await recordRun(bus, folder);
  await publishPairs(bus, 21, 30);
  await first.finished();
  t.deepEqual(
    await sequencesOf(folder, 'pairs'),
    Array.from({length: 30}, (_, index) => index + 1),
  );

  await publishPairs(bus, 31, 40);
  const second = await recordRun(bus, folder);
  await publishPairs(bus, 41, 50);
  await second.finished();
  const lines = await linesOf(folder, 'pairs');
  t.deepEqual(
    lines.map(({sequence}) => sequence),
    Array.from({length: 50}, (_, index) => index + 1),
  );
  t.deepEqual(
    lines.map(({prompt_id: id}) => id),
    Array.from({length: 50}, (_, index) => String(index + 1)),
  );
});

test('A line that a kill cut off is written anew', async (t) => {
  const bus = await busOf(t);
  const folder = temporaryFolder(t);
  await publishPairs(bus, 1, 3);
  await (await recordRun(bus, folder)).finished();
  const whole = await readFile(join(folder, 'pairs.jsonl'), 'utf8');
  await writeFile(join(folder, 'pairs.jsonl'), whole.slice(0, -20));
  await (await recordRun(bus, folder)).finished();
  t.is(await readFile(join(folder, 'pairs.jsonl'), 'utf8'), whole);
});

test('The files of another run are refused and left as they are', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const folder = temporaryFolder(t);
  const other = '{"prompt":"p","sequence":12}\n';
  await appendFile(join(folder, 'pairs.jsonl'), other);
  const error = await t.throwsAsync(recordRun(bus, folder), {instanceOf: TerminalError});
  t.regex(error.message, /pairs\.jsonl: holds pairs up to 12, the run run on this server only up to 0; /);
  t.is(await readFile(join(folder, 'pairs.jsonl'), 'utf8'), other);
});

test('A run of which nothing came leaves empty files', async (t) => {
  const bus = await busOf(t);
  const folder = temporaryFolder(t);
  await (await recordRun(bus, folder)).finished();
  for (const log of recordedLogs) t.deepEqual(await linesOf(folder, log), [], log);
});

test('Whoever subscribes to metrics sees the rows that come, and on request those before', async (t) => {
  const bus = await busOf(t);
  const publish = (step: number) =>
    bus.publish(
      'metrics',
      {actor: 'learner', index: 0, timeUnixMs: step, step, objective: 'dpo', values: {loss: step}},
      String(step),
    );
  await publish(1);
  await publish(2);
  const all = firstValueFrom(metricRows$(bus, {sequence: 1}).pipe(take(3), toArray()));
  await publish(3);
  t.deepEqual(
    (await all).map(({values}) => values.loss),
    [1, 2, 3],
  );
});

/** A reading that brings so many entries and then nothing, as one does whose consumer is lost. */
const silentAfter = <T>(
  entries: AsyncIterableIterator<Entry<T>>,
  count: number,
  onSilent = (): void => undefined,
): typeof entries => {
  let taken = 0;
  let isOver = (): void => undefined;
  const over = new Promise<IteratorReturnResult<undefined>>((resolve) => {
    isOver = () => resolve({done: true, value: undefined});
  });
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      if (taken++ < count) return entries.next();
      onSilent();
      return over;
    },
    async return() {
      isOver();
      return (await entries.return?.()) ?? {done: true, value: undefined};
    },
  };
};

test('A reading that falls silent is no end: another one brings the rest', async (t) => {
  const real = await busOf(t);
  const folder = temporaryFolder(t);
  await publishPairs(real, 1, 8);
  const silent = new Set<string>();
  const read: Bus['read'] = (log, from) => {
    const entries = real.read(log, from);
    if (silent.has(log)) return entries;
    silent.add(log);
    return silentAfter(entries, 3);
  };
  const recording = await recordRun({...real, read}, folder, {silenceMs: 1000});
  const {ends, failures} = await recording.finished();
  t.deepEqual(failures, []);
  t.is(ends.pairs, 8);
  t.deepEqual(await sequencesOf(folder, 'pairs'), [1, 2, 3, 4, 5, 6, 7, 8]);
});

test('What the server counts and does not give is said, and taken in by the next recording', async (t) => {
  const real = await busOf(t);
  const folder = temporaryFolder(t);
  await publishPairs(real, 1, 8);
  let readings = 0;
  let isSilent = (): void => undefined;
  const fallenSilent = new Promise<void>((resolve) => {
    isSilent = resolve;
  });
  const read: Bus['read'] = (log, from) => {
    if (log !== 'pairs') return real.read(log, from);
    readings += 1;
    return silentAfter(real.read(log, from), readings === 1 ? 5 : 0, isSilent);
  };
  // Nothing more ever comes, so that it does not matter how short the silence is.
  const recording = await recordRun({...real, read}, folder, {silenceMs: 50});
  await fallenSilent;
  const {ends, failures} = await recording.finished();
  t.is(ends.pairs, 8);
  t.deepEqual(failures, [
    `${join(folder, 'pairs.jsonl')}: holds pairs up to 5 of 8; the server does not give the rest`,
  ]);
  t.true(readings > 2);
  t.deepEqual((await (await recordRun(real, folder)).finished()).failures, []);
  t.deepEqual(await sequencesOf(folder, 'pairs'), [1, 2, 3, 4, 5, 6, 7, 8]);
});

test('A file that has no room on its disk is told while the run goes on, and is the reason at its end', async (t) => {
  const bus = await busOf(t);
  const folder = temporaryFolder(t);
  // Whoever writes there is told that the disk is full.
  await symlink('/dev/full', join(folder, 'pairs.jsonl'));
  const recording = await recordRun(bus, folder);
  const failed = firstValueFrom(recording.failed$);
  await publishPairs(bus, 1, 1);
  const line = await failed;
  t.regex(
    line,
    /pairs\.jsonl: not recorded to its end: \S+: its disk has no room for pairs\.jsonl: \S+ [kMG]B are free; free some, and take the run up again$/,
  );
  t.deepEqual((await recording.finished()).failures, [line]);
});

test('A server that is gone is said for each file, and what came before stays', async (t) => {
  const real = await busOf(t);
  const folder = temporaryFolder(t);
  await publishPairs(real, 1, 2);
  let isGone = false;
  const state: Bus['state'] = async (log) => {
    if (isGone) throw new TerminalError('no server answers');
    return real.state(log);
  };
  const recording = await recordRun({...real, state}, folder);
  isGone = true;
  const {ends, failures} = await recording.finished();
  t.deepEqual(ends, {});
  t.is(failures.length, recordedLogs.length);
  t.true(failures[0]?.endsWith('metrics.jsonl: not recorded to its end: no server answers'));
});
