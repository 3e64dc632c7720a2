/** An actor's way to its server, which may be cut off or about to come back when the actor starts. */
import {backoffMs} from '../backoff.js';
import type {Bus, BusOptions} from '../bus/bus.js';
import {type Reaching, reach} from '../bus/connection/reach.js';
import {openBus} from '../bus/open-bus.js';

/** Connects as soon as the server answers. A supervisor would count ends of the process, and soon give it up. */
export const reachBus = (
  options: BusOptions & {readonly serverAwayMs: number},
  how: Pick<Reaching, 'signal' | 'warn'>,
): Promise<Bus> =>
  reach(() => openBus(options), {
    ...how,
    serverAwayMs: options.serverAwayMs,
    pauseMs: (attempt) => backoffMs(attempt),
  });
