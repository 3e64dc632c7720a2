/** Who takes part in a fleet. */
import {type ActorName, actorNames} from '../../runtime/actors.js';
import {type DatasetName, datasets, deciders} from '../../runtime/datasets.js';

/** The actors of a fleet of one recipe: all but those that decide in others. */
export const actorsOf = (dataset: DatasetName): ActorName[] => {
  const idle = new Set<ActorName>(deciders.filter((decider) => decider !== datasets[dataset].decider));
  return actorNames.filter((name) => !idle.has(name));
};
