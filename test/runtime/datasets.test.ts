import test from 'ava';
import {PreferenceSource} from '../../proto/messages.js';
import {channels} from '../../runtime/bus/channels/subjects.js';
import {datasetOf, datasets, deciders} from '../../runtime/datasets.js';

for (const [name, {queue, decider, source, sampled, answers}] of Object.entries(datasets)) {
  test(`What is sampled for ${name} goes to the queue that its decider reads`, (t) => {
    t.true(channels[queue].producers.includes('sampler'));
    t.deepEqual(channels[queue].consumers, [decider]);
    t.true(deciders.includes(decider));
  });

  test(`A pair of ${name} is told by its source, and has as many sides sampled as it has answers`, (t) => {
    t.is(datasetOf(source), datasets[name as keyof typeof datasets]);
    t.deepEqual(sampled, answers === 1 ? ['rejected'] : ['chosen', 'rejected']);
  });
}

test('Every source that a pair may name is a dataset’s, and no source is two datasets’', (t) => {
  const sources = Object.values(datasets).map(({source}) => source);
  const said = Object.values(PreferenceSource).filter(
    (source) => typeof source === 'number' && source !== PreferenceSource.PREFERENCE_SOURCE_UNSPECIFIED,
  );
  t.deepEqual(sources.toSorted(), said.toSorted());
});
