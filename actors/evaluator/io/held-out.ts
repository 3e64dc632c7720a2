/** Checkpoints by the implicit rewards that they give to the pairs of the run which are held back, and what they answer to some. */
import {filter, firstValueFrom, map, merge, scan, takeUntil} from 'rxjs';
import type {EvaluationAnswer, PreferencePair} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import {holdOutOf, isHeldOut} from '../../../runtime/fleet/file/held-out.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import type {Feeding} from '../../../runtime/fleet/progress.js';
import {logNow} from '../../../runtime/fleet/run/log-now.js';
import type {PairLogps} from '../../../runtime/learning/metrics.js';
import {tokensComplaint} from '../../../runtime/learning/pair.js';
import {conversationOf, transcriptOf} from '../../../runtime/model/text/conversations.js';
import {SHOWN_ITEMS} from '../../../runtime/suites/suite.js';
import {rewardScore} from '../rewards.js';
import {type Scorer, shownAnswers} from '../score.js';
import type {TestedPolicy} from './tested-policy.js';

export const openHeldOut = (
  {fleet, advance}: Pick<ActorContext<Fleet>, 'fleet' | 'advance'>,
  {generator, scorer}: TestedPolicy,
  pairs: readonly PreferencePair[],
): Scorer => {
  const shown = pairs.slice(0, SHOWN_ITEMS);
  const prompts = shown.map((pair) => ({prompt: transcriptOf(conversationOf(pair))}));
  const greedy = {maxNewTokens: fleet.policy.maxCompletionTokens, temperature: 0, topP: 1, topK: 0, seed: 0};
  const answersNow = async (): Promise<EvaluationAnswer[]> => {
    const answers = await generator.generate(shown.map(({promptIds}) => ({promptIds, ...greedy})));
    advance();
    return shownAnswers(
      prompts,
      answers.map(({text}) => text),
    );
  };
  return async (checkpoint) => {
    // The reference itself: its rewards are 0, but for what another number of threads rounds otherwise.
    if (checkpoint.step === 0) return {score: 0, margin: 0, items: pairs.length, answers: await answersNow()};
    const policy: PairLogps[] = [];
    for (const pair of pairs) {
      policy.push(await scorer.logps(pair));
      advance();
    }
    const beta = checkpoint.beta ?? fleet.objective.beta;
    return {...rewardScore(pairs, policy, beta), items: pairs.length, answers: await answersNow()};
  };
};

/** Waits for the pairs, so that every checkpoint is scored on the same ones; without those that no model can be asked. */
export const usableHeldOut = async (
  context: ActorContext<Fleet>,
  vocabSize: number,
): Promise<PreferencePair[]> => {
  const {fleet, warn} = context;
  const limits = {...fleet.policy, vocabSize};
  const pairs = (await heldOutPairs(context)).filter((pair) => {
    const odd = tokensComplaint(pair, limits);
    if (odd !== undefined) warn(`the held-out pair of prompt ${pair.promptId} is left out: ${odd}`);
    return odd === undefined;
  });
  if (pairs.length === 0)
    warn(
      `none of the ${holdOutOf(fleet)} prompts held back became a pair: every checkpoint scores 0 of 0 pairs`,
    );
  return pairs;
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
