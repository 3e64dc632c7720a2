/**
 * What programs import: the streams and the setter that the commands stand on.
 *
 * ```ts
 * import {metrics, objective} from 'anchorage';
 *
 * metrics().subscribe(({step, values}) => console.log(step, values['rewards/margins']));
 * await objective.set({name: 'apo_down'});
 * ```
 */
import {from, Observable, switchMap} from 'rxjs';
import type {MetricRow} from '../proto/messages.js';
import type {Bus, LogStart} from './bus/bus.js';
import {openBus} from './bus/open-bus.js';
import {getObjective, type ObjectiveRevision, setObjective} from './fleet/control/objective.js';
import type {SpecChange} from './fleet/control/spec.js';
import {findRun, type RunChoice} from './fleet/find-run.js';
import {metricRows$} from './metrics/stream.js';

export type {MetricRow} from '../proto/messages.js';
export {RetryableError, TerminalError} from './errors.js';
export type {ObjectiveRevision} from './fleet/control/objective.js';
export type {ObjectiveChange, SpecChange} from './fleet/control/spec.js';
export type {RunChoice} from './fleet/find-run.js';

export interface MetricOptions extends RunChoice {
  /** `new` (the default) takes only what comes; `{sequence: 1}` the whole run so far first. */
  readonly from?: LogStart;
}

/**
 * Every row that any actor of a run reports. Connects on subscription and closes on unsubscription; does not end by
 * itself. Errors with a `TerminalError` where no run is found.
 */
export const metrics = ({from: start = 'new', ...choice}: MetricOptions = {}): Observable<MetricRow> =>
  new Observable((subscriber) => {
    const connecting = connect(choice);
    const rows = from(connecting)
      .pipe(switchMap((bus) => metricRows$(bus, start)))
      .subscribe(subscriber);
    return () => {
      rows.unsubscribe();
      // A connection that was not made has told the subscriber, and one that is lost has nothing to send.
      connecting.then((bus) => bus.drain()).catch(() => undefined);
    };
  });

export const objective = {
  /** The newest objective that was not refused. */
  get: (choice: RunChoice = {}): Promise<ObjectiveRevision> => withBus(choice, getObjective),
  /** Asks for a change from the learner's next step on, or from step `step` on; resolves to the new revision. */
  set: (
    {step, ...change}: SpecChange & {readonly step?: number},
    choice: RunChoice = {},
  ): Promise<ObjectiveRevision> => withBus(choice, (bus) => setObjective(bus, change, {step})),
} as const;

const connect = async (choice: RunChoice): Promise<Bus> => {
  const {url, run} = await findRun(choice);
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
