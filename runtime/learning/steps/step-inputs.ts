/** What a step depends on besides the weights and the batch's tokens, and the numbers that its programs get of it. */

import {scalarsOf} from '../objectives/objectives.js';
import type {Optimizer} from '../optimizers/optimizer.js';
import type {TrainingPair} from '../pair.js';
import type {ObjectiveScalars} from './losses.js';

export interface StepOptions {
  readonly beta: number;
  readonly learningRate: number;
  /** The objective's settings by name, such as `label_smoothing`; what is left out has its default. */
  readonly settings?: Readonly<Record<string, number>>;
  /** Of AdamW; 0 unless given. */
  readonly weightDecay?: number;
}

/** The numbers of one step. */
export interface StepInputs {
  readonly objective: ObjectiveScalars;
  readonly optimizer: Readonly<Record<string, number>>;
  readonly stepsDone: number;
}

/** @param expression the objective's, whose settings are read. */
export const stepInputs = (
  pairs: readonly TrainingPair[],
  options: StepOptions,
  {expression, optimizer, stepsDone}: {expression: string; optimizer: Optimizer; stepsDone: number},
): StepInputs => ({
  objective: {
    beta: options.beta,
    totalPairs: pairs.length,
    totalChosenTokens: pairs.reduce((total, {chosenIds}) => total + chosenIds.length, 0),
    settings: scalarsOf(expression, options.settings),
  },
  optimizer: optimizer.scalars({...options, stepsDone}),
  stepsDone,
});
