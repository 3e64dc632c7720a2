/**
 * Sampler: prompts → completions (Eq. 1) or completion pairs (Eq. 2), by the newest policy.
 *
 * A batch is answered by one policy: a checkpoint that arrives meanwhile is taken up before the next batch.
 */
import {resolve} from 'node:path';
import {defer, finalize, type Observable, switchMap} from 'rxjs';
import type {Checkpoint, Prompt} from '../../proto/messages.js';
import type {ActorContext} from '../../runtime/actor/context.js';
import {gather} from '../../runtime/actor/gather.js';
import {runActor} from '../../runtime/actor/run.js';
import type {Delivery} from '../../runtime/bus/bus.js';
import {loadFleet} from '../../runtime/fleet/load.js';
import type {Fleet} from '../../runtime/fleet/schema.js';
import {loadCheckpoint, type ModelCheckpoint} from '../../runtime/model/checkpoint.js';
import {encodePrompt} from '../../runtime/model/encode.js';
import {createGenerator, type Generation, type Generator} from '../../runtime/model/generation.js';
import {openExecutor} from '../../runtime/tensor/open.js';
import {completionOf, completionPairOf, requestsFor, samplesPerPrompt} from './requests.js';

interface Policy {
  readonly model: ModelCheckpoint;
  readonly generator: Generator;
  version: number;
}

const start = (context: ActorContext<Fleet>): Observable<unknown> =>
  defer(() => openPolicy(context)).pipe(
    switchMap((policy) => {
      const {bus, drain$, fleet} = context;
      const {batchSize} = fleet.actors.sampler;
      const totals = {completions: 0, tokens: 0};
      let newest: Checkpoint | undefined;
      const checkpoints = bus.entries('checkpoints', 'latest').subscribe(({message}) => {
        newest = message;
      });
      const answer = async (batch: readonly Delivery<Prompt>[]): Promise<void> => {
        if (newest !== undefined && newest.policyVersion > policy.version)
          await reload(context, policy, newest);
        const generations = await context.timed('sampling', () => generate(fleet, policy, batch));
        const samples = samplesPerPrompt(fleet.dataset);
        await Promise.all(
          batch.map(async (delivery, row) => {
            await publish(
              context,
              delivery.message,
              generations.slice(row * samples, (row + 1) * samples),
              policy.version,
            );
            await delivery.ack();
          }),
        );
        totals.completions += generations.length;
        totals.tokens += generations.reduce((sum, {completionIds}) => sum + completionIds.length, 0);
        context.report(
          {completions: totals.completions, 'tokens/completion': totals.tokens},
          {policyVersion: policy.version},
        );
      };
      return bus.deliveries('prompts', {maxInFlight: 2 * batchSize, drain$}).pipe(
        gather(batchSize, answer),
        finalize(() => checkpoints.unsubscribe()),
      );
    }),
  );

const openPolicy = async ({fleet, bus, runFolder, log}: ActorContext<Fleet>): Promise<Policy> => {
  const newest = (await bus.last('checkpoints'))?.message;
  const folder = newest === undefined ? fleet.policy.model : resolve(runFolder, newest.folder);
  const {executor, reason} = await openExecutor({backend: fleet.backend, threads: 1});
  log.info({reason}, 'executor');
  const model = await loadCheckpoint(folder);
  const maxTokens = fleet.policy.maxPromptTokens + fleet.policy.maxCompletionTokens;
  const generator = await createGenerator(model, executor, {rows: fleet.actors.sampler.batchSize, maxTokens});
  return {model, generator, version: newest?.policyVersion ?? 0};
};

/** Takes up a newer policy. Its weights must be the ones the learner published, or this and every later answer would lie about its version. */
const reload = async (
  {runFolder, log}: ActorContext<Fleet>,
  policy: Policy,
  checkpoint: Checkpoint,
): Promise<void> => {
  const {weights} = await loadCheckpoint(resolve(runFolder, checkpoint.folder), checkpoint.weightsSha256);
  policy.generator.reload(weights);
  policy.version = checkpoint.policyVersion;
  log.info({policyVersion: policy.version, step: checkpoint.step}, 'policy reloaded');
};

const generate = (
  fleet: Fleet,
  {model, generator}: Policy,
  batch: readonly Delivery<Prompt>[],
): Promise<Generation[]> =>
  generator.generate(
    batch.flatMap(({message}) =>
      requestsFor(fleet, message, encodePrompt(model.tokenizer, message.prompt, fleet.policy)),
    ),
  );

const publish = async (
  {bus, grace}: ActorContext<Fleet>,
  prompt: Prompt,
  [first, second]: readonly Generation[],
  policyVersion: number,
): Promise<void> => {
  if (first === undefined) throw new Error(`prompt ${prompt.promptId}: no completion came back`);
  await (second === undefined
    ? bus.publish('completions', completionOf(prompt, first, policyVersion), prompt.promptId, grace)
    : bus.publish(
        'completion_pairs',
        completionPairOf(prompt, first, second, policyVersion),
        prompt.promptId,
        grace,
      ));
};

await runActor('sampler', loadFleet, start);
