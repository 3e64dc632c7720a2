import test from 'ava';
import {PreferenceSource} from '../../proto/messages.js';
import {channels} from '../../runtime/bus/channels/subjects.js';
import {
  type DatasetName,
  datasetOf,
  datasets,
  deciders,
  recipeFor,
  recipesOf,
} from '../../runtime/datasets.js';

for (const [name, {queue, decider, source}] of Object.entries(datasets)) {
  test(`What is sampled for ${name} goes to the queue that its decider reads`, (t) => {
    t.true(channels[queue].producers.includes('sampler'));
    t.deepEqual<readonly string[], readonly string[]>(channels[queue].consumers, [decider]);
    t.true(deciders.includes(decider));
  });

  test(`A pair of ${name} is told by its source`, (t) => {
    t.is(datasetOf(source), datasets[name as DatasetName]);
  });
}

test('Every source that a pair may name is a dataset’s, and no source is two datasets’', (t) => {
  const sources = Object.values(datasets).map(({source}) => source);
  const said = Object.values(PreferenceSource).filter(
    (source) => typeof source === 'number' && source !== PreferenceSource.PREFERENCE_SOURCE_UNSPECIFIED,
  );
  t.deepEqual(sources.toSorted(), said.toSorted());
});

test('No two recipes of one run share a queue, so that a message of it tells its recipe', (t) => {
  const queues = Object.values(datasets).map(({queue}) => queue);
  t.is(new Set(queues).size, queues.length);
});

test('A fleet of one dataset makes all pairs by it, and one of several by their weights', (t) => {
  const one = {dataset: 'clair', seed: 0} as const;
  t.deepEqual(
    recipesOf(one).map(({name, answers, weight}) => [name, answers, weight]),
    [['clair', 1, 1]],
  );
  const fleet = {
    ...one,
    datasets: [
      {dataset: 'clair', weight: 3, rejected: 'worst', by: 'judge'},
      {dataset: 'best_of_n', weight: 1, answers: 6, rejected: 'next', by: 'judge'},
    ],
  } as const;
  const names = Array.from({length: 4000}, (_, id) => recipeFor(fleet, String(id)).name);
  // Five standard deviations of 4000 draws of three in four are 0.034.
  t.true(Math.abs(names.filter((name) => name === 'clair').length / 4000 - 0.75) < 0.034);
  t.deepEqual(
    names,
    Array.from({length: 4000}, (_, id) => recipeFor(fleet, String(id)).name),
  );
  t.like(recipesOf(fleet)[1], {name: 'best_of_n', answers: 6, rejected: 'next', queue: 'answer_sets'});
});

test('recorded answers are ranked by the judge, or by their scores without anybody', (t) => {
  const recipe = (by: 'judge' | 'scores') =>
    recipesOf({
      dataset: 'clair',
      datasets: [{dataset: 'judge_off_policy', weight: 1, rejected: 'worst', by}],
    })[0];
  t.like(recipe('judge'), {answers: 0, decider: 'judge'});
  t.like(recipe('scores'), {answers: 0, decider: 'sampler'});
});
