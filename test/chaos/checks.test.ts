/** What the chaos script calls wrong, on logs that are made up. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {
  type Checkpoint,
  type MetricRow,
  type PreferencePair,
  PreferenceSource,
} from '../../proto/messages.js';
import type {Progress} from '../../runtime/fleet/progress.js';
import {temporaryFolder} from '../helpers/temporary.js';
import {countsOf, pairsAfterSteps} from './checks.js';
import type {Logs} from './logs.js';
import {inFlightAt, keptIn, neverKept, repeatedOf} from './teacher.js';

const pairOf = (id: number): PreferencePair => ({
  promptId: String(id),
  prompt: '',
  chosen: '',
  rejected: '',
  source: PreferenceSource.PREFERENCE_SOURCE_REVISION,
  policyVersion: 0,
  referenceChosenLogps: -1,
  referenceRejectedLogps: -1,
  promptIds: [4, 1],
  chosenIds: [5],
  rejectedIds: [6],
});
const rowOf = (step: number, pairs: number): MetricRow => ({
  actor: 'learner',
  index: 0,
  timeUnixMs: step,
  step,
  objective: 'dpo',
  values: {loss: 1, pairs},
});
const final: Checkpoint = {
  step: 3,
  policyVersion: 1,
  folder: '',
  weightsSha256: '',
  pairSequence: 5,
  objective: 'dpo',
  objectiveRevision: 1,
  final: true,
  files: [],
  trainingFiles: [],
};
const right: Logs = {
  pairs: [0, 1, 2, 3, 4].map(pairOf),
  rejections: [],
  checkpoints: [final],
  metrics: [rowOf(1, 2), rowOf(2, 4), rowOf(2, 4), rowOf(3, 5)],
  controls: [],
  acknowledgements: [],
};
const progress: Progress = {
  step: 3,
  steps: 3,
  epoch: 2,
  policyVersion: 1,
  pairSequence: 5,
  pairsTrained: 5,
  phase: 'complete',
  backend: 'onnx',
  backendReason: '',
};
const expected = {prompts: 5, epochs: 1, batchSize: 2};

test('Nothing is wrong with a run that trained all its pairs, steps that were taken again included', (t) => {
  t.deepEqual(countsOf(right, progress, expected), {lost: 0, twice: 0, wrong: []});
});

test('A prompt that came to nothing is lost, and one that came to two things counts twice', (t) => {
  const pairs = [0, 1, 2, 2, 4].map(pairOf);
  const {lost, twice, wrong} = countsOf({...right, pairs}, progress, expected);
  t.deepEqual([lost, twice], [1, 1]);
  t.deepEqual(wrong, ['prompts not resolved: 3', 'prompts resolved again: 2']);
});

test('Pairs that no step had are lost, and those that two steps had count twice', (t) => {
  t.is(countsOf(right, {...progress, pairsTrained: 3}, expected).lost, 2);
  t.is(countsOf(right, {...progress, pairsTrained: 7}, expected).twice, 2);
});

test('A step on other pairs than the log’s next ones is wrong, and so is an end that is none', (t) => {
  const {wrong} = countsOf({...right, metrics: [rowOf(1, 2), rowOf(2, 3), rowOf(3, 5)]}, progress, expected);
  t.deepEqual(wrong, ['after step 2, 3 pairs are trained on, not 4']);
  const cut = {...final, final: false, step: 2, pairSequence: 4};
  t.is(countsOf({...right, checkpoints: [cut]}, progress, expected).wrong.length, 3);
});

test('The last batch of each epoch is what is left', (t) => {
  t.deepEqual(pairsAfterSteps(5, 2, 2), [2, 4, 5, 7, 9, 10]);
});

test('A call that is made again was under way at a kill, its answer kept by nobody, or is wrong', (t) => {
  const first = {id: '0', body: 'a', begunMs: 0, endedMs: 100};
  const again = {id: '1', body: 'a', begunMs: 9000, endedMs: 9100, wasKept: false};
  const nothing = {inFlight: 0, other: 0};
  t.deepEqual(repeatedOf([first, {...again, body: 'b'}], [{atMs: 50}]), nothing);
  t.deepEqual(repeatedOf([first, again], [{atMs: 50}]), {...nothing, inFlight: 1});
  t.deepEqual(repeatedOf([{...first, begunMs: 51}, again], [{atMs: 50}]), {...nothing, inFlight: 1});
  // Answered long before, and in a busy caller's hands.
  t.deepEqual(repeatedOf([first, again], [{atMs: 5000}]), {...nothing, inFlight: 1});
  t.deepEqual(repeatedOf([first, {...again, wasKept: true}], [{atMs: 50}]), {...nothing, other: 1});
  t.deepEqual(repeatedOf([first, again], []), {...nothing, other: 1});
  t.deepEqual(repeatedOf([first, again], [{atMs: 9500}]), {...nothing, other: 1});
});

test('In flight is what was asked and is not kept', (t) => {
  const calls = [
    {id: '0', body: 'kept', begunMs: 0, endedMs: 10},
    {id: '1', body: 'in hand', begunMs: 0, endedMs: 4900},
    {id: '2', body: 'open', begunMs: 100},
    {id: '3', body: 'later', begunMs: 6000},
  ];
  t.deepEqual(
    inFlightAt(calls, 5000, new Set(['0'])).map(({body}) => body),
    ['in hand', 'open'],
  );
});

test('An answer that is not kept is wrong, unless a kill may have taken it, or it came again', (t) => {
  const calls = [
    {id: '0', body: 'kept', begunMs: 0, endedMs: 10},
    {id: '1', body: 'not kept', begunMs: 1000, endedMs: 1010},
    {id: '2', body: 'asked twice', begunMs: 1000, endedMs: 1010},
    {id: '3', body: 'asked twice', begunMs: 2000, endedMs: 2010},
  ];
  const kept = new Set(['0', '3']);
  const bodies = (atMs: number) => neverKept(calls, [{atMs}], kept).map(({body}) => body);
  t.deepEqual(bodies(500), ['not kept']);
  t.deepEqual(bodies(1500), []);
});

test('What is kept is known by the request ids in the folder of answers', (t) => {
  const folder = temporaryFolder(t);
  t.deepEqual([...keptIn(join(folder, 'none'))], []);
  mkdirSync(join(folder, 'ab'));
  writeFileSync(join(folder, 'ab/cd.json'), JSON.stringify({kind: 'answer', requestId: '7'}));
  writeFileSync(join(folder, 'ab/cd.json.draft'), '{');
  t.deepEqual([...keptIn(folder)], ['7']);
});
