/** `anchorage up --serial`: more prompts than a queue holds otherwise, through one stage after the other. */
import test from 'ava';
import {
  batchSizes,
  type FleetFolder,
  fullBatches,
  openFleetFolder,
  overrides,
  RUN,
  stepRows,
  UNSCORED,
} from '../helpers/fleet-folder.js';

const PROMPTS = 320;
const sets = [`training.maxPairs=${PROMPTS}`, `training.steps=${PROMPTS / 16}`, 'training.warmupSteps=0'];

let folder: FleetFolder;
test.before(() => {
  folder = openFleetFolder({isScored: false});
});
test.after.always(() => folder?.remove());

test.serial('Each stage begins when the one before is over, and every pair is trained on once', async (t) => {
  const args = ['up', UNSCORED, '--serial', '--run', RUN, ...overrides(sets)];
  const {code, stderr, stdout} = await (await folder.anchorage(args)).ended;
  t.deepEqual({code, stderr}, {code: 0, stderr: ''});
  t.regex(stdout, /the first step was taken after 320 of them \(100\.0 %\)/);
  t.is(folder.lines('pairs').length + folder.lines('rejections').length, PROMPTS);
  t.deepEqual(batchSizes(stepRows(folder)), fullBatches(folder.lines('pairs').length));
  // Heartbeats: of two stages, the earlier one's are over before the later one's work begins.
  const rows = folder.lines('metrics');
  const worked = (actor: string, activity: string) =>
    rows.filter((row) => row.actor === actor && Number(row[`seconds/${activity}`] ?? 0) > 0);
  const sampled = Math.max(...worked('sampler', 'sampling').map(({sequence}) => Number(sequence)));
  const revised = worked('reviser', 'revising').map(({sequence}) => Number(sequence));
  const referenced = worked('reference', 'referencing').map(({sequence}) => Number(sequence));
  const trained = worked('learner', 'training').map(({sequence}) => Number(sequence));
  t.true(sampled < Math.min(...revised));
  t.true(Math.max(...revised) < Math.min(...referenced));
  t.true(Math.max(...referenced) < Math.min(...trained));
});

test.serial('Stages are nothing that --no-actors or a bound on staleness can have', async (t) => {
  const refused = async (...args: string[]) => {
    const {code, stderr} = await (await folder.anchorage(['up', '--serial', ...args])).ended;
    return `${code}: ${stderr}`;
  };
  t.regex(await refused('--no-actors'), /^1: --serial starts and ends the actors itself/);
  t.regex(
    await refused('--set', 'maxStaleness=2'),
    /^1: --serial answers every prompt with the first policy/,
  );
});
