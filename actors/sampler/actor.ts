/**
 * Sampler: prompts → completions, pairs or sets of them, as the recipe of each prompt has it, by the newest policy.
 *
 * Prompts share the rows of one generator; a row that ends takes the next prompt while the others go on. A checkpoint that
 * arrives is taken up when the completions begun before it have ended or, with `policy.pickUp: token`, by the next token of
 * each. Each answer says which policy wrote how many of its tokens.
 */
import {
  BehaviorSubject,
  defer,
  first,
  firstValueFrom,
  ignoreElements,
  interval,
  map,
  merge,
  type Observable,
  switchMap,
  takeUntil,
  tap,
} from 'rxjs';
import type {Checkpoint, Prompt} from '../../proto/messages.js';
import type {ActorContext, Outcome} from '../../runtime/actor/context.js';
import {encodingCounted} from '../../runtime/actor/encoding.js';
import {newestInTurn} from '../../runtime/actor/newest-in-turn.js';
import {publishOrReject, reject} from '../../runtime/actor/reject.js';
import {runActor} from '../../runtime/actor/run-actor.js';
import {settle} from '../../runtime/actor/settle.js';
import {type Recipe, recipeFor, recipesOf} from '../../runtime/datasets.js';
import {resumeFrom} from '../../runtime/fleet/checkpoints/checkpoints.js';
import {loadPolicy, policyWeights} from '../../runtime/fleet/checkpoints/lora.js';
import {ContentMissing} from '../../runtime/fleet/checkpoints/policy.js';
import {type Steered, steered} from '../../runtime/fleet/control/steered.js';
import {threadsOf} from '../../runtime/fleet/cores.js';
import {samplerCache} from '../../runtime/fleet/file/cache-memory.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import {loadFleet} from '../../runtime/fleet/file/started.js';
import type {ModelConfig} from '../../runtime/model/files/config.js';
import {cacheLine} from '../../runtime/model/generation/cache-memory.js';
import {createGenerator, type Generator} from '../../runtime/model/generation/generation.js';
import {askedOf, conversationOf} from '../../runtime/model/text/conversations.js';
import {encodePrompt, sampledText} from '../../runtime/model/text/encode.js';
import {requireKeptTurns} from '../../runtime/model/text/kept-turns.js';
import type {Tokenizer} from '../../runtime/model/text/tokenizer.js';
import {openExecutor} from '../../runtime/tensor/open.js';
import {recordedOf} from './recorded.js';
import {answersFor, type PolicyStamp, requestsFor, unaskable} from './requests.js';

/** Completions between two rows besides the heartbeat's: what was sampled when the first step was taken is known this well. */
const COMPLETIONS_PER_ROW = 16;
const WAITING_SIGN_MS = 1000;

/** The weights are the generator's alone. */
interface Policy {
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly generator: Generator;
  /** Optimizer steps of each policy that answered, by version. */
  readonly steps: Map<number, number>;
  /** The newest that was taken up. */
  readonly newest$: BehaviorSubject<PolicyStamp>;
}

const start = (context: ActorContext<Fleet>): Observable<unknown> =>
  recipesOf(context.fleet).some(({answers}) => answers > 0)
    ? startSampling(context)
    : startHandingOn(context);

/** Of a run that samples nothing: no policy is loaded. */
const startHandingOn = (context: ActorContext<Fleet>): Observable<Outcome> => {
  const maxInFlight = 2 * context.fleet.actors.sampler.batchSize;
  const handOn = handOnWith(context);
  return defer(() => steered(context)).pipe(
    switchMap(({fleet}) =>
      context.bus
        .deliveries('prompts', {maxInFlight, drain$: context.drain$})
        .pipe(settle((prompt) => handOn(prompt, recipeFor(fleet, prompt.promptId)), maxInFlight)),
    ),
  );
};

/** Publishes what becomes of recorded answers. */
const handOnWith =
  (context: ActorContext<Fleet>) =>
  async (prompt: Prompt, recipe: Recipe): Promise<Outcome> => {
    const {promptId, answers = []} = prompt;
    const completions = answers.map(({text}) => text ?? '');
    const rejected = {promptId, ...askedOf(prompt), completions};
    const recorded = recordedOf(prompt, recipe, context.fleet.actors.answerer?.others !== undefined);
    switch (recorded.kind) {
      case 'none':
        await reject(context, rejected, recorded.reason, recorded.detail);
        break;
      case 'unanswered':
        await publishOrReject(context, rejected, 'unanswered', prompt);
        break;
      case 'set':
        await publishOrReject(context, rejected, 'recorded_answers', recorded.set);
        break;
      case 'pair':
        await publishOrReject(context, rejected, 'candidates', recorded.pair);
        break;
    }
    context.count('prompts');
    return {kind: 'done'};
  };

const startSampling = (context: ActorContext<Fleet>): Observable<unknown> =>
  defer(() => Promise.all([openPolicy(context), steered(context)])).pipe(
    switchMap(([policy, now]) => {
      const {bus, drain$, fleet} = context;
      // As many again as there are rows wait here, so that a row that ends never waits for the bus.
      const maxInFlight = 2 * fleet.actors.sampler.batchSize;
      const answers$ = bus
        .deliveries('prompts', {maxInFlight, drain$})
        .pipe(settle(answerWith(context, policy, now), maxInFlight));
      const reloads$ = bus.entries('checkpoints', 'latest').pipe(
        newestInTurn(({message}) => reload(context, policy, message)),
        takeUntil(drain$),
      );
      return merge(answers$, reloads$);
    }),
  );

