/** Our bus as an actor uses it: publish with an id, deliveries, a handler, acknowledgements that are confirmed. */
import {Subject} from 'rxjs';
import {settle} from '../../actor/settle.js';
import {openBus} from '../../bus/open-bus.js';
import type {BusJob, Loop} from './job.js';
import {idOf, messageOf} from './message.js';
import {windowOf} from './window.js';

export const openOurs = async ({url, run, bytes, window: size}: BusJob): Promise<Loop> => {
  const bus = await openBus({url, run, name: 'bench'});
  const template = messageOf(0, bytes);
  // As actors publish.
  const grace = new AbortController().signal;
  const window = windowOf(size, (index) => {
    const id = idOf(index);
    return bus.publish('completions', {...template, promptId: id}, id, grace);
  });
  const drain$ = new Subject<void>();
  const deliveries = bus
    .deliveries('completions', {maxInFlight: size, drain$})
    .pipe(settle(async () => ({kind: 'done'}), size))
    .subscribe({next: () => window.done(), error: (error) => window.fail(error)});
  let moved = 0;
  return {
    async move(count) {
      const from = moved;
      moved += count;
      await window.move(from, count);
    },
    async close() {
      deliveries.unsubscribe();
      await bus.drain();
    },
  };
};
