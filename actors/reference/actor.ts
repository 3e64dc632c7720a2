/** Reference: accepted → pairs, or held_out, with the log-probabilities that the policy before training gives to both answers. */
import {defer, type Observable, switchMap} from 'rxjs';
import {type CandidatePair, RejectionReason} from '../../proto/messages.js';
import type {ActorContext, Outcome} from '../../runtime/actor/context.js';
import {encodingCounted} from '../../runtime/actor/encoding.js';
import {publishOrReject, reject, rejectedPair} from '../../runtime/actor/reject.js';
import {runActor} from '../../runtime/actor/run-actor.js';
import {settle} from '../../runtime/actor/settle.js';
import {withFirstPolicy} from '../../runtime/fleet/checkpoints/policy.js';
import {threadsOf} from '../../runtime/fleet/cores.js';
import {isHeldOut} from '../../runtime/fleet/file/held-out.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import {loadFleet} from '../../runtime/fleet/file/started.js';
import {samplerAsks} from '../../runtime/fleet/fleet-actors.js';
import type {TokenLimits} from '../../runtime/learning/pair.js';
import {createPairScorer, type PairScorer} from '../../runtime/learning/pair-scorer.js';
import {loadCheckpoint} from '../../runtime/model/files/model-checkpoint.js';
import {conversationOf} from '../../runtime/model/text/conversations.js';
import {encodePair} from '../../runtime/model/text/encode.js';
import {requireKeptTurns} from '../../runtime/model/text/kept-turns.js';
import type {Tokenizer} from '../../runtime/model/text/tokenizer.js';
import {openExecutor} from '../../runtime/tensor/open.js';
import {preferencePairOf, refusalOf} from './preference-pair.js';
import {otherModelLine, samplingGap} from './sampling-gap.js';

/** While one pair is scored, others are on their way from and to the bus. */
const CONCURRENCY = 8;

/** The weights are the scorer's alone. */
interface Reference {
  readonly tokenizer: Tokenizer;
  readonly limits: TokenLimits;
  readonly scorer: PairScorer;
}

const start = (context: ActorContext<Fleet>): Observable<Outcome> =>
  defer(() => openReference(context)).pipe(
    switchMap((reference) =>
      context.bus
        .deliveries('accepted', {maxInFlight: CONCURRENCY, drain$: context.drain$})
        .pipe(settle((pair) => score(context, reference, pair), CONCURRENCY)),
    ),
  );

const openReference = async (context: ActorContext<Fleet>): Promise<Reference> => {
  const {fleet, log} = context;
  const {executor, reason} = await openExecutor({
    backend: fleet.backend,
    device: fleet.device,
    threads: threadsOf(fleet, 'reference'),
    precision: fleet.precision,
    // As the learner's, so that before the first step its rewards are 0 but for rounding.
    work: 'training',
  });
  log.info({reason}, 'executor');
  const model = await withFirstPolicy(context, fleet, loadCheckpoint);
  const maxTokens = fleet.policy.maxPromptTokens + fleet.policy.maxCompletionTokens;
  const limits = {...fleet.policy, vocabSize: model.config.vocabSize};
  return {tokenizer: model.tokenizer, limits, scorer: createPairScorer(model, executor, maxTokens)};
};

/** Whatever becomes of a pair is published before it is acknowledged, with its prompt's id. */
const score = async (
  context: ActorContext<Fleet>,
  {tokenizer, limits, scorer}: Reference,
  pair: CandidatePair,
): Promise<Outcome> => {
  const {fleet, timed, count} = context;
  const {chosenIds, rejectedIds, ...texts} = pair;
  const sampled = {chosenIds, rejectedIds};
  const prompt = conversationOf(pair);
  const encoded = encodingCounted(context, tokenizer, fleet.policy, () => {
    requireKeptTurns(tokenizer, prompt, fleet.policy);
    return encodePair(tokenizer, {...texts, prompt, sampled}, fleet.policy);
  });
  if (encoded.kind === 'odd') {
    await reject(context, rejectedPair(pair), RejectionReason.REJECTION_REASON_UNREADABLE, encoded.detail);
    return {kind: 'done'};
  }
  const tokens = encoded.value;
  const refusal = refusalOf(tokens, fleet, limits);
  if (refusal !== undefined) {
    await reject(context, rejectedPair(pair), refusal.reason, refusal.detail);
    return {kind: 'done'};
  }
  if (tokens.mergedTokens > 0 && count('referenced/merged') === 1) {
    context.log.warn(
      {promptId: pair.promptId, tokens: tokens.mergedTokens},
      'the end of a prompt is encoded otherwise once an answer follows; the answers begin where the tokens part',
    );
  }
  const logps = await timed('referencing', () => scorer.logps(tokens));
  const gap = samplingGap(pair, tokens, logps);
  if (gap !== undefined) {
    const tokens = count('sampling/compared_tokens', gap.tokens);
    const difference = count('sampling/logp_difference', gap.difference);
    const asks = samplerAsks(fleet);
    const line = asks && otherModelLine({tokens, difference}, asks);
    if (line !== undefined && count('sampling/other_model') === 1) context.warn(line);
  }
  const log = isHeldOut(pair.promptId, fleet) ? 'held_out' : 'pairs';
  const ready = preferencePairOf(pair, tokens, logps, Date.now());
  if (await publishOrReject(context, rejectedPair(pair), log, ready)) count('referenced');
  return {kind: 'done'};
};

await runActor('reference', loadFleet, start);
