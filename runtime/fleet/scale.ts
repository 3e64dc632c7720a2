/**
 * How many processes of each actor a run has, changed while it goes on.
 *
 * `scale` is what was asked for, kept with the run: a supervisor that is started again starts from it. `actors` is what
 * became of it, written by the supervisor.
 */
import {
  catchError,
  concatMap,
  debounceTime,
  defer,
  EMPTY,
  from,
  ignoreElements,
  map,
  merge,
  type Observable,
  tap,
} from 'rxjs';
import type {Command, Supervisor} from '../actor/supervise.js';
import {type ActorName, actorNames, isActorName} from '../actors.js';
import type {Bus} from '../bus/bus.js';
import {messageOf, TerminalError} from '../errors.js';
import {complaintsOf} from './file/complaints.js';
import {hasLearner} from './file/pairs-only.js';
import {partsOf} from './file/part-count.js';
import {type Fleet, fleetSchema} from './file/schema.js';
import {actorsIn} from './fleet-actors.js';

export type Counts = Readonly<Partial<Record<ActorName, number>>>;

/** The key-value entry `scale`. */
export interface Scale {
  /** 1 for the first change, and one more with each. */
  readonly revision: number;
  /** Of the actors that were ever changed. */
  readonly counts: Counts;
}

/** The key-value entry `actors`. */
export interface ActorsNow {
  /** Of the scale that is in force; 0 before the first. */
  readonly revision: number;
  /** False where actors are started elsewhere, with `anchorage start`: nobody follows the scale. */
  readonly supervised: boolean;
  /** On the bus and not asked to end. */
  readonly running: Counts;
  /** In whatever state, those that drain among them. */
  readonly processes: Counts;
  /** Those that were here and ended for good or are asked to, such as `sampler-2`: nobody need wait for them. */
  readonly gone?: readonly string[];
  /** Why the newest scale is not followed. */
  readonly problem?: string;
}

const TRIES = 10;
const SETTLE_MS = 100;

/** The fleet with these counts. Throws a `TerminalError` with a line for each that it cannot have, as `fleetSchema` says. */
export const scaled = (fleet: Fleet, counts: Counts): Fleet => {
  const actors: Record<string, unknown> = {...fleet.actors};
  for (const name of actorNames) {
    const count = counts[name];
    if (count === undefined) continue;
    const actor = fleet.actors[name];
    if (actor === undefined)
      throw new TerminalError(`${name}: this fleet has none; it has ${actorsIn(fleet).join(', ')}`);
    if (name === 'evaluator' && count > 0 && fleet.evaluation === undefined)
      throw new TerminalError('evaluator: this fleet has no evaluation, and nothing to score by');
    if (name === 'sampler' && count > 1 && fleet.actors.sampler.endpoint !== undefined)
      throw new TerminalError(
        'sampler: its policy is behind an endpoint, which one asks as much at once as actors.sampler.concurrency says',
      );
    actors[name] = {...actor, count};
  }
  const {learner = fleet.actors.learner.count} = counts;
  if (hasLearner(fleet) !== learner > 0)
    throw new TerminalError(
      hasLearner(fleet)
        ? 'learner: a run that trains keeps 1 at least'
        : 'learner: this run makes pairs, and trains nobody',
    );
  const parts = partsOf(fleet);
  if ((counts.learner ?? 0) > parts)
    throw new TerminalError(
      `learner: this run's batches are in ${parts} part${parts === 1 ? '' : 's'}, for as many shards; a new run with training.parts: ${counts.learner} can have ${counts.learner}`,
    );
  const schema = fleetSchema.shape.actors;
  const parsed = schema.safeParse(actors);
  if (parsed.success) return {...fleet, actors: parsed.data};
  const complaints = complaintsOf(parsed.error.issues, schema, actors);
  throw new TerminalError(
    complaints.map(({path, message}) => `actors.${path.map(String).join('.')}: ${message}`).join('\n'),
  );
};

