/**
 * What programs import: the streams and the setter that the commands stand on.
 *
 * ```ts
 * import {metrics, objective} from 'anchorage';
 *
 * metrics().subscribe(({actor, step, values}) => {
 *   if (actor === 'learner' && step !== null) console.log(step, values['rewards/margins']);
 * });
 * const change = await objective.set({name: 'apo_down'});
 * if (change.kind === 'applied') console.log(`revision ${change.revision} from step ${change.step} on`);
 * ```
 */
import {from, map, Observable, switchMap} from 'rxjs';
import type {Alert as AlertMessage, MetricRow as MetricMessage} from '../proto/messages.js';
import type {Bus, LogStart} from './bus/bus.js';
import {openBus} from './bus/open-bus.js';
import {
  type ChangedObjective,
  getObjective,
  type ObjectiveRevision,
  setObjective,
} from './fleet/control/run-objective.js';
import type {SpecChange} from './fleet/control/spec.js';
import {findRun, type RunChoice} from './fleet/run/find-run.js';
import {metricRows$} from './metrics/stream.js';

export {RetryableError, TerminalError} from './errors.js';
export type {ChangedObjective, ObjectiveRevision} from './fleet/control/run-objective.js';
export type {ObjectiveChange, SpecChange} from './fleet/control/spec.js';
export type {RunChoice} from './fleet/run/find-run.js';

/** What an actor measured at one moment. What is null does not apply to the row: it is about no step, say. */
export interface MetricRow {
  /** Such as `learner`, and its number among those of its name, from 0. */
  readonly actor: string;
  readonly index: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly timeUnixMs: number;
  /** Optimizer steps taken. */
  readonly step: number | null;
  readonly policyVersion: number | null;
  /** The objective in force, and its revision. */
  readonly objective: string | null;
  readonly objectiveRevision: number | null;
  /** By metric name; `anchorage watch --help` says what each is. */
  readonly values: Readonly<Record<string, number>>;
}

export interface MetricOptions extends RunChoice {
  /** `new` (the default) takes only what comes; `{sequence: 1}` the whole run so far first. */
  readonly from?: LogStart;
}

/**
 * Every row that any actor of a run reports. Connects on subscription and closes on unsubscription; does not end by
 * itself. Errors with a `TerminalError` where no run is found.
 */
export const metrics = ({from: start = 'new', ...choice}: MetricOptions = {}): Observable<MetricRow> =>
  onBus(choice, (bus) => metricRows$(bus, start).pipe(map(rowOf)));

/** A sign of reward hacking. */
export interface Alert {
  /** Such as `held_out`; `runtime/fleet/README.md` has them all. */
  readonly rule: string;
  /** Optimizer steps taken when it was seen, and the revision of the objective in force. */
  readonly step: number;
  readonly objectiveRevision: number;
  /** What is seen, in words and numbers, and what the paper does about it. */
  readonly evidence: string;
  readonly remedy: string;
  /** What the fleet does about it: `warn`, `pause` or `rollback`. */
  readonly action: string;
  readonly timeUnixMs: number;
}

/** Every alert of a run, as `metrics` has its rows. */
export const alerts = ({from: start = 'new', ...choice}: MetricOptions = {}): Observable<Alert> =>
  onBus(choice, (bus) => bus.entries('alerts', start).pipe(map(({message}) => alertOf(message))));

const alertOf = ({
  rule,
  step,
  objectiveRevision,
  evidence,
  remedy,
  action,
  timeUnixMs,
}: AlertMessage): Alert => ({rule, step, objectiveRevision, evidence, remedy, action, timeUnixMs});

/** Connects on subscription and closes on unsubscription. */
const onBus = <T>(choice: RunChoice, work: (bus: Bus) => Observable<T>): Observable<T> =>
  new Observable((subscriber) => {
    const connecting = connect(choice);
    const rows = from(connecting).pipe(switchMap(work)).subscribe(subscriber);
    return () => {
      rows.unsubscribe();
      // A connection that was not made has told the subscriber, and one that is lost has nothing to send.
      connecting.then((bus) => bus.drain()).catch(() => undefined);
    };
  });

/** Field by field: a decoded message has its zeros where a spread does not see them. */
const rowOf = (row: MetricMessage): MetricRow => ({
  actor: row.actor,
  index: row.index,
  timeUnixMs: row.timeUnixMs,
  step: row.step ?? null,
  policyVersion: row.policyVersion ?? null,
  objective: row.objective === '' ? null : row.objective,
  objectiveRevision: row.objectiveRevision ?? null,
  values: {...row.values},
});

export interface SetOptions extends RunChoice {
  /** How long the answers of the run are waited for; 60 s unless given. */
  readonly timeoutMs?: number;
}
const DEFAULT_ANSWER_MS = 60_000;

export const objective = {
  /** The newest objective that was not refused. */
  get: (choice: RunChoice = {}): Promise<ObjectiveRevision> => withBus(choice, getObjective),
  /**
   * Asks for a change from the learner's next step on, or from step `step` on; resolves to what was decided. Its `kind` is
   * `applied` (from step `step` on), `refused` (`reason` says why), `unchanged` (it is in force already), or `undecided` (the
   * learner did not answer in time; the change stands, and is decided on later).
   *
   * Rejects with a `TerminalError` where the change is not valid, or the run is complete or cannot be reached.
   */
  set: (
    {step, ...change}: SpecChange & {readonly step?: number},
    {timeoutMs = DEFAULT_ANSWER_MS, ...choice}: SetOptions = {},
  ): Promise<ChangedObjective> => withBus(choice, (bus) => setObjective(bus, change, {step, timeoutMs})),
} as const;

const connect = async (choice: RunChoice): Promise<Bus> => {
  const {url, run} = await findRun(choice, {run: '{run}', nats: '{nats}'});
  return openBus({url, run, name: 'library'});
};

const withBus = async <T>(choice: RunChoice, work: (bus: Bus) => Promise<T>): Promise<T> => {
  const bus = await connect(choice);
  try {
    return await work(bus);
  } finally {
    await bus.drain();
  }
};
