/** What is said of how far training is. */
import test from 'ava';
import {type Progress, sayProgress} from '../../../runtime/fleet/progress.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';

const atStep = (step: number, crew?: number): Progress => ({
  step,
  steps: 12,
  epoch: 1,
  policyVersion: 0,
  pairSequence: 16 * step,
  pairsTrained: 16 * step,
  phase: 'training',
  backend: 'onnx',
  backendReason: '',
  ...(crew === undefined ? {} : {crew}),
});

test('What a crew that is over says late comes to nothing; each later crew, and a learner alone, is heard', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const said = async () => (await bus.kv.get<Progress>('progress'))?.value;
  for (const [progress, stays] of [
    [atStep(2, 1), atStep(2, 1)],
    [atStep(3, 1), atStep(3, 1)],
    // Back to the newest checkpoint.
    [atStep(0, 2), atStep(0, 2)],
    [atStep(4, 1), atStep(0, 2)],
    [atStep(1, 2), atStep(1, 2)],
    [atStep(5), atStep(5)],
    [atStep(6, 1), atStep(6, 1)],
  ] as const) {
    await sayProgress(bus, progress);
    t.deepEqual(await said(), stays);
  }
});
