import test from 'ava';
import {adapterName} from '../../../../runtime/fleet/policy-endpoint/adapter-name.js';

const weightsSha256 = `1a2b3c4d${'0'.repeat(56)}`;

test('An adapter is called by its run, its version and its weights', (t) => {
  t.is(adapterName({run: 'first'}, {policyVersion: 50, weightsSha256}), 'anchorage-first-v000050-1a2b3c4d');
  t.is(adapterName({run: 'first'}, {policyVersion: 1234567, weightsSha256}), 'anchorage-first-v1234567-1a2b3c4d');
});
