/** Checkpoints by the implicit rewards that they give to the pairs of the run which are held back, and what they answer to some. */
import {filter, firstValueFrom, map, merge, scan, takeUntil} from 'rxjs';
import type {EvaluationAnswer, PreferencePair} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import {policyWeights} from '../../../runtime/fleet/checkpoints/lora.js';
import {withFirstPolicy} from '../../../runtime/fleet/checkpoints/policy.js';
import {threadsOf} from '../../../runtime/fleet/cores.js';
import {holdOutOf, isHeldOut} from '../../../runtime/fleet/file/held-out.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import type {Feeding} from '../../../runtime/fleet/progress.js';
import {logNow} from '../../../runtime/fleet/run/log-now.js';
import type {PairLogps} from '../../../runtime/learning/metrics.js';
import {tokensComplaint} from '../../../runtime/learning/pair.js';
import {createPairScorer} from '../../../runtime/learning/pair-scorer.js';
import {loadCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import {SHOWN_ITEMS} from '../../../runtime/suites/suite.js';
import {openExecutor} from '../../../runtime/tensor/open.js';
import {rewardScore} from '../rewards.js';
import {type Scorer, shownAnswers} from '../score.js';
import {type Greedy, openGreedy} from './greedy.js';

/** Waits for the pairs first: every checkpoint is scored on the same ones. */
export const openHeldOut = async (context: ActorContext<Fleet>): Promise<Scorer> => {
  const {fleet, log, warn} = context;
  const found = await heldOutPairs(context);
  const model = await withFirstPolicy(context, fleet, loadCheckpoint);
  // The first weights are let go of once others are there: nothing below holds the model.
  const {config} = model;
  const limits = {...fleet.policy, vocabSize: config.vocabSize};
  const pairs = found.filter((pair) => {
    const odd = tokensComplaint(pair, limits);
    if (odd !== undefined) warn(`the held-out pair of prompt ${pair.promptId} is left out: ${odd}`);
    return odd === undefined;
  });
  const holdOut = holdOutOf(fleet);
  if (pairs.length === 0)
    warn(`none of the ${holdOut} prompts held back became a pair: every checkpoint scores 0 of 0 pairs`);
  const {executor, reason} = await openExecutor({
    backend: fleet.backend,
    device: fleet.device,
    threads: threadsOf(fleet, 'evaluator'),
    precision: fleet.precision,
    // As the reference's, whose log-probabilities are taken from these.
    work: 'training',
  });
  log.info({reason, pairs: pairs.length, holdOut}, 'executor');
  const {maxPromptTokens, maxCompletionTokens} = fleet.policy;
  const scorer = createPairScorer(model, executor, maxPromptTokens + maxCompletionTokens);
  const shown = pairs.slice(0, SHOWN_ITEMS);
  const answer = await openGreedy(context, model, {
    prompts: shown.map(({promptIds}) => promptIds),
    maxNewTokens: maxCompletionTokens,
  });
  const answersBy: (...policy: Parameters<Greedy>) => Promise<EvaluationAnswer[]> = async (...policy) =>
    shownAnswers(shown, await answer(...policy));
  return {
    suite: 'heldout',
    async score(checkpoint) {
      const weights = await policyWeights(context, fleet, checkpoint, config);
      // The reference itself: its rewards are 0, but for what another number of threads rounds otherwise.
      if (checkpoint.step === 0) {
        const answers = await answersBy(weights, checkpoint.policyVersion);
        return {score: 0, margin: 0, items: pairs.length, answers};
      }
      await scorer.reload(weights);
      const policy: PairLogps[] = [];
      for (const pair of pairs) {
        policy.push(await scorer.logps(pair));
        context.advance();
      }
      const beta = checkpoint.beta ?? fleet.objective.beta;
      const answers = await answersBy(weights, checkpoint.policyVersion);
      return {...rewardScore(pairs, policy, beta), items: pairs.length, answers};
    },
  };
};

/** In the order of their prompts, when each prompt that is held back is a pair, or rejected, or nowhere any more. */
const heldOutPairs = async ({bus, fleet, drain$, signal}: ActorContext<Fleet>): Promise<PreferencePair[]> => {
  const resolved$ = merge(bus.entries('held_out', {sequence: 1}), bus.entries('rejections', {sequence: 1}));
  const all$ = resolved$.pipe(
    map(({message}) => message.promptId),
    filter((promptId) => isHeldOut(promptId, fleet)),
    scan((ids, promptId) => ids.add(promptId), new Set<string>()),
    filter(({size}) => size >= holdOutOf(fleet)),
  );
  const fed$ = bus.kv.watch<Feeding>('phase').pipe(filter(({feeding}) => feeding === 'done'));
  await firstValueFrom(merge(all$, fed$).pipe(takeUntil(drain$)), {defaultValue: undefined});
  signal.throwIfAborted();
  const pairs = new Map((await logNow(bus, 'held_out')).map((pair) => [pair.promptId, pair]));
  return [...pairs.values()].sort((one, other) => Number(one.promptId) - Number(other.promptId));
};
