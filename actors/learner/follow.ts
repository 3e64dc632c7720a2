/** The side of the members that do not lead: they do as they are told, and would come to the same by themselves. */
import {filter, firstValueFrom, map} from 'rxjs';
import type {PreferencePair} from '../../proto/messages.js';
import {type InForce, specOfRevision} from '../../runtime/fleet/control/decisions.js';
import type {Batch} from '../../runtime/learning/batches.js';
import type {Ending} from './io/crew.js';
import {prepareAhead} from './io/prepare-ahead.js';
import {followTurns, sayReady, type Turn} from './io/turns.js';
import {type Part, takeStep} from './step.js';
import type {Training} from './training.js';

/** Follows the leading member until the epoch is over, or the run is complete. */
export const follow = async (part: Part): Promise<Ending> => {
  const {context, training, crew, outside} = part;
  const {learner, controls} = training;
  let isBegun = false;
  let batches: AsyncGenerator<Batch<PreferencePair>> | undefined;
  const leaving = context.drain$.subscribe(() => {
    // Where that does not arrive, the end of the process does.
    crew.leave().catch((error) => context.log.warn({err: error}, 'not left'));
  });
  const preparing = prepareAhead(context, controls, {
    prepare: (expression) => learner.prepare(expression),
    forget: (expression) => learner.forget(expression),
    taken: () => training.state.step,
  });
  try {
    for await (const turn of followTurns(crew.exchange, () => (isBegun ? training.state.step : 0))) {
      switch (turn.kind) {
        case 'begin': {
          await outside.goToEntry(turn.checkpoint);
          training.state = {...training.state, policyVersion: turn.policyVersion};
          const stop = firstValueFrom(crew.over$, {defaultValue: undefined});
          // Which are unfit is said by the leading member.
          batches = outside.batches({stop, onUnfit: async () => undefined});
          await sayReady(crew.exchange);
          break;
        }
        case 'begun':
          isBegun = true;
          break;
        case 'step': {
          const inForce = await specFor(training, turn);
          const {value: batch} = (await batches?.next()) ?? {};
          if (crew.isOver()) return 'over';
          await takeStep(part, theSame(training, turn, batch), inForce);
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

type StepTurn = Extract<Turn, {kind: 'step'}>;

/** It is on the log already; this member may hear of it later. */
const specFor = ({controls}: Training, {revision}: StepTurn): Promise<InForce> =>
  firstValueFrom(
    controls.heard$.pipe(
      map((heard) => specOfRevision(heard, revision)),
      filter((found) => found !== undefined),
    ),
  );

/** The batch that is next here, where it is the one that the turn means. */
const theSame = (
  {state}: Training,
  {step, pairs}: StepTurn,
  batch: Batch<PreferencePair> | undefined,
): Batch<PreferencePair> => {
  if (batch?.pairs.length === pairs && state.step + 1 === step) return batch;
  throw new Error(
    `step ${step} on ${pairs} pairs is led; step ${state.step + 1} on ${batch?.pairs.length ?? 0} is next here`,
  );
};
