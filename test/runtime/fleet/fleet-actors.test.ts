import test from 'ava';
import {fleetSchema} from '../../../runtime/fleet/file/schema.js';
import {deviceOf, queueRoomOf} from '../../../runtime/fleet/fleet-actors.js';
import {fleetOf} from '../../helpers/actor-process.js';

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

test('Queues have room for twice what their readers take, however many there are and wherever the policy is', (t) => {
  const url = {baseUrl: 'http://127.0.0.1:1/v1'};
  const roomOf = (sampler: object, reviser: object) =>
    queueRoomOf(
      fleetSchema.parse(
        fleetOf({
          endpoints: {teacher: url, policy: url},
          actors: {sampler, reviser: {endpoint: 'teacher', model: 'm', ...reviser}},
        }),
      ),
    );
  t.is(roomOf({batchSize: 128}, {concurrency: 32}), 512);
  t.is(roomOf({batchSize: 128, count: 2}, {concurrency: 32}), 1024);
  t.is(roomOf({batchSize: 8}, {concurrency: 64, count: 3}), 768);
  t.is(roomOf({endpoint: 'policy', model: 'p', concurrency: 100}, {concurrency: 4}), 400);
});
