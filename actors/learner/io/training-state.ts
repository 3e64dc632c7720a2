/** What a learner must remember beside the weights to go on as if it had never stopped. */
import * as z from 'zod';
import {TerminalError} from '../../../runtime/errors.js';

const trainingState = z.strictObject({
  /** Optimizer steps taken. */
  step: z.int().nonnegative(),
  policyVersion: z.int().nonnegative(),
  /** The next pair is number `index` (from 0) of epoch `epoch` (from 1). */
  position: z.strictObject({epoch: z.int().positive(), index: z.int().nonnegative()}),
  /** Every pair of the log up to this sequence is in the weights, or was too stale for them. */
  pairSequence: z.int().nonnegative(),
  /** Pairs trained on, repeats counted. */
  pairsTrained: z.int().nonnegative(),
});

/** What a state was reached with: written down for whoever takes the run up, or asks how it came about. */
const setting = z.strictObject({
  /** Orders the later epochs, and all else that is drawn by chance. */
  seed: z.int().nonnegative(),
  objective: z.looseObject({revision: z.int(), name: z.string(), beta: z.number(), learningRate: z.number()}),
  /** The learning rate's; where in it training stands is the step. */
  schedule: z.strictObject({peak: z.number(), warmupSteps: z.int(), totalSteps: z.int()}),
});
const stateFile = z.strictObject({state: trainingState, setting});

export type TrainingState = z.infer<typeof trainingState>;

export const initialState: TrainingState = {
  step: 0,
  policyVersion: 0,
  position: {epoch: 1, index: 0},
  pairSequence: 0,
  pairsTrained: 0,
};

/** The text of a state's file. */
export const formatState = (state: TrainingState, setting: z.infer<typeof stateFile>['setting']): string =>
  `${JSON.stringify({state, setting}, undefined, 2)}\n`;

/** @throws TerminalError naming the file, where it holds no state of ours. */
export const parseState = (text: string, file: string): TrainingState => {
  try {
    return stateFile.parse(JSON.parse(text)).state;
  } catch (cause) {
    throw new TerminalError(
      `${file}: not a training state of this version; start a new run with another --run`,
      {cause},
    );
  }
};

/** Where a step's files are, relative to the run's folder: the Hugging Face folder, and what only the learner reads. */
export const filesOf = (step: number): {checkpoint: string; optimizer: string; state: string} => {
  const name = `step-${String(step).padStart(6, '0')}`;
  return {
    checkpoint: `checkpoints/${name}`,
    optimizer: `training/${name}.safetensors`,
    state: `training/${name}.json`,
  };
};
