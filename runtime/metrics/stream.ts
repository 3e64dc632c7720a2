/** The live metrics of a run, as anyone may subscribe to them. */
import {map, type Observable} from 'rxjs';
import type {MetricRow} from '../../proto/messages.js';
import type {Bus, LogStart} from '../bus/bus.js';

/**
 * Every row that any actor of the run reports, as it arrives.
 *
 * @param from where to begin: `new` (the default) takes only what comes, `{sequence: 1}` the whole run so far first.
 */
export const metricRows$ = (bus: Bus, from: LogStart = 'new'): Observable<MetricRow> =>
  bus.entries('metrics', from).pipe(map((entry) => entry.message));