const openPolicy = async (context: ActorContext<Fleet>): Promise<Policy> => {
  const {fleet, log} = context;
  const {executor, reason} = await openExecutor({
    backend: fleet.backend,
    device: fleet.device,
    threads: threadsOf(fleet, 'sampler'),
    precision: fleet.policy.samplingPrecision,
  });
  log.info({reason}, 'executor');
  const found = await resumeFrom(context, (checkpoint) => loadPolicy(context, fleet, checkpoint));
  const newest = found?.entry.message;
  const model = found?.restored ?? (await loadPolicy(context, fleet, undefined));
  const {policyVersion = 0, step = 0} = newest ?? {};
  const cache = samplerCache(fleet, model.config);
  log.info({holds: cacheLine(model.config, cache)}, 'cache');
  const {pickUp} = fleet.policy;
  const generator = await createGenerator(model, executor, cache, {policyVersion, pickUp});
  const {config, tokenizer} = model;
  const newest$ = new BehaviorSubject<PolicyStamp>({policyVersion, step});
  return {config, tokenizer, generator, steps: new Map([[policyVersion, step]]), newest$};
};

/** Takes up a newer policy. Only the weights that the learner published will do, or completions would lie about their policy. */
const reload = async (
  context: ActorContext<Fleet>,
  policy: Policy,
  checkpoint: Checkpoint,
): Promise<void> => {
  const {policyVersion, step} = checkpoint;
  if (policyVersion <= policy.newest$.value.policyVersion) return;
  try {
    const weights = await policyWeights(context, context.fleet, checkpoint, policy.config);
    policy.generator.reload(weights, policyVersion);
  } catch (error) {
    if (error instanceof ContentMissing) {
      context.warn(`the checkpoint of step ${step} is passed over: ${error.message}`);
      return;
    }
    // One that is superseded need not be there any more.
    const newest = (await context.bus.last('checkpoints'))?.message.policyVersion ?? 0;
    if (newest <= policyVersion) throw error;
    context.log.info({policyVersion, newest, err: error}, 'policy passed over');
    return;
  }
  policy.steps.set(policyVersion, step);
  policy.newest$.next({policyVersion, step});
  context.log.info({policyVersion, step}, 'policy reloaded');
};

const answerWith = (context: ActorContext<Fleet>, policy: Policy, now: Steered) => {
  const {timed, report, count, drain$, advance} = context;
  const {generator, tokenizer, steps, newest$} = policy;
  const stepOf = (version: number): number => steps.get(version) ?? 0;

  /** Whether such a policy was taken up, before the drain. Waiting for a large one to load is not being stuck. */
  const isTakenUp = (minStep: number): Promise<boolean> =>
    firstValueFrom(
      merge(newest$, interval(WAITING_SIGN_MS).pipe(tap(advance), ignoreElements())).pipe(
        map(({step}) => step >= minStep),
        first(Boolean),
        takeUntil(drain$),
      ),
      {defaultValue: false},
    );

  const handOn = handOnWith(context);
  return async (prompt: Prompt): Promise<Outcome> => {
    const recipe = recipeFor(now.fleet, prompt.promptId);
    const {queue} = recipe;
    if (queue === 'recorded_answers') return handOn(prompt, recipe);
    if (!(await isTakenUp(prompt.minPolicyStep ?? 0)))
      return {kind: 'retry', reason: 'the policy that may answer has not come', delayMs: 0};
    const {fleet} = now;
    const options = fleet.policy;
    const conversation = conversationOf(prompt);
    const encoded = encodingCounted(context, tokenizer, options, () => {
      requireKeptTurns(tokenizer, conversation, options);
      return encodePrompt(tokenizer, conversation, options);
    });
    if (encoded.kind === 'odd' || encoded.value.length === 0) {
      const {reason, detail} = unaskable(encoded);
      await reject(context, {...prompt, completions: []}, reason, detail);
      return {kind: 'done'};
    }
    const startedUnixMs = Date.now();
    const requests = requestsFor(fleet, prompt, encoded.value);
    const sampled = await timed('sampling', () => generator.generate(requests));
    const generations = sampled.map((generation) => {
      const again = encodingCounted(context, tokenizer, options, () =>
        sampledText(tokenizer, conversation, generation, options),
      );
      const {text, isExact} = again.kind === 'odd' ? {text: generation.text, isExact: false} : again.value;
      if (!isExact) count('completions/reencoded');
      return {...generation, text};
    });
    const how = {startedUnixMs, stepOf};
    const rejected = {...prompt, completions: generations.map(({text}) => text)};
    await publishOrReject(context, rejected, queue, answersFor[queue](prompt, generations, how));
    count('prompts');
    const {policyVersion} = newest$.value;
    for (const {completionIds} of generations) {
      count('tokens/completion', completionIds.length);
      const completions = count('completions');
      if (completions % COMPLETIONS_PER_ROW === 0) report({completions}, {policyVersion});
    }
    return {kind: 'done'};
  };
};

await runActor('sampler', loadFleet, start);