/** Reads `sampler=3`. Throws a `TerminalError`. */
export const countIn = (text: string): readonly [ActorName, number] => {
  const [, name = '', value = ''] = /^([^=]+)=(\d+)$/.exec(text) ?? [];
  if (value === '') throw new TerminalError(`${text}: not ACTOR=COUNT, such as sampler=3`);
  if (!isActorName(name))
    throw new TerminalError(`there is no actor ${name}; one of ${actorNames.join(', ')}`);
  return [name, Number(value)];
};

/** The fleet of a run, as its actors are told it. Throws a `TerminalError` where the run was never started. */
export const fleetOnBus = async (bus: Bus): Promise<Fleet> => {
  const fleet = await bus.kv.get<Fleet>('fleet');
  if (fleet === undefined)
    throw new TerminalError(`run ${bus.run} has no fleet on this server yet; start it with \`anchorage up\``);
  return fleet.value;
};

/** Asks for other counts; those that are not named stay. Throws a `TerminalError` where the fleet cannot have them. */
export const askForScale = async (bus: Bus, counts: Counts): Promise<Scale> => {
  const fleet = await fleetOnBus(bus);
  for (let tries = 0; tries < TRIES; tries++) {
    const before = await bus.kv.get<Scale>('scale');
    const next = {
      revision: (before?.value.revision ?? 0) + 1,
      counts: {...before?.value.counts, ...counts},
    };
    scaled(fleet, next.counts);
    if (await bus.kv.compareAndSet<Scale>('scale', next, before?.revision ?? 0)) return next;
  }
  throw new TerminalError('the scale was changed by others at the same time; try again');
};

/**
 * Follows the scale of a run for as long as it is subscribed to: starts and drains actors, and says what became of it.
 * Never emits.
 *
 * @param commandsOf the command lines of a fleet of that size.
 */
export const followScale = (
  bus: Bus,
  fleet: Fleet,
  supervisor: Supervisor,
  commandsOf: (fleet: Fleet) => readonly Command[],
): Observable<never> =>
  defer(() => {
    let revision = 0;
    let problem: string | undefined;
    const had = new Set<string>();
    const changes$ = bus.kv.watch<Scale>('scale').pipe(
      tap((scale) => {
        revision = scale.revision;
        problem = undefined;
        try {
          supervisor.want(commandsOf(scaled(fleet, scale.counts)));
        } catch (error) {
          // Put by hand, or by another version: no reason to end a run.
          problem = messageOf(error);
        }
      }),
    );
    return merge(changes$, supervisor.events$).pipe(
      debounceTime(SETTLE_MS),
      map(
        (): ActorsNow => ({
          revision,
          supervised: true,
          ...countsOf(supervisor),
          gone: goneOf(supervisor, had),
          ...(problem === undefined ? {} : {problem}),
        }),
      ),
      // A server that is away for a while ends no run, and what is told of it even less.
      concatMap((now) => from(bus.kv.put('actors', now)).pipe(catchError(() => EMPTY))),
      ignoreElements(),
    );
  });

const countsOf = (supervisor: Supervisor): Pick<ActorsNow, 'running' | 'processes'> => {
  const running: Partial<Record<ActorName, number>> = {};
  const processes: Partial<Record<ActorName, number>> = {};
  for (const [command, state] of supervisor.states()) {
    const name = command.replace(/-\d+$/, '');
    if (!isActorName(name) || state === 'done') continue;
    processes[name] = (processes[name] ?? 0) + 1;
    if (state === 'running') running[name] = (running[name] ?? 0) + 1;
  }
  return {running, processes};
};

/** Of all that the supervisor ever had, which `had` collects, those that are not there to stay. */
const goneOf = (supervisor: Supervisor, had: Set<string>): string[] => {
  const states = supervisor.states();
  for (const name of states.keys()) had.add(name);
  return [...had].filter((name) => ['draining', 'done', undefined].includes(states.get(name)));
};
