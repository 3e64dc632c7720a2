import test from 'ava';
import {deviceOf} from '../../../runtime/fleet/fleet-actors.js';

test('Learner shards share out the GPUs that are visible, in turn', (t) => {
  const own = [0, 1, 2].map((index) => deviceOf('learner', index, '4, 7'));
  t.deepEqual(
    own.map(({CUDA_VISIBLE_DEVICES}) => CUDA_VISIBLE_DEVICES),
    ['4', '7', '4'],
  );
});

test('With one GPU or none said, and for other actors, nothing is changed', (t) => {
  for (const devices of [undefined, '', '0']) t.deepEqual(deviceOf('learner', 1, devices), {});
  t.deepEqual(deviceOf('sampler', 1, '0,1'), {});
});
