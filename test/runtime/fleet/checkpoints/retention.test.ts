import {existsSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {publishCheckpoint} from '../../../../runtime/fleet/checkpoints/checkpoints.js';
import {contentsOf} from '../../../../runtime/fleet/checkpoints/content.js';
import {forgetTravelled, keptOf, retention} from '../../../../runtime/fleet/checkpoints/retention.js';
import {readFleet} from '../../../../runtime/fleet/file/load.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

/** Checkpoints of versions from 0, ten steps apart. */
const checkpoints = (count: number) =>
  Array.from({length: count}, (_, policyVersion) => ({
    step: 10 * policyVersion,
    policyVersion,
    final: false,
  }));
/** Of the first versions; the others have none yet. */
const scores = (...values: number[]) => ({
  ranked: values.map((worth, policyVersion) => ({worth, policyVersion, margin: undefined})),
  isOwed: (version: number) => version >= values.length,
});
const versions = (kept: readonly {policyVersion: number}[]) => kept.map(({policyVersion}) => policyVersion);
const keep = {last: 1, best: 0};

test('The newest stay, with the policy before training and what can be gone on from', (t) => {
  const scored = scores(0, 0, 0, 0, 0, 0, 0, 0);
  t.deepEqual(versions(keptOf(checkpoints(8), scored, keep)), [0, 6, 7]);
  t.deepEqual(versions(keptOf(checkpoints(8), scored, {...keep, last: 4})), [0, 4, 5, 6, 7]);
  t.deepEqual(versions(keptOf(checkpoints(2), scored, {...keep, last: 4})), [0, 1]);
});

test('The last, which is on the log once more at the end, counts as one of the newest', (t) => {
  const all = checkpoints(8);
  const twice = [...all, {step: 70, policyVersion: 7, final: true}];
  const scored = scores(0, 0, 0, 0, 0, 0, 0, 0);
  t.deepEqual(versions(keptOf(twice, scored, {...keep, last: 3})), [0, 5, 6, 7, 7]);
});

test('The best stay by their score, the earlier of two that are equal', (t) => {
  const scored = scores(0.1, 0.5, 0.9, 0.9, 0.2, 0.5, 0, 0);
  t.deepEqual(versions(keptOf(checkpoints(8), scored, {...keep, best: 1})), [0, 2, 6, 7]);
  t.deepEqual(versions(keptOf(checkpoints(8), scored, {...keep, best: 3})), [0, 1, 2, 3, 6, 7]);
});

test('Every Nth stays', (t) => {
  const scored = scores(0, 0, 0, 0, 0, 0, 0, 0);
  t.deepEqual(versions(keptOf(checkpoints(8), scored, {...keep, every: 3})), [0, 3, 6, 7]);
});

test('What has no score yet stays, however old', (t) => {
  t.deepEqual(versions(keptOf(checkpoints(8), scores(0, 0, 0), keep)), [0, 3, 4, 5, 6, 7]);
});

test('Where no score is to come, none is waited for', (t) => {
  t.deepEqual(versions(keptOf(checkpoints(8), undefined, {...keep, best: 1})), [0, 6, 7]);
});

test('A step that was published twice counts as one of those that are gone on from', (t) => {
  const twice = [...checkpoints(4), {step: 30, policyVersion: 4, final: true}];
  t.deepEqual(versions(keptOf(twice, scores(0, 0, 0, 0, 0), keep)), [0, 2, 3, 4]);
});

test('What does not stay is gone from the folder and from the bus, but for files that others name too', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const place = {bus, runFolder: temporaryFolder(t), warn: (line: string) => t.fail(line)};
  const {training, evaluation, seed} = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'));
  const fleet = {training: {...training, keep}, evaluation, seed};
  const weights: string[] = [];
  let shared = '';
  const score = (step: number) => {
    const weightsSha256 = weights[step - 1] ?? '';
    const scored = {
      step,
      policyVersion: step,
      suite: 'arithmetic',
      score: 0,
      items: 1,
      seconds: 0,
      weightsSha256,
    };
    return bus.publish('scores', scored, String(step));
  };
  const restore = async () => undefined;
  const publish = async (step: number) => {
    const folder = `checkpoints/step-${step}`;
    const path = join(place.runFolder, folder);
    mkdirSync(path, {recursive: true});
    writeFileSync(join(path, 'model.safetensors'), `weights ${step}`);
    writeFileSync(join(path, 'tokenizer.json'), 'the same');
    const files = await contentsOf(path, ['model.safetensors', 'tokenizer.json']);
    const [weightsSha256 = '', tokenizerSha256 = ''] = files.map(({sha256}) => sha256);
    weights.push(weightsSha256);
    shared = tokenizerSha256;
    const stamp = {
      step,
      policyVersion: step,
      pairSequence: 0,
      objective: 'dpo',
      objectiveRevision: 1,
      final: false,
    };
    const checkpoint = {...stamp, folder, weightsSha256, files, trainingFiles: []};
    await publishCheckpoint(place, fleet, checkpoint, {after: step - 1, learner: 'learner', restore});
    if (step !== 2) await score(step);
  };
  for (let step = 1; step <= 4; step++) await publish(step);
  const there = async () => {
    const steps = weights.map((_, index) => index + 1);
    const folders = steps.filter((step) => existsSync(join(place.runFolder, `checkpoints/step-${step}`)));
    const onBus = await Promise.all(weights.map((sha256) => bus.blobs.has(sha256)));
    return {folders, onBus: steps.filter((_, index) => onBus[index])};
  };
  await retention(place, {training, evaluation, seed})();
  t.deepEqual(await there(), {folders: [1, 2, 3, 4], onBus: [1, 2, 3, 4]});
  const retain = retention(place, fleet);
  await retain();
  t.deepEqual(await there(), {folders: [2, 3, 4], onBus: [2, 3, 4]});
  t.true(await bus.blobs.has(shared));
  // The next time it reads on: what has its score now, and what a newer one supersedes, are gone too.
  await score(2);
  await publish(5);
  await retain();
  t.deepEqual(await there(), {folders: [4, 5], onBus: [4, 5]});
  t.true(await bus.blobs.has(shared));
  // At the end nothing travels any more, but for what this folder has not: that may be another machine's only copy.
  rmSync(join(place.runFolder, 'checkpoints/step-4'), {recursive: true});
  await forgetTravelled(place);
  t.deepEqual(await there(), {folders: [5], onBus: [4]});
});
