/**
 * Learner: pairs → checkpoints. Reads the pair log in order, takes a step a batch, and publishes the policy. Several train as
 * one: all read the same log and make the same batches of it, and the first of them leads.
 *
 * I1: a checkpoint's message is published when all of its files are complete; only the message makes them count.
 * I2: what is asked of the run changes it between two steps, never inside one.
 * I3: a pair counts as trained through a checkpoint only: what came after the newest one is read and trained again.
 */
import {randomUUID} from 'node:crypto';
import {defer, filter, firstValueFrom, map, merge, type Observable} from 'rxjs';
import {type PreferencePair, RejectionReason} from '../../proto/messages.js';
import type {ActorContext} from '../../runtime/actor/context.js';
import {oneAtATime} from '../../runtime/actor/one-at-a-time.js';
import {reject} from '../../runtime/actor/reject.js';
import {runActor} from '../../runtime/actor/run.js';
import {followControls} from '../../runtime/fleet/controls.js';
import {threadsOf} from '../../runtime/fleet/cores.js';
import {type Crew, type Ending, withCrews} from '../../runtime/fleet/crew.js';
import {type InForce, inForceAt, runStateOf, specOfRevision} from '../../runtime/fleet/decisions.js';
import {loadFleet} from '../../runtime/fleet/load.js';
import {firstAdapterOf} from '../../runtime/fleet/lora.js';
import {partsOf} from '../../runtime/fleet/parts.js';
import {withFirstPolicy} from '../../runtime/fleet/policy.js';
import {prepareAhead} from '../../runtime/fleet/prepare-ahead.js';
import type {Feeding, Progress} from '../../runtime/fleet/progress.js';
import type {Fleet} from '../../runtime/fleet/schema.js';
import {type Steering, steer} from '../../runtime/fleet/steering.js';
import {
  checkpointAt,
  publishFirst,
  publishLast,
  readNewest,
  readTraining,
  saveTraining,
} from '../../runtime/fleet/training-saves.js';
import {initialState} from '../../runtime/fleet/training-state.js';
import {followTurns, type Lead, leadTurns, sayReady, untilReady} from '../../runtime/fleet/turns.js';
import {createLearner} from '../../runtime/learning/learner.js';
import {createShardLearner} from '../../runtime/learning/shard-learner.js';
import {loadCheckpoint} from '../../runtime/model/checkpoint.js';
import {openExecutor} from '../../runtime/tensor/open.js';
import {type Batch, type BatchPlan, batchesOf, firstSequenceOf} from './batches.js';
import {createStalenessMeter, isStale, staleDetail} from './staleness.js';
import {goTo, type Training, takeStep} from './training.js';

const start = (context: ActorContext<Fleet>): Observable<unknown> =>
  defer(async () => {
    const training = await openTraining(context);
    try {
      await withCrews(context, training.id, (crew) =>
        crew.exchange.self === 0 ? lead(context, training, crew) : follow(context, training, crew),
      );
    } finally {
      training.controls.close();
    }
  });

