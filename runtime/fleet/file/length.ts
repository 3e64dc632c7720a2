/** How long a run is: what its steps follow from where the fleet does not say them. */
import {holdOutOf} from './held-out.js';
import type {Fleet} from './schema.js';

type Sized = Pick<Fleet, 'training' | 'prompts' | 'evaluation'>;

/** Pairs to train on in an epoch, at most; undefined where neither `training.maxPairs` nor `prompts.count` bounds them. */
export const mostPairs = (fleet: Sized): number | undefined => {
  const {training, prompts} = fleet;
  const prompted = prompts.count === undefined ? undefined : Math.max(0, prompts.count - holdOutOf(fleet));
  const bounds = [training.maxPairs, prompted].filter((bound) => bound !== undefined);
  return bounds.length === 0 ? undefined : Math.min(...bounds);
};

/**
 * The steps that so many pairs fill, each in one batch an epoch. Fewer are taken where prompts are rejected: the learning
 * rate then ends above 0.
 */
export const mostSteps = (fleet: Sized): number | undefined => {
  const pairs = mostPairs(fleet);
  const {batchSize, epochs} = fleet.training;
  return pairs === undefined ? undefined : Math.ceil(pairs / batchSize) * epochs;
};

/** The fleet with its steps worked out where they were left out and something bounds them; else they stay 0. */
export const withSteps = (fleet: Fleet): Fleet => {
  const {training} = fleet;
  return training.steps > 0 ? fleet : {...fleet, training: {...training, steps: mostSteps(fleet) ?? 0}};
};
