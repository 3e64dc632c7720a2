/** What an actor has in hand: the counters of its heartbeat. */
import {defer, map, type Observable} from 'rxjs';
import type {Bus, Delivery} from '../bus/bus.js';
import type {Heartbeat} from './heartbeat.js';

export interface WorkCounter {
  /** Takes up a piece of work, of a kind where that has a name; the returned function ends it, once. */
  begin(kind?: string): () => void;
  /** Says that work under way came forward without ending. */
  advance(): void;
  /** Waits for the bus: a full queue or a server that is away is no fault of this process, so its clock stands still. */
  onBus<T>(waiting: Promise<T>): Promise<T>;
  /** Whether anything is under way. */
  busy(): boolean;
  heartbeat(): Heartbeat;
}

/**
 * @param now milliseconds of a clock that never goes back.
 * @param cpu processor time of this process; milliseconds.
 */
export const countWork = (
  now: () => number = () => performance.now(),
  cpu: () => number = processorMs,
): WorkCounter => {
  /** In the order in which they began. */
  const underWay = new Map<symbol, {readonly beganMs: number; readonly kind: string | undefined}>();
  /** How long the last of each kind took. */
  const lastMs = new Map<string | undefined, number>();
  const counts = {in: 0, out: 0};
  let longestMs = 0;
  let onBus = 0;
  let mark = {atMs: now(), cpuMs: cpu()};
  const advance = (): void => {
    mark = {atMs: now(), cpuMs: cpu()};
  };
  return {
    advance,
    begin: (kind) => {
      // Work that finds none under way begins the clock; more of it is no sign that the rest goes on.
      if (underWay.size === 0) advance();
      const key = Symbol('work');
      const beganMs = now();
      underWay.set(key, {beganMs, kind});
      counts.in += 1;
      return () => {
        if (!underWay.delete(key)) return;
        counts.out += 1;
        const tookMs = now() - beganMs;
        lastMs.set(kind, tookMs);
        longestMs = Math.max(longestMs, tookMs);
        advance();
      };
    },
    onBus: async (waiting) => {
      onBus += 1;
      try {
        return await waiting;
      } finally {
        onBus -= 1;
        advance();
      }
    },
    busy: () => underWay.size > 0,
    heartbeat: () => {
      const [oldest] = underWay.values();
      if (onBus > 0 || oldest === undefined) advance();
      const nowMs = now();
      return {
        kind: 'heartbeat',
        ...counts,
        busy: underWay.size,
        oldestMs: oldest === undefined ? 0 : nowMs - oldest.beganMs,
        doing: oldest?.kind,
        beforeMs: oldest === undefined ? undefined : lastMs.get(oldest.kind),
        unchangedMs: nowMs - mark.atMs,
        cpuUnchangedMs: cpu() - mark.cpuMs,
        longestMs,
      };
    },
  };
};

/** For as long, processor time is not asked for again: an actor that holds 64 requests asked for it in 7% of its own. */
const SAME_MS = 50;

let read = {atMs: Number.NEGATIVE_INFINITY, processorMs: 0};

/** Of this process, up to `SAME_MS` ago: whoever judges by it looks at many seconds. */
const processorMs = (): number => {
  const atMs = performance.now();
  if (atMs - read.atMs >= SAME_MS) {
    const {user, system} = process.cpuUsage();
    read = {atMs, processorMs: (user + system) / 1000};
  }
  return read.processorMs;
};

/**
 * A bus whose deliveries count as work from the moment they arrive until they are ended, and all else as waits for it.
 *
 * @param onAsked called when an actor asks for work: it has started by then.
 */
export const countedBus = (bus: Bus, work: WorkCounter, onAsked: () => void): Bus => {
  const {onBus} = work;
  const counted = <T>(delivery: Delivery<T>): Delivery<T> => {
    const end = work.begin();
    return {
      message: delivery.message,
      sequence: delivery.sequence,
      deliveryCount: delivery.deliveryCount,
      ack: () => onBus(delivery.ack()).finally(end),
      nak: (delayMs) => {
        delivery.nak(delayMs);
        end();
      },
      term: (reason) => {
        delivery.term(reason);
        end();
      },
    };
  };
  const asked = <T>(deliveries: () => Observable<Delivery<T>>): Observable<Delivery<T>> =>
    defer(() => {
      onAsked();
      return deliveries().pipe(map(counted));
    });
  return {
    ...bus,
    // A policy may take minutes on a slow line, and any time where the server is away.
    blobs: {
      put: (blob, path, signal) => onBus(bus.blobs.put(blob, path, signal)),
      has: (sha256) => onBus(bus.blobs.has(sha256)),
      get: (blob, path, signal) => onBus(bus.blobs.get(blob, path, signal)),
      delete: (sha256) => onBus(bus.blobs.delete(sha256)),
    },
    kv: {
      ...bus.kv,
      get: (key) => onBus(bus.kv.get(key)),
      put: (key, value) => onBus(bus.kv.put(key, value)),
      compareAndSet: (key, value, revision) => onBus(bus.kv.compareAndSet(key, value, revision)),
    },
    last: (log) => onBus(bus.last(log)),
    state: (channel) => onBus(bus.state(channel)),
    publish: (channel, message, id, signal) => onBus(bus.publish(channel, message, id, signal)),
    publishAfter: (log, message, options) => onBus(bus.publishAfter(log, message, options)),
    deliveries: (queue, options) => asked(() => bus.deliveries(queue, options)),
    sharedEntries: (log, options) => asked(() => bus.sharedEntries(log, options)),
    read(log, from) {
      // A learner's work; every other log is read for what it says.
      if (log === 'pairs') onAsked();
      return bus.read(log, from);
    },
  };
};