const openTraining = async (context: ActorContext<Fleet>): Promise<Training> => {
  const {bus, fleet, log} = context;
  const {executor, reason} = await openExecutor({
    backend: fleet.backend,
    device: fleet.device,
    threads: threadsOf(fleet, 'learner'),
    work: 'training',
    precision: fleet.precision,
  });
  log.info({reason}, 'executor');
  const policy = await withFirstPolicy(context, fleet, loadCheckpoint);
  const adapter = firstAdapterOf(fleet, policy.config);
  const base = adapter === undefined ? policy : {...policy, adapter};
  const controls = await followControls(bus);
  const taken = (await bus.last('checkpoints'))?.message.step ?? 0;
  // Of the last step taken, if any: what is in force from the next one on is asked when that begins.
  const objective = await firstValueFrom(
    controls.heard$.pipe(
      map((heard) => inForceAt(heard, Math.max(1, taken))),
      filter((inForce) => inForce !== undefined),
      map(({revision, spec}) => ({revision, ...spec.objective})),
    ),
  );
  const options = {
    objective: objective.name,
    batchSize: fleet.training.batchSize,
    maxGradNorm: fleet.training.maxGradNorm,
    maxTokens: fleet.policy.maxPromptTokens + fleet.policy.maxCompletionTokens,
  };
  const parts = partsOf(fleet);
  const learner =
    parts === 1
      ? await createLearner(base, executor, options)
      : await createShardLearner(base, executor, {...options, parts});
  const {directory, config, tokenizer, weightsSha256} = base;
  return {
    model: {directory, config, tokenizer, weightsSha256, ...(adapter && {adapter})},
    learner,
    backend: executor.name,
    backendReason: reason,
    controls,
    objective,
    id: randomUUID(),
    state: initialState,
    published: 0,
    saved: [],
    gone: new Set<number>(),
    staleness: createStalenessMeter(fleet, taken),
  };
};

/** What one member of a crew works with. */
interface Part {
  readonly context: ActorContext<Fleet>;
  readonly training: Training;
  readonly crew: Crew;
}

/** What the leading member has beside it. */
interface LeadingPart extends Part {
  readonly turns: Lead;
  readonly steering: Steering;
}

/** Decides, takes steps and writes checkpoints; the others hear of each turn. */
const lead = async (context: ActorContext<Fleet>, training: Training, crew: Crew): Promise<Ending> => {
  let isBegun = false;
  const stepsDone = () => (isBegun ? training.state.step : 0);
  const turns = leadTurns(crew.exchange, stepsDone, context.fleet.training.stepTimeoutMs / 3);
  const inTurn = oneAtATime();
  let steering: Steering | undefined;
  try {
    const checkpoint = await resume(context, training);
    await announce(context, training, 'training');
    if (training.saved.length === 0) {
      await publishFirst(context, training, {
        state: training.state,
        objective: training.objective,
        final: false,
      });
      training.staleness.published(0);
    }
    await turns.say({kind: 'begin', checkpoint, policyVersion: training.state.policyVersion});
    await untilReady(crew.exchange);
    isBegun = true;
    const part = {context, training, crew, turns};
    steering = steeringOf(part, inTurn);
    const leading = {...part, steering};
    for await (const next of steps(leading)) await inTurn(() => step(leading, next));
    return await inTurn(() => finish(leading));
  } finally {
    steering?.close();
    turns.close();
  }
};

/** Does as the leading member says. */
const follow = async (context: ActorContext<Fleet>, training: Training, crew: Crew): Promise<Ending> => {
  const {bus, drain$} = context;
  const {controls, learner} = training;
  let isBegun = false;
  let batches: AsyncGenerator<Batch<PreferencePair>> | undefined;
  const leaving = drain$.subscribe(() => {
    // Where that does not arrive, the end of the process does.
    crew.leave().catch((error) => context.log.warn({err: error}, 'not left'));
  });
  const preparing = prepareAhead(context, controls, (expression) => learner.prepare(expression));
  try {
    for await (const turn of followTurns(crew.exchange, () => (isBegun ? training.state.step : 0))) {
      switch (turn.kind) {
        case 'begin': {
          const from = turn.checkpoint === 0 ? undefined : await checkpointAt(bus, turn.checkpoint);
          goTo(training, await readTraining(context, training, from));
          training.state = {...training.state, policyVersion: turn.policyVersion};
          batches = batchesIn(context, training, {
            stop: firstValueFrom(crew.over$, {defaultValue: undefined}),
            // The leading member says it.
            onStale: async () => undefined,
          });
          await sayReady(crew.exchange);
          isBegun = true;
          break;
        }
        case 'step': {
          const inForce = await firstValueFrom(
            controls.heard$.pipe(
              map((heard) => specOfRevision(heard, turn.revision)),
              filter((found) => found !== undefined),
            ),
          );
          const {value: batch} = (await batches?.next()) ?? {};
          if (crew.isOver()) return 'over';
          if (
            batch === undefined ||
            batch.pairs.length !== turn.pairs ||
            training.state.step + 1 !== turn.step
          )
            throw new Error(`step ${turn.step} on ${turn.pairs} pairs is led, and another is next here`);
          await takeStep(context, training, batch, inForce, crew.exchange);
          break;
        }
        case 'save':
          await learner.optimizerState(crew.exchange);
          training.state = {...training.state, policyVersion: turn.policyVersion};
          break;
        case 'end':
          return 'ended';
      }
    }
    return 'over';
  } finally {
    leaving.unsubscribe();
    preparing.unsubscribe();
    await batches?.return(undefined);
  }
};

