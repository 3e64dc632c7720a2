import test from 'ava';
import {adapterName, isAdapterOf} from '../../../actors/sampler/adapter-name.js';

const weightsSha256 = `1a2b3c4d${'0'.repeat(56)}`;

test('An adapter is called by its run, its version and its weights', (t) => {
  t.is(adapterName('first', {policyVersion: 50, weightsSha256}), 'anchorage-first-v000050-1a2b3c4d');
  t.is(adapterName('first', {policyVersion: 1234567, weightsSha256}), 'anchorage-first-v1234567-1a2b3c4d');
});

test('A run knows its own, and neither a model nor another run’s', (t) => {
  t.true(isAdapterOf('first', adapterName('first', {policyVersion: 1, weightsSha256})));
  t.true(isAdapterOf('first', adapterName('first', {policyVersion: 1234567, weightsSha256})));
  for (const name of [
    'first',
    'anchorage-first-v000050',
    'anchorage-first-2-v000050-1a2b3c4d',
    'anchorage-firs-v000050-1a2b3c4d',
    'anchorage-first-v000050-1a2b3c4d/..',
    '../anchorage-first-v000050-1a2b3c4d',
  ])
    t.false(isAdapterOf('first', name), name);
});
