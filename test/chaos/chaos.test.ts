/** The short form of `npm run chaos`: a few runs in which everything is killed at moments that the seed gives. */
import test from 'ava';
import {type Plan, planOf, roles} from './plan.js';
import {runTrial} from './trial.js';

const PROMPTS = 80;
const plans = [1, 6].map((seed) => planOf({seed, prompts: PROMPTS}));

const whatOf = ({dataset, shards, epochs, kills}: Plan): string =>
  `${dataset}, ${shards} shard(s), ${epochs} epoch(s), ${kills.map(({victims}) => victims.join(' with ')).join(', ')}`;

for (const plan of plans) {
  test.serial(`Whoever is killed, the run comes to what it had come to: ${whatOf(plan)}`, async (t) => {
    const {wrong, kept, lost, twice, equal, kills} = await runTrial(plan);
    t.deepEqual(wrong, [], kept.join(' '));
    t.like({lost, twice, equal}, {lost: 0, twice: 0, equal: true});
    t.true(kills.length > 0);
  });
}

test('A seed gives the same moments again, another seed gives others, and every role is killed in some', (t) => {
  t.deepEqual(planOf({seed: 7}), planOf({seed: 7}));
  t.notDeepEqual(planOf({seed: 7}), planOf({seed: 8}));
  const many = Array.from({length: 30}, (_, seed) => planOf({seed}));
  const victims = new Set(many.flatMap(({kills}) => kills.flatMap((each) => each.victims)));
  t.deepEqual([...victims].toSorted(), roles.toSorted());
});

test('Kills of one role alone are kills of that role, in a run that has it', (t) => {
  for (const only of roles) {
    const {dataset, kills} = planOf({seed: 3, only});
    t.deepEqual([...new Set(kills.flatMap(({victims}) => victims))], [only]);
    if (only === 'judge') t.is(dataset, 'judge_on_policy');
    if (only === 'reviser') t.is(dataset, 'clair');
    if (only === 'answerer') t.is(dataset, 'stronger_preferred');
  }
});
