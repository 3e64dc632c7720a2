/** Optimizer name → optimizer. */
import {adamw} from './adamw.js';
import type {Optimizer} from './optimizer.js';
import {rmsprop} from './rmsprop.js';
import {sgd} from './sgd.js';

export const optimizers = {rmsprop, adamw, sgd} as const satisfies Record<string, Optimizer>;

export type OptimizerName = keyof typeof optimizers;
export const optimizerNames = Object.keys(optimizers) as [OptimizerName, ...OptimizerName[]];
