/** What an actor is given when it starts. */

import type {Logger} from 'pino';
import type {Observable} from 'rxjs';
import type {ActorName, actorTable} from '../actors.js';
import type {Bus} from '../bus/bus.js';

/** What an actor's time goes to. `waiting` and `starting` are what remains. */
export type Activity = (typeof actorTable)[ActorName]['activity'] | 'saving';

export interface ActorContext<F> {
  readonly name: ActorName;
  /** Among the actors of this name in the run, from 0. */
  readonly index: number;
  readonly fleet: F;
  readonly bus: Bus;
  /** The run's folder, runs/<id>. */
  readonly runFolder: string;
  /** Emits once when the actor is asked to stop: sources complete, what is in flight ends, then the process does. */
  readonly drain$: Observable<void>;
  /** Aborted at the same moment, for waits that would outlast a drain. */
  readonly signal: AbortSignal;
  /** Aborted some seconds later: for publishing what is finished, which would otherwise be done again. */
  readonly grace: AbortSignal;
  readonly log: Logger;
  /** Says a line to the log and to the operator: something was wrong, and the actor goes on. */
  warn(line: string): void;
  /** Publishes measured values now, with the actor's name, index and the time added. */
  report(values: Readonly<Record<string, number>>, stamp?: MetricStamp): void;
  /**
   * Adds to a total of this process, 1 unless given; every heartbeat reports the totals under these metric names.
   *
   * @returns the total.
   */
  count(metric: string, by?: number): number;
  /** Runs work and counts its duration to an activity; reported with the heartbeat as `seconds/<activity>`. */
  timed<T>(activity: Activity, work: () => Promise<T>): Promise<T>;
  /** Says that a long piece of work came forward: one that does not for long is taken for stuck, and started again. */
  advance(): void;
}

export interface MetricStamp {
  readonly step?: number;
  readonly policyVersion?: number;
  readonly objective?: string;
  readonly objectiveRevision?: number;
}

/** What a handler made of one message; `settle` turns it into an ack, a nak or the end of the actor, in one place. */
export type Outcome =
  | {readonly kind: 'done'}
  | {readonly kind: 'retry'; readonly reason: string; readonly delayMs: number}
  /** `isDone` where the message itself came to its end all the same. */
  | {readonly kind: 'fatal'; readonly reason: string; readonly isDone?: boolean};
