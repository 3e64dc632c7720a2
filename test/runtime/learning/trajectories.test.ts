/** The learner against 12 steps of TRL's DPOTrainer from the same weights, on the same pairs, for every loss of TRL's. */
import test from 'ava';
import {followTrajectory, goldenLossTypes, loraTrajectory, trajectories} from '../../helpers/trajectory.js';

for (const trajectory of trajectories) {
  const {objective, lossType} = trajectory;
  test.serial(`${objective}: twelve steps go as with TRL’s ${lossType}`, async (t) => {
    await followTrajectory(t, 'onnx', trajectory);
  });
}

test.serial('apo_zero with LoRA: twelve steps go as with TRL’s and PEFT’s', async (t) => {
  await followTrajectory(t, 'onnx', loraTrajectory);
});

test('every loss of TRL’s that the goldens have is followed', async (t) => {
  t.deepEqual(trajectories.map(({lossType}) => lossType).toSorted(), (await goldenLossTypes()).toSorted());
});
