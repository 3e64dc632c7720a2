/**
 * The stages of a fleet one after the other, as most trainers have them: everything is sampled, then everything is
 * revised, then filtered and given its reference, then trained on. For comparison: `anchorage up --serial`.
 *
 * A stage is over when all prompts were sent and no queue up to its own holds a message, so that a run that goes on begins
 * with the first stage that has something left.
 */
import {concat, exhaustMap, first, ignoreElements, map, NEVER, type Observable, of, tap, timer} from 'rxjs';
import type {Command} from '../actor/supervise.js';
import type {Bus} from '../bus/bus.js';
import type {ActorName, QueueName} from '../bus/subjects.js';
import {TerminalError} from '../errors.js';
import {isReadIn} from './actors.js';
import type {Fleet} from './schema.js';

interface Stage {
  readonly actors: readonly ActorName[];
  /** What its actors take from; the log and the checkpoints of the last one end with the run. */
  readonly queues: readonly QueueName[];
}

const sampling: Stage = {actors: ['sampler'], queues: ['prompts']};
const stages: readonly Stage[] = [
  sampling,
  {actors: ['reviser', 'judge'], queues: ['completions', 'completion_pairs']},
  {actors: ['filter', 'reference'], queues: ['candidates', 'accepted']},
  {actors: ['learner', 'evaluator'], queues: []},
];
/** Little beside a stage, so that what is compared with waits for nothing. */
const CHECK_MS = 100;

/** The fleet as its stages run one after the other: nothing bounds what is on its way. Throws a `TerminalError`. */
export const serialFleet = (fleet: Fleet, prompts: number): Fleet => {
  if (fleet.maxStaleness !== undefined || fleet.pipelineDepth !== undefined)
    throw new TerminalError(
      '--serial answers every prompt with the first policy, whatever its age; remove maxStaleness and pipelineDepth',
    );
  return {...fleet, maxOutstandingPrompts: Math.max(fleet.maxOutstandingPrompts, prompts)};
};

/** Of a run's prompts, those that its steps can use: what is sampled in vain costs time here. Rejected ones have no other. */
export const serialPrompts = ({training}: Pick<Fleet, 'training'>, prompts: readonly string[]): string[] => {
  const {steps, epochs, batchSize, maxPairs = Number.POSITIVE_INFINITY} = training;
  return prompts.slice(0, Math.min(maxPairs, Math.ceil(steps / epochs) * batchSize));
};

export interface Stages {
  /** Of the stage that is under way. */
  commands(): readonly Command[];
  /** The same in another size. */
  readonly commandsOf: (fleet: Fleet) => readonly Command[];
  /** Emits the command lines of each later stage when the one before is over. */
  readonly next$: Observable<readonly Command[]>;
}

export const inStages = (run: {
  readonly fleet: Fleet;
  readonly bus: Bus;
  /** How many are sent. */
  readonly prompts: number;
  /** Of the whole fleet. */
  readonly commands: readonly Command[];
  readonly commandsOf?: ((fleet: Fleet) => readonly Command[]) | undefined;
}): Stages => {
  const {fleet, bus, prompts, commandsOf = () => run.commands} = run;
  let all = run.commands;
  let stage = sampling;
  const commands = () => all.filter(({name}) => stage.actors.some((actor) => name.startsWith(`${actor}-`)));
  const begun$ = stages.slice(1).map((next, before) =>
    concat(
      isOver$(bus, prompts, queuesTo(fleet, before)).pipe(ignoreElements()),
      of(next).pipe(
        tap(() => {
          stage = next;
        }),
        map(commands),
      ),
    ),
  );
  return {
    commands,
    commandsOf: (fleet) => {
      all = commandsOf(fleet);
      return commands();
    },
    next$: concat(...begun$, NEVER),
  };
};

/** Up to the stage of this number. What is in a queue that the fleet does not read is nobody's. */
const queuesTo = (fleet: Fleet, number: number): QueueName[] =>
  stages
    .slice(0, number + 1)
    .flatMap((stage) => stage.queues)
    .filter((queue) => isReadIn(fleet, queue));

/** Emits when all prompts were sent and these queues are empty. */
const isOver$ = (bus: Bus, prompts: number, queues: readonly QueueName[]): Observable<true> => {
  const isOver = async (): Promise<boolean> => {
    if ((await bus.state('prompts')).lastSequence < prompts) return false;
    // In the order of the flow: a message is in the next queue before it leaves one, so none is missed.
    for (const queue of queues) if ((await bus.state(queue)).messages > 0) return false;
    return true;
  };
  return timer(0, CHECK_MS).pipe(
    exhaustMap(isOver),
    first(Boolean),
    map(() => true as const),
  );
};
