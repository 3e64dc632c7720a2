/** What fleet.yaml may say of what is trained by, and of the advice on it. */
import * as z from 'zod';
import {messageOf} from '../../errors.js';
import {settingComplaints} from '../../learning/objectives/objectives.js';
import {learningRateComplaint} from '../../learning/schedule.js';

const positive = z.number().positive();

const learningRate = positive.superRefine((value, {addIssue}) => {
  const message = learningRateComplaint(value);
  if (message !== undefined) addIssue({code: 'custom', message});
});

export const objective = z
  .strictObject({
    /** A name, or a weighted sum such as apo_zero+0.1*sft; or `auto`: of apo_zero and apo_down the one that is advised at the checkpoints. */
    name: z.string().min(1),
    beta: positive.default(0.1),
    learningRate,
    /** What the objective has beside β, such as label_smoothing; what is left out has its default. */
    settings: z.record(z.string(), z.number()).default({}),
  })
  .superRefine(({name, settings}, {addIssue}) => {
    const complain = (path: string[], message: string) => addIssue({code: 'custom', path, message});
    try {
      // The two that it stands for have none.
      for (const {setting, message} of settingComplaints(name === 'auto' ? 'apo_zero' : name, settings))
        complain(['settings', setting], message);
    } catch (error) {
      complain(['name'], messageOf(error));
    }
  });

export const anchor = z.strictObject({
  /**
   * Chosen answers that `actors.judge` compares with fresh ones of each checkpoint's policy. Unless given, 20 under
   * `objective.name: auto` where no recipe tells or the judge does nothing else, and 0 otherwise.
   */
  comparisons: z.int().nonnegative().max(128).optional(),
});
