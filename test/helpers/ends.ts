/** Ends of prompts, as a run's logs would have them: so many pairs, and then so many rejections of each reason. */
import {createEndCounter, type EndCounter, type RejectionCounts} from '../../runtime/metrics/ends.js';

export const endsOf = (pairs: number, rejections: RejectionCounts = {}, holdOut = 0): EndCounter => {
  const ends = createEndCounter(holdOut);
  let id = 0;
  for (; id < pairs; id += 1) (id < holdOut ? ends.heldOutPair : ends.pair)(String(id));
  for (const [word, count] of Object.entries(rejections))
    for (let left = count; left > 0; left -= 1, id += 1) ends.rejection({promptId: String(id), word}, id);
  return ends;
};
