/**
 * Sampler: prompts → completions, pairs or sets of them, as the recipe of each prompt has it, by the newest policy.
 *
 * In this process, prompts share the rows of one generator; a row that ends takes the next prompt while the others go on. A
 * checkpoint that arrives is taken up when the completions begun before it have ended or, with `policy.pickUp: token`, by the
 * next token of each. Behind an endpoint, requests that begin after it was loaded there name it. Each answer says which policy
 * wrote how many of its tokens.
 */
import {
  BehaviorSubject,
  concat,
  defer,
  EMPTY,
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
import {TerminalError} from '../../runtime/errors.js';
import {comparisonsOf} from '../../runtime/fleet/anchor/settings.js';
import {ContentMissing} from '../../runtime/fleet/checkpoints/policy.js';
import {type Steered, steered} from '../../runtime/fleet/control/steered.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import {loadFleet} from '../../runtime/fleet/file/started.js';
import {sampledAtOnce, samplerAsks} from '../../runtime/fleet/fleet-actors.js';
import {askedOf, conversationOf} from '../../runtime/model/text/conversations.js';
import {encodePrompt, sampledText} from '../../runtime/model/text/encode.js';
import {requireKeptTurns} from '../../runtime/model/text/kept-turns.js';
import {type End, endOfComparison, endOfPrompt} from './io/end.js';
import type {Policy} from './io/policy.js';
import {recordedOf} from './recorded.js';
import {answersFor, requestsFor, unaskable} from './requests.js';

/** Completions between two rows besides the heartbeat's: what was sampled when the first step was taken is known this well. */
const COMPLETIONS_PER_ROW = 16;
const WAITING_SIGN_MS = 1000;

const start = (context: ActorContext<Fleet>): Observable<unknown> =>
  recipesOf(context.fleet).some(({answers}) => answers > 0) || comparisonsOf(context.fleet) > 0
    ? startSampling(context)
    : startHandingOn(context);

/** Of a run that samples nothing: no policy is loaded. */
const startHandingOn = (context: ActorContext<Fleet>): Observable<Outcome> => {
  const maxInFlight = sampledAtOnce(context.fleet.actors);
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
  defer(async () => {
    const now = await steered(context);
    const {fleet, index} = context;
    if (index > 0 && samplerAsks(fleet) !== undefined)
      throw new TerminalError(
        `there is no sampler ${index} of a policy behind an endpoint: two would unload each other's adapters; ask more at once by actors.sampler.concurrency`,
      );
    // One needs the model's code, the other a client of endpoints: neither is loaded for the other.
    const policy =
      samplerAsks(fleet) === undefined
        ? await (await import('./io/local-policy.js')).openLocalPolicy(context)
        : await (await import('./io/endpoint-policy.js')).openEndpointPolicy(context, now);
    return {policy, now};
  }).pipe(
    switchMap(({policy, now}) => {
      const {bus, drain$, fleet} = context;
      const {maxInFlight, newest$} = policy;
      const answer = answerWith(context, policy, now);
      const handOn = handOnWith(context);
      const taken$ = newest$.pipe(map(({step}) => step));
      const answers$ = bus.deliveries('prompts', {maxInFlight, drain$}).pipe(
        settle((prompt) => {
          const recipe = recipeFor(now.fleet, prompt.promptId);
          return recipe.queue === 'recorded_answers'
            ? handOn(prompt, recipe)
            : answer(prompt, {...recipe, queue: recipe.queue, end: endOfPrompt(context), step$: taken$});
        }, maxInFlight),
      );
      /** Of the newest checkpoint that was taken up, or found to be none to take up. */
      const seen$ = new BehaviorSubject(newest$.value.step);
      const fresh = {answers: 1, queue: 'anchor_pairs', end: endOfComparison(context), step$: seen$} as const;
      const compared$ =
        comparisonsOf(fleet) === 0
          ? EMPTY
          : bus
              .deliveries('anchor_prompts', {maxInFlight, drain$})
              .pipe(settle((prompt) => answer(prompt, fresh), maxInFlight));
      const reloads$ = bus.entries('checkpoints', 'latest').pipe(
        newestInTurn(async ({message}) => {
          await reload(context, policy, message);
          seen$.next(message.step);
        }),
        takeUntil(drain$),
      );
      return concat(merge(answers$, compared$, reloads$), defer(policy.letGo));
    }),
  );

/** Takes up a newer policy. Only the weights that the learner published will do, or completions would lie about their policy. */
const reload = async (
  context: ActorContext<Fleet>,
  policy: Policy,
  checkpoint: Checkpoint,
): Promise<void> => {
  const {policyVersion, step} = checkpoint;
  const before = policy.newest$.value.policyVersion;
  if (policyVersion <= before) return;
  // Before the first answer that says this version, which may end before taking it up does.
  policy.steps.set(policyVersion, step);
  try {
    if (!(await policy.takeUp(checkpoint))) {
      context.report({'sampling/versions_behind': policyVersion - before}, {policyVersion: before});
      context.log.info({policyVersion, answering: before}, 'policy not taken up');
      return;
    }
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
  policy.newest$.next({policyVersion, step});
  context.log.info({policyVersion, step}, 'policy reloaded');
};

/** What is wanted of a prompt. */
interface Wanted {
  readonly answers: number;
  readonly queue: keyof typeof answersFor;
  /** Publishes what becomes of a prompt. */
  readonly end: End;
  /** Optimizer steps of what there is to answer by: those that the prompt asks for are waited for. */
  readonly step$: Observable<number>;
}

const answerWith = (context: ActorContext<Fleet>, policy: Policy, now: Steered) => {
  const {timed, report, count, drain$, advance} = context;
  const {tokenizer, steps, newest$} = policy;
  const stepOf = (version: number): number => {
    const step = steps.get(version);
    if (step === undefined) throw new Error(`nobody knows of how many steps policy ${version} is`);
    return step;
  };

  /** Whether such a policy was taken up, before the drain. Waiting for a large one to load is not being stuck. */
  const isTakenUp = (step$: Observable<number>, minStep: number): Promise<boolean> =>
    firstValueFrom(
      merge(step$, interval(WAITING_SIGN_MS).pipe(tap(advance), ignoreElements())).pipe(
        map((step) => step >= minStep),
        first(Boolean),
        takeUntil(drain$),
      ),
      {defaultValue: false},
    );

  return async (prompt: Prompt, {answers, queue, end, step$}: Wanted): Promise<Outcome> => {
    if (!(await isTakenUp(step$, prompt.minPolicyStep ?? 0)))
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
      await end.none({...prompt, completions: []}, reason, detail);
      return {kind: 'done'};
    }
    const startedUnixMs = Date.now();
    const requests = requestsFor(fleet, prompt, encoded.value, answers);
    const sampled = await timed('sampling', () => policy.sample(requests, conversation));
    if (sampled.kind === 'rejected') {
      await end.none({...prompt, completions: []}, sampled.reason, sampled.detail);
      return {kind: 'done'};
    }
    const generations = sampled.generations.map((generation) => {
      const again = encodingCounted(context, tokenizer, options, () =>
        sampledText(tokenizer, conversation, generation, options),
      );
      const {text, isExact} = again.kind === 'odd' ? {text: generation.text, isExact: false} : again.value;
      if (!isExact) count('completions/reencoded');
      return {...generation, text};
    });
    const how = {startedUnixMs, stepOf, usage: sampled.usage};
    const rejected = {...prompt, completions: generations.map(({text}) => text)};
    await end.some(rejected, queue, answersFor[queue](prompt, generations, how));
    const {policyVersion} = newest$.value;
    for (const {completionIds} of generations) {
      if (!policy.isAccounted) count('tokens/completion', completionIds.length);
      // No prompt of the run was answered by it.
      if (queue === 'anchor_pairs') continue;
      const completions = count('completions');
      if (completions % COMPLETIONS_PER_ROW === 0) report({completions}, {policyVersion});
    }
    return {kind: 'done'};
  };
};

await runActor('sampler', loadFleet, start);
