import test from 'ava';
import {adapterName, draftPattern} from '../../../../runtime/fleet/policy-endpoint/adapter-name.js';

const weightsSha256 = `1a2b3c4d${'0'.repeat(56)}`;

test('An adapter is called by its run, its version and its weights', (t) => {
  t.is(adapterName({run: 'first'}, {policyVersion: 50, weightsSha256}), 'anchorage-first-v000050-1a2b3c4d');
  t.is(
    adapterName({run: 'first'}, {policyVersion: 1234567, weightsSha256}),
    'anchorage-first-v1234567-1a2b3c4d',
  );
});

test('No run’s sampler calls an adapter as another run’s evaluator does', (t) => {
  const of = {policyVersion: 50, weightsSha256};
  const name = adapterName({run: 'first', process: 'evaluator-0'}, of);
  t.is(name, 'anchorage-first-v000050-1a2b3c4d-evaluator-0');
  t.not(adapterName({run: name.slice('anchorage-'.length)}, of), name);
  t.not(adapterName({run: 'first-evaluator-0'}, of), name);
  t.true(draftPattern({run: 'first', process: 'evaluator-0'}).test(`.${name}.7.partial`));
  t.false(draftPattern({run: 'first'}).test(`.${name}.7.partial`));
  t.false(draftPattern({run: 'first', process: 'evaluator-1'}).test(`.${name}.7.partial`));
});