/** Goes to the newest checkpoint there is; resolves to its sequence, 0 for the policy before training. */
const resume = async (context: ActorContext<Fleet>, training: Training): Promise<number> => {
  const found = await readNewest(context, training);
  if (found !== undefined) {
    goTo(training, found);
    const {step, pairSequence} = found.state;
    context.log.info({step, pairSequence}, 'resumed');
  } else if (training.state.step > 0) {
    goTo(training, await readTraining(context, training, undefined));
  }
  return found?.sequence ?? 0;
};

const steeringOf = (part: Omit<LeadingPart, 'steering'>, inTurn: ReturnType<typeof oneAtATime>): Steering => {
  const {context, training, crew} = part;
  return steer({
    ...context,
    controls: training.controls,
    taken: training.state.step,
    steps: context.fleet.training.steps,
    drain$: haltOf(part),
    prepare: (expression) => training.learner.prepare(expression),
    save: () =>
      inTurn(async () => {
        if (!crew.isOver() && training.saved[0]?.step !== training.state.step)
          await save(part, {final: false});
        return training.state.step;
      }),
  });
};

/** Emits when no further step is to come of this crew, or of this process. */
const haltOf = ({context: {drain$}, crew}: Part): Observable<unknown> =>
  merge(drain$, crew.over$, crew.asked$);

/** A batch, and what its step is taken by. */
interface NextStep {
  readonly batch: Batch<PreferencePair>;
  readonly inForce: InForce;
}

/** The steps to take, until the run's are taken, its pairs are used up, a stop, or a halt. */
async function* steps(part: LeadingPart): AsyncGenerator<NextStep> {
  const {context, training, steering} = part;
  if (training.state.step >= steering.lastStep()) return;
  const stop = Promise.race([firstValueFrom(haltOf(part), {defaultValue: undefined}), steering.stopped]);
  const onStale = (pair: PreferencePair, step: number) =>
    reject(
      context,
      pair.promptId,
      RejectionReason.REJECTION_REASON_STALE,
      staleDetail(pair, step, context.fleet),
    );
  for await (const batch of batchesIn(context, training, {stop, onStale})) {
    const inForce = await steering.begin(training.state.step + 1);
    if (inForce === undefined) return;
    yield {batch, inForce};
    if (training.state.step >= steering.lastStep()) return;
  }
}

/** The batches of the pair log from where training is. */
const batchesIn = (
  {bus, fleet}: ActorContext<Fleet>,
  {state}: Training,
  {stop, onStale}: Required<Pick<BatchPlan<PreferencePair>, 'stop' | 'onStale'>>,
): AsyncGenerator<Batch<PreferencePair>> => {
  const {batchSize, epochs, maxPairs} = fleet.training;
  const fed$ = bus.control.watch<Feeding>('phase').pipe(
    filter((phase) => phase.feeding === 'done'),
    map(({pairs}) => pairs),
  );
  const plan = {
    batchSize,
    epochs,
    maxPairs,
    seed: fleet.seed,
    from: state.position,
    step: state.step,
    isStale: (pair: PreferencePair, step: number) => isStale(pair, step, fleet),
    onStale,
    end: firstValueFrom(fed$),
    stop,
  };
  return batchesOf(bus.read('pairs', {sequence: firstSequenceOf(plan)}), plan);
};

