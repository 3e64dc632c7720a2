/** Into how many parts a run's batches are cut, and so how many learner shards can have work. */
import type {Fleet} from './schema.js';

/** The same for the whole run: the weights depend on it, and not on who takes part. */
export const partsOf = ({training, actors}: Pick<Fleet, 'training' | 'actors'>): number =>
  training.parts ?? actors.learner.count;
