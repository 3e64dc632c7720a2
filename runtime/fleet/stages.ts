/**
 * The stages of a fleet one after the other, as most trainers have them: everything is sampled, then everything is
 * revised, then filtered and given its reference, then trained on. For comparison: `anchorage up --serial`.
 *
 * A stage is over when all prompts were sent and no queue up to its own holds a message. The stage under way is the first
 * that has something left, for a run that goes on and for a prompt that the server had lost and that went out again.
 */
import {exhaustMap, filter, map, type Observable, tap, timer} from 'rxjs';
import type {Command} from '../actor/supervise.js';
import {actorNames, actorTable, type StageName, stageNames} from '../actors.js';
import type {Bus} from '../bus/bus.js';
import {channels, queueNames} from '../bus/channels/subjects.js';
import {TerminalError} from '../errors.js';
import {comparisonsOf} from './anchor/settings.js';
import {holdOutOf} from './file/held-out.js';
import type {Fleet} from './file/schema.js';
import {isReadIn} from './fleet-actors.js';

const actorsOf = (stage: StageName) => actorNames.filter((actor) => actorTable[actor].stage === stage);

/** What its actors take from; the log and the checkpoints of the last one end with the run. */
const queuesOf = (stage: StageName) =>
  queueNames.filter((queue) => actorsOf(stage).some((actor) => channels[queue].consumers.includes(actor)));

/** Little beside a stage, so that what is compared with waits for nothing. */
const CHECK_MS = 100;

/** The fleet as its stages run one after the other: nothing bounds what is on its way. Throws a `TerminalError`. */
export const serialFleet = (fleet: Fleet, prompts: number): Fleet => {
  if (fleet.maxStaleness !== undefined || fleet.pipelineDepth !== undefined)
    throw new TerminalError(
      '--serial answers every prompt with the first policy, whatever its age; remove maxStaleness and pipelineDepth',
    );
  if (comparisonsOf(fleet) > 0)
    throw new TerminalError(
      '--serial has no sampler left when a checkpoint comes, and no answers to compare with: set anchor.comparisons to 0, and name an objective',
    );
  return {...fleet, maxOutstandingPrompts: Math.max(fleet.maxOutstandingPrompts, prompts)};
};

/** How many prompts the steps of a run can use: what is sampled in vain costs time here. Rejected ones have no other. */
export const usablePrompts = (fleet: Pick<Fleet, 'training' | 'evaluation'>): number => {
  const {steps, epochs, batchSize, maxPairs = Number.POSITIVE_INFINITY} = fleet.training;
  return holdOutOf(fleet) + Math.min(maxPairs, Math.ceil(steps / epochs) * batchSize);
};

export interface Stages {
  /** Of the stage that is under way. */
  commands(): readonly Command[];
  /** The same in another size. */
  readonly commandsOf: (fleet: Fleet) => readonly Command[];
  /** Emits the command lines of another stage when it is the first with something left. */
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
  let stage: StageName = 'sampling';
  const commands = () =>
    all.filter(({name}) => actorsOf(stage).some((actor) => name.startsWith(`${actor}-`)));
  const next$ = timer(0, CHECK_MS).pipe(
    exhaustMap(() => stageNow(bus, prompts, fleet)),
    filter((now) => now !== stage),
    tap((now) => {
      stage = now;
    }),
    map(commands),
  );
  return {
    commands,
    commandsOf: (fleet) => {
      all = commandsOf(fleet);
      return commands();
    },
    next$,
  };
};

/** The first stage that has something left; the last where none has. */
const stageNow = async (bus: Bus, prompts: number, fleet: Fleet): Promise<StageName> => {
  if ((await bus.state('prompts')).lastSequence < prompts) return 'sampling';
  // In the order of the flow: a message is in the next queue before it leaves one, so none is missed.
  // What is in a queue that the fleet does not read is nobody's.
  for (const stage of stageNames)
    for (const queue of queuesOf(stage))
      if (isReadIn(fleet, queue) && (await bus.state(queue)).messages > 0) return stage;
  return 'training';
};
