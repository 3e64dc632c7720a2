/** The learner against 12 steps of TRL's DPOTrainer from the same weights, on the same pairs, for every loss of TRL's. */
import test from 'ava';
import {presentExecutors} from '../../helpers/executors.js';
import {followTrajectory, goldenLossTypes, loraTrajectory, trajectories} from '../../helpers/trajectory.js';

for (const backend of presentExecutors()) {
  for (const trajectory of trajectories) {
    const {objective, lossType} = trajectory;
    test.serial(`${objective} on ${backend}: twelve steps go as with TRL’s ${lossType}`, async (t) => {
      await followTrajectory(t, backend, trajectory);
    });
  }

  test.serial(`apo_zero with LoRA on ${backend}: twelve steps go as with TRL’s and PEFT’s`, async (t) => {
    await followTrajectory(t, backend, loraTrajectory);
  });
}

test('every loss of TRL’s that the goldens have is followed', async (t) => {
  t.deepEqual(trajectories.map(({lossType}) => lossType).toSorted(), (await goldenLossTypes()).toSorted());
});
