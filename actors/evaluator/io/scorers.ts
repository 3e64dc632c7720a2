/** The suites of a run's fleet, with the run's judges, its held-out pairs, and its checkpoints. */
import type {ActorContext} from '../../../runtime/actor/context.js';
import {openAccount} from '../../../runtime/fleet/asking/open-asking.js';
import {openJudges} from '../../../runtime/fleet/asking/open-judges.js';
import {withFirstPolicy} from '../../../runtime/fleet/checkpoints/policy.js';
import {evaluationsOf} from '../../../runtime/fleet/file/evaluations.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {evaluatorAsks} from '../../../runtime/fleet/fleet-actors.js';
import {type OpenedEvaluation, openSuites, readSuites} from '../../../runtime/fleet/scoring/suites.js';
import {readModelConfig} from '../../../runtime/model/files/config.js';
import {loadCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import {loadTokenizer} from '../../../runtime/model/text/tokenizer.js';
import {openAskedPolicy} from './asked-policy.js';
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
  const asks = evaluatorAsks(fleet);
  const isJudged = evaluationsOf(fleet).some(({judge}) => judge !== undefined);
  // One account for all that this process asks.
  const ledger =
    asks !== undefined || isJudged ? await openAccount(context, 'evaluator', fleetNow) : undefined;
  const judges = await openJudges(context, ledger);
  const suites = await readSuites(fleet);
  // Where a server answers and nothing is measured, nobody needs the weights here.
  const isComputed = asks === undefined || suites.some(({kind}) => kind !== 'answers');
  const model = isComputed ? await withFirstPolicy(context, fleet, loadCheckpoint) : undefined;
  const words =
    model ??
    (await withFirstPolicy(context, fleet, async (folder) => ({
      tokenizer: await loadTokenizer(folder),
      config: await readModelConfig(folder),
    })));
  const asked =
    asks === undefined || ledger === undefined
      ? undefined
      : await openAskedPolicy(context, asks, ledger, words);
  const pairs = suites.some(({kind}) => kind === 'pairs')
    ? await usableHeldOut(context, words.config.vocabSize)
    : [];
  return openSuites(context, words, {
    ...{suites, judges, pairs},
    answersHere: asked === undefined,
    load: (needs) => openTestedPolicy(context, model, needs, asked),
  });
};
