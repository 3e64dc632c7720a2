/** Reference: accepted → pairs, with the log-probabilities that the policy before training gives to both answers. */
import {defer, type Observable, switchMap} from 'rxjs';
import {type CandidatePair, RejectionReason} from '../../proto/messages.js';
import type {ActorContext} from '../../runtime/actor/context.js';
import {gather} from '../../runtime/actor/gather.js';
import {reject} from '../../runtime/actor/reject.js';
import {runActor} from '../../runtime/actor/run.js';
import type {Delivery} from '../../runtime/bus/bus.js';
import {loadFleet} from '../../runtime/fleet/load.js';
import type {Fleet} from '../../runtime/fleet/schema.js';
import {loadCheckpoint, type ModelCheckpoint} from '../../runtime/model/checkpoint.js';
import {encodeCompletion} from '../../runtime/model/encode.js';
import {createScorer, type Scorer} from '../../runtime/model/logps.js';
import {openExecutor} from '../../runtime/tensor/open.js';
import {emptySideOf, type PairTokens, preferencePairOf} from './pair.js';

interface Reference {
  readonly model: ModelCheckpoint;
  readonly scorer: Scorer;
}
type Work = {readonly delivery: Delivery<CandidatePair>; readonly tokens: PairTokens};

const start = (context: ActorContext<Fleet>): Observable<unknown> =>
  defer(() => openReference(context)).pipe(
    switchMap((reference) => {
      const {bus, drain$, fleet} = context;
      const {batchSize} = fleet.actors.reference;
      return bus
        .deliveries('accepted', {maxInFlight: 2 * batchSize, drain$})
        .pipe(gather(batchSize, (batch) => score(context, reference, batch)));
    }),
  );

const openReference = async ({fleet, log}: ActorContext<Fleet>): Promise<Reference> => {
  const {executor, reason} = await openExecutor({backend: fleet.backend, threads: 1});
  log.info({reason}, 'executor');
  const model = await loadCheckpoint(fleet.policy.model);
  const maxTokens = fleet.policy.maxPromptTokens + fleet.policy.maxCompletionTokens;
  return {
    model,
    scorer: await createScorer(model, executor, {rows: 2 * fleet.actors.reference.batchSize, maxTokens}),
  };
};

const score = async (
  context: ActorContext<Fleet>,
  {model, scorer}: Reference,
  batch: readonly Delivery<CandidatePair>[],
): Promise<void> => {
  const {bus, fleet, grace} = context;
  const tokenized = batch.map((delivery): Work => {
    const {prompt, chosen, rejected} = delivery.message;
    const encode = (completion: string) =>
      encodeCompletion(model.tokenizer, prompt, completion, fleet.policy);
    return {delivery, tokens: {chosen: encode(chosen), rejected: encode(rejected)}};
  });
  const whole = tokenized.filter(({tokens}) => emptySideOf(tokens) === undefined);
  const logps = await context.timed('referencing', () =>
    scorer.logps(whole.flatMap(({tokens}) => [tokens.chosen, tokens.rejected])),
  );
  await Promise.all(
    tokenized.map(async ({delivery, tokens}) => {
      const detail = emptySideOf(tokens);
      if (detail === undefined) return;
      await reject(context, delivery.message.promptId, RejectionReason.REJECTION_REASON_EMPTY, detail);
      await delivery.ack();
    }),
  );
  // One after the other: the log's order is then the order of arrival, which a rerun of the same fleet repeats.
  for (const [pair, {delivery, tokens}] of whole.entries()) {
    const [chosen, rejected] = logps.slice(2 * pair, 2 * pair + 2);
    if (chosen === undefined || rejected === undefined)
      throw new Error('the scorer returned too few log-probabilities');
    const message = preferencePairOf(delivery.message, tokens, {chosen, rejected});
    await bus.publish('pairs', message, message.promptId, grace);
    await delivery.ack();
  }
};

await runActor('reference', loadFleet, start);