const step = async (part: LeadingPart, {batch, inForce}: NextStep): Promise<void> => {
  const {context, training, crew, turns} = part;
  const {revision, spec} = inForce;
  const number = training.state.step + 1;
  if (crew.isOver()) return;
  await turns.say({kind: 'step', step: number, pairs: batch.pairs.length, revision});
  const isFirstEpoch = training.state.position.epoch === 1;
  const metrics = await takeStep(context, training, batch, inForce, crew.exchange);
  const staleness = isFirstEpoch ? await stalenessOf(context, training, batch) : {};
  const {name, beta} = spec.objective;
  const {pairsTrained, policyVersion} = training.state;
  context.report(
    {...metrics, ...staleness, beta, pairs: pairsTrained, shards: crew.exchange.members},
    {step: number, policyVersion, objective: name, objectiveRevision: revision},
  );
  await announce(context, training, 'training');
  const {checkpointEverySteps, steps: totalSteps} = context.fleet.training;
  if (number % checkpointEverySteps === 0 && number < totalSteps) await save(part, {final: false});
};

/** What the row of the step that took this batch says of its age. */
const stalenessOf = async (
  {bus}: ActorContext<Fleet>,
  {staleness, state}: Training,
  {pairs, sequence}: Batch<PreferencePair>,
): Promise<Record<string, number>> => {
  // A server that is away must not cost more than a number in a row.
  const log = await bus.state('pairs').catch(() => undefined);
  return staleness.measure(pairs, state.step - 1, log && log.lastSequence - sequence);
};

/** After the last step of this crew or of this process: a checkpoint of what was learnt, which may end the run. */
const finish = async (part: LeadingPart): Promise<Ending> => {
  const {context, training, crew, steering, turns} = part;
  if (crew.isOver()) return 'over';
  const isHalted = context.signal.aborted || crew.isAsked();
  const isComplete = training.state.step >= steering.lastStep() || !isHalted;
  if (isComplete || training.saved[0]?.step !== training.state.step) await save(part, {final: isComplete});
  if (isComplete) {
    await announce(context, training, 'complete');
    await turns.say({kind: 'end'});
    await crew.end();
    return 'ended';
  }
  if (context.signal.aborted) {
    await crew.leave();
    return 'ended';
  }
  await crew.advance();
  return 'over';
};

const save = async (
  {context, training, crew, turns}: Omit<LeadingPart, 'steering'>,
  {final}: {readonly final: boolean},
): Promise<void> => {
  const {learner, state: before, objective} = training;
  const state = {...before, policyVersion: before.policyVersion + 1};
  const saving = {state, objective, final};
  if (training.saved[0]?.step === state.step) {
    await publishLast(context, training, saving);
  } else {
    await turns.say({kind: 'save', policyVersion: state.policyVersion});
    const slots = await learner.optimizerState(crew.exchange);
    await saveTraining(context, training, saving, {weights: await learner.weights(), slots});
  }
  training.staleness.published(state.step);
  training.state = state;
};

const announce = async (
  {bus, fleet}: ActorContext<Fleet>,
  {state, controls, backend, backendReason}: Training,
  phase: Progress['phase'],
): Promise<void> => {
  const {step, position, policyVersion, pairSequence, pairsTrained} = state;
  const {lastStep: steps = fleet.training.steps} = runStateOf(controls.heard);
  const progress = {step, steps, epoch: position.epoch, policyVersion, pairSequence, pairsTrained, phase};
  await bus.control.put<Progress>('progress', {...progress, backend, backendReason});
};

await runActor('learner', loadFleet, start);
