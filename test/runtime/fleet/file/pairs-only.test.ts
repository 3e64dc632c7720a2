/** A fleet.yaml as `anchorage data make` reads it. */
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {readFleet} from '../../../../runtime/fleet/file/load.js';
import {hasLearner} from '../../../../runtime/fleet/file/pairs-only.js';
import {loadFleet} from '../../../../runtime/fleet/file/started.js';
import {actorCounts, actorsIn} from '../../../../runtime/fleet/fleet-actors.js';
import {scaled} from '../../../../runtime/fleet/scale.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {temporaryFile, temporaryFolder} from '../../../helpers/temporary.js';

const demo = join(packageRoot, 'runtime/fleet/demo.yaml');
const bare = `prompts: {demo: true, count: 64}
maxOutstandingPrompts: 2
policy: {model: demo, format: plain}
endpoints: {teacher: {demo: true}}
actors:
  reviser: {endpoint: teacher, model: reviser}
`;

test('Objective and training may be left out; a fleet has all actors but those that work on checkpoints', async (t) => {
  const fleet = await readFleet(temporaryFile(t, 'fleet.yaml', bare), [], 'pairs');
  t.false(hasLearner(fleet));
  t.deepEqual(actorsIn(fleet), ['sampler', 'reviser', 'filter', 'reference']);
  t.deepEqual(
    actorCounts(fleet).map(({name}) => name),
    ['sampler', 'reviser', 'filter', 'reference'],
  );
  await t.throwsAsync(readFleet(temporaryFile(t, 'fleet.yaml', bare)), {message: /objective: missing/});
});

test('Fleets that differ in their training alone make the same pairs, and are the same fleet', async (t) => {
  const plain = await readFleet(demo, [], 'pairs');
  const sets = ['objective.name=dpo', 'training.steps=3', 'maxStaleness=1', 'actors.learner.threads=1'];
  t.deepEqual(await readFleet(demo, sets, 'pairs'), plain);
  t.is(plain.evaluation, undefined);
  t.is((await readFleet(demo, ['training.maxPairs=9'], 'pairs')).training.maxPairs, 9);
  // Besides those that a run of it would hold back.
  const heldOut = 'evaluation={suite: heldout, holdOut: 3}';
  t.is((await readFleet(demo, ['training.maxPairs=9', heldOut], 'pairs')).training.maxPairs, 12);
});

test('What is wrong with training is said, though it is not used', async (t) => {
  const sets = ['training.stepz=3'];
  await t.throwsAsync(readFleet(demo, sets, 'pairs'), {message: /training\.stepz: unknown key/});
});

test('Actors load such a fleet, and it cannot be given a learner; one that trains keeps its own', async (t) => {
  const fleet = await readFleet(demo, [], 'pairs');
  const file = join(temporaryFolder(t), 'fleet-started.json');
  writeFileSync(file, JSON.stringify(fleet));
  t.deepEqual(await loadFleet(file), JSON.parse(readFileSync(file, 'utf8')));
  t.throws(() => scaled(fleet, {learner: 1}), {message: /this run makes pairs, and trains nobody/});
  const trained = await readFleet(demo);
  t.throws(() => scaled(trained, {learner: 0}), {message: /a run that trains keeps 1 at least/});
});
