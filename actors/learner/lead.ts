/** The side of the leading member: it decides, takes steps, has checkpoints written, and says each turn to the others. */
import {firstValueFrom, from, map, merge, type Observable, takeUntil, tap} from 'rxjs';
import type {PreferencePair} from '../../proto/messages.js';
import type {InForce} from '../../runtime/fleet/control/decisions.js';
import {inOrder} from '../../runtime/in-order.js';
import type {Batch} from '../../runtime/learning/batches.js';
import type {Ending} from './io/crew.js';
import {type Steering, steer} from './io/steering.js';
import {type Lead, leadTurns, untilReady} from './io/turns.js';
import {type Part, takeStep} from './step.js';

interface LeadingPart extends Part {
  readonly turns: Lead;
}

/** Leads a crew until its epoch is over, this process leaves, or the run is complete. */
export const lead = async (part: Part): Promise<Ending> => {
  const {context, training, crew, outside} = part;
  let isBegun = false;
  const stepsDone = () => (isBegun ? training.state.step : 0);
  const turns = leadTurns(crew.exchange, stepsDone, context.fleet.training.stepTimeoutMs / 3);
  const inTurn = inOrder();
  const leading = {...part, turns};
  let steering: Steering | undefined;
  try {
    const checkpoint = await outside.goToNewest();
    await outside.announce('training', crew);
    if (training.saved.length === 0) {
      const {state, objective, staleness} = training;
      await outside.publishFirst({state, objective, final: false});
      staleness.published(0);
    }
    await turns.say({kind: 'begin', checkpoint, policyVersion: training.state.policyVersion});
    if (!(await areReady(part))) {
      await crew.leave();
      return 'ended';
    }
    await turns.say({kind: 'begun'});
    isBegun = true;
    steering = steeringOf(leading, inTurn);
    for (;;) {
      const ending = await round(leading, steering, inTurn);
      if (ending !== 'more') return ending;
    }
  } finally {
    steering?.close();
    turns.close();
  }
};

/** Whether all others have begun, before a drain. They may take as long as several steps, and nothing is learnt meanwhile. */
const areReady = ({context: {drain$}, crew}: Part): Promise<boolean> =>
  firstValueFrom(
    from(untilReady(crew.exchange)).pipe(
      map(() => true),
      takeUntil(drain$),
    ),
    {defaultValue: false},
  );

const steeringOf = (part: LeadingPart, inTurn: ReturnType<typeof inOrder>): Steering => {
  const {context, training, crew} = part;
  const isSaved = () => training.saved[0]?.step === training.state.step;
  return steer({
    ...context,
    controls: training.controls,
    taken: training.state.step,
    steps: context.fleet.training.steps,
    drain$: haltOf(part),
    prepare: (expression) => training.learner.prepare(expression),
    forget: (expression) => training.learner.forget(expression),
    save: () =>
      inTurn(async () => {
        if (!isSaved() && crew.isOver()) return undefined;
        if (!isSaved()) await save(part, {final: false});
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

/** Steps up to a halt or the run's end. `more`: whoever the halt was for does not wait any more. */
const round = async (
  part: LeadingPart,
  steering: Steering,
  inTurn: ReturnType<typeof inOrder>,
): Promise<Ending | 'more'> => {
  // Kept: who asked for the halt may be gone by the time that the step under way is over, and the pairs are not used up.
  let isHalted = false;
  const halt$ = haltOf(part).pipe(
    tap(() => {
      isHalted = true;
    }),
  );
  const stop = Promise.race([firstValueFrom(halt$, {defaultValue: undefined}), steering.stopped]);
  for await (const next of steps(part, steering, stop)) await inTurn(() => step(part, next));
  return inTurn(() => finish(part, steering.lastStep(), isHalted));
};

/** The steps to take, until the run's are taken, its pairs are used up, or a stop. */
async function* steps(
  part: LeadingPart,
  steering: Steering,
  stop: Promise<unknown>,
): AsyncGenerator<NextStep> {
  const {training, outside} = part;
  if (training.state.step >= steering.lastStep()) return;
  for await (const batch of outside.batches({stop, onUnfit: outside.rejectUnfit})) {
    const inForce = await steering.begin(training.state.step + 1);
    if (inForce === undefined) return;
    yield {batch, inForce};
    if (training.state.step >= steering.lastStep()) return;
  }
}

const step = async (part: LeadingPart, {batch, inForce}: NextStep): Promise<void> => {
  const {context, training, crew, turns, outside} = part;
  const {revision, spec} = inForce;
  const {step: before, position} = training.state;
  if (crew.isOver()) return;
  await turns.say({kind: 'step', step: before + 1, pairs: batch.pairs.length, revision});
  const metrics = await takeStep(part, batch, inForce);
  // Later epochs are replays: how old their pairs are says nothing.
  const staleness =
    position.epoch === 1
      ? training.staleness.measure(batch.pairs, before, await outside.waitingAfter(batch.sequence))
      : {};
  const {name, beta} = spec.objective;
  const {pairsTrained, policyVersion} = training.state;
  context.report(
    {...metrics, ...staleness, beta, pairs: pairsTrained, shards: crew.exchange.members},
    {step: before + 1, policyVersion, objective: name, objectiveRevision: revision},
  );
  await outside.announce('training', crew);
  const {checkpointEverySteps, steps: totalSteps} = context.fleet.training;
  if ((before + 1) % checkpointEverySteps === 0 && before + 1 < totalSteps) await save(part, {final: false});
};

/** After the last step of this crew or of this process: a checkpoint of what was learnt, which may end the run. */
const finish = async (part: LeadingPart, lastStep: number, isHalted: boolean): Promise<Ending | 'more'> => {
  const {context, training, crew, turns, outside} = part;
  if (crew.isOver()) return 'over';
  const isComplete = training.state.step >= lastStep || !isHalted;
  if (isComplete || training.saved[0]?.step !== training.state.step) await save(part, {final: isComplete});
  if (isComplete) {
    await outside.announce('complete', crew);
    await turns.say({kind: 'end'});
    await crew.end();
    return 'ended';
  }
  if (context.signal.aborted) {
    await crew.leave();
    return 'ended';
  }
  return (await crew.advance()) ? 'over' : 'more';
};

const save = async (
  {training, crew, turns, outside}: LeadingPart,
  {final}: {readonly final: boolean},
): Promise<void> => {
  const {learner, state: before, objective} = training;
  if (training.saved[0]?.step === before.step) {
    // The same policy, now as the run's last: no other version, and nothing to score again.
    await outside.publishLast({state: before, objective, final});
    return;
  }
  const state = {...before, policyVersion: before.policyVersion + 1};
  await turns.say({kind: 'save', policyVersion: state.policyVersion});
  const slots = await learner.optimizerState(crew.exchange);
  await outside.save({state, objective, final}, {weights: await learner.weights(), slots});
  training.staleness.published(state.step);
  training.state = state;
};
