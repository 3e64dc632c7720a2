/** The suites of a run's fleet, with the run's judges, its held-out pairs, and its checkpoints. */
import type {ActorContext} from '../../../runtime/actor/context.js';
import {openJudges} from '../../../runtime/fleet/asking/open-judges.js';
import {withFirstPolicy} from '../../../runtime/fleet/checkpoints/policy.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {type OpenedEvaluation, openSuites, readSuites} from '../../../runtime/fleet/scoring/suites.js';
import {loadCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import {usableHeldOut} from './held-out.js';
import {openTestedPolicy, type TestedPolicy} from './tested-policy.js';

export interface Scorers {
  readonly policy: TestedPolicy;
  readonly suites: readonly OpenedEvaluation[];
}

/**
 * Reads what the suites ask, waits for the pairs that are held back, and opens the policy and the judges.
 *
 * @param fleetNow as it is steered to be.
 */
export const openScorers = async (context: ActorContext<Fleet>, fleetNow: () => Fleet): Promise<Scorers> => {
  const {fleet} = context;
  const judges = await openJudges(context, fleetNow);
  const suites = await readSuites(fleet);
  const model = await withFirstPolicy(context, fleet, loadCheckpoint);
  const pairs = suites.some(({kind}) => kind === 'pairs')
    ? await usableHeldOut(context, model.config.vocabSize)
    : [];
  return openSuites(context, model, {
    suites,
    judges,
    pairs,
    load: (needs) => openTestedPolicy(context, model, needs),
  });
};
