/**
 * Which adapters of a run its server has loaded: at most two, the newest and the one whose requests are under way.
 *
 * A1 A request names the adapter that is the newest as it begins, and its answer is that version's.
 * A2 Before a newer one is loaded, all but the newest are unloaded, each once no request names it any more.
 * A3 What the server forgot, since it was started again, is loaded again for the request that it turned away.
 */
import {setTimeout as sleep} from 'node:timers/promises';
import {backoffMs} from '../../backoff.js';
import type {AdapterServer} from '../../endpoints/adapters.js';
import {messageOf, TerminalError} from '../../errors.js';

export interface Adapter {
  readonly name: string;
  readonly policyVersion: number;
}

export interface KeptAdapters {
  /** Resolves to whether it answers from now on; false where the server takes up no adapters now. */
  takeUp(adapter: Adapter): Promise<boolean>;
  /** Does something by the newest adapter; by none before the first. */
  byNewest<T>(work: (adapter: Adapter | undefined) => Promise<T>): Promise<T>;
  /** Unloads the newest, or what is being loaded, once no request names it any more; from now on they name none. */
  letGo(): Promise<void>;
  /** What requests name from now on; undefined where they name none. */
  newest(): Adapter | undefined;
  /** How often it was loaded. */
  loadsOf(adapter: Adapter): number;
  /**
   * Looks whether a request was turned away because its adapter was not there; loads it then.
   *
   * @param seen what `loadsOf` was before that request.
   * @returns `loaded` where it is worth another try, `there` where it was there all along; `gone` where the server took up no
   * adapters any more, and requests name none, or a newer one that it took up since.
   */
  loadedAgain(adapter: Adapter, seen: number): Promise<'loaded' | 'there' | 'gone'>;
  /** The server said otherwise that it takes up none. */
  takesNone(reason: string): void;
}

export interface KeepingOptions {
  readonly server: Pick<AdapterServer, 'load' | 'unload'>;
  /** Makes the adapter's folder, where it is not there; resolves to its path as the server sees it. */
  provide(adapter: Adapter): Promise<string>;
  /** Removes it. */
  discard(adapter: Adapter): Promise<void>;
  /** How long a server that is away is waited for. */
  readonly patienceMs: number;
  /** A refusal for a person: what is to be changed. @param path as the server was told it; it need not say it, and there is none where nothing was to be loaded. */
  explain(reason: string, kind: 'unseen' | 'refused' | 'denied' | 'failed', path?: string): string;
  /** Told of one that is not unloaded, or may be loaded all the same, and that no request names; its folder stays. */
  stays(adapter: Adapter, reason: string): void;
  /** Told once that the server takes up no adapters; may throw. */
  unsupported(reason: string): void;
  note(line: string): void;
  readonly signal: AbortSignal;
  /** Between tries; a sleep, unless given. */
  pause?(tries: number): Promise<void>;
}

/** A folder that has just been written may not be seen by another machine yet. */
const UNSEEN_TRIES = 5;
const UNLOAD_TRIES = 3;

interface Alive extends Adapter {
  underWay: number;
  loads: number;
  /** Called once nothing is under way. */
  idle: (() => void)[];
}

/** @throws TerminalError, of `takeUp` and `loadedAgain`, where the server will not have an adapter. */
export const keepAdapters = (options: KeepingOptions): KeptAdapters => {
  const {server, provide, discard, patienceMs, explain, stays, unsupported, note, signal} = options;
  const pause =
    options.pause ?? ((tries: number): Promise<void> => sleep(backoffMs(tries), undefined, {signal}));
  const alive = new Map<string, Alive>();
  let newest: Alive | undefined;
  let isSaid = false;
  let turn: Promise<unknown> = Promise.resolve();
  /** One change of what is loaded after another. Nobody waits in a turn for what another turn brings. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };

  const takesNone = (reason: string): void => {
    if (isSaid) return;
    isSaid = true;
    unsupported(reason);
  };

  const load = async (adapter: Adapter): Promise<'done' | 'already' | 'unsupported'> => {
    const untilMs = performance.now() + patienceMs;
    for (let tries = 1; ; tries += 1) {
      signal.throwIfAborted();
      const path = await provide(adapter);
      const reply = await server.load(adapter.name, path);
      // After a try whose answer did not come, it is most likely that try which loaded it.
      if (reply.kind === 'already') return tries > 1 ? 'done' : 'already';
      if (reply.kind === 'done') return 'done';
      if (reply.kind === 'unsupported') {
        takesNone(reply.reason);
        return 'unsupported';
      }
      const isOver =
        reply.kind === 'refused' ||
        reply.kind === 'denied' ||
        (reply.kind === 'unseen' && tries >= UNSEEN_TRIES) ||
        performance.now() > untilMs;
      if (isOver) throw new TerminalError(explain(reply.reason, reply.kind, path));
      note(`${adapter.name} is not loaded yet: ${reply.reason}`);
      await pause(tries);
    }
  };

  const retire = async (old: Alive): Promise<void> => {
    if (old === newest || old.underWay > 0 || !alive.delete(old.name)) return;
    for (let tries = 1; ; tries += 1) {
      const reply = await server.unload(old.name);
      if (reply.kind === 'done' || reply.kind === 'already') break;
      if (tries === UNLOAD_TRIES || signal.aborted) return stays(old, reply.reason);
      await pause(tries);
    }
    await discard(old);
  };

  /** What could not be loaded: the server may have it all the same, and then its folder stays. */
  const clearAway = async (adapter: Adapter): Promise<void> => {
    const {name} = adapter;
    if (alive.has(name)) return;
    try {
      const reply = await server.unload(name);
      if (reply.kind === 'done' || reply.kind === 'already' || reply.kind === 'unsupported')
        await discard(adapter);
      else stays(adapter, reply.reason);
    } catch (error) {
      stays(adapter, messageOf(error));
    }
  };

  /** Once its turn comes. Nobody waits for it: what is newer answers meanwhile. */
  const retireInTurn = (old: Alive): void => {
    inTurn(() => retire(old)).catch((error: unknown) =>
      note(`${old.name} is not unloaded: ${messageOf(error)}`),
    );
  };

  const isIdle = (old: Alive): Promise<void> => {
    if (old.underWay === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const away = (): void => reject(signal.reason);
      signal.addEventListener('abort', away, {once: true});
      old.idle.push(() => {
        signal.removeEventListener('abort', away);
        resolve();
      });
    });
  };

  return {
    takesNone,
    async takeUp(adapter) {
      for (const old of [...alive.values()]) {
        if (old === newest) continue;
        await isIdle(old);
        await inTurn(() => retire(old));
      }
      return inTurn(async () => {
        const found = await load(adapter).catch(async (error: unknown) => {
          if (!signal.aborted) await clearAway(adapter);
          throw error;
        });
        if (found === 'unsupported') {
          await discard(adapter);
          return false;
        }
        const before = newest;
        newest = {...adapter, underWay: 0, loads: 1, idle: []};
        alive.set(adapter.name, newest);
        if (before !== undefined) retireInTurn(before);
        return true;
      });
    },
    async letGo() {
      // What is being loaded is let go of, too.
      await inTurn(async () => undefined);
      const old = newest;
      newest = undefined;
      if (old === undefined) return;
      await isIdle(old);
      await inTurn(() => retire(old));
    },
    async byNewest(work) {
      const used = newest;
      if (used === undefined) return work(undefined);
      used.underWay += 1;
      try {
        return await work(used);
      } finally {
        used.underWay -= 1;
        if (used.underWay === 0) {
          for (const done of used.idle.splice(0)) done();
          retireInTurn(used);
        }
      }
    },
    newest: () => newest,
    loadsOf: ({name}) => alive.get(name)?.loads ?? 0,
    loadedAgain: (adapter, seen) =>
      inTurn(async () => {
        const known = alive.get(adapter.name);
        if (known === undefined) return 'gone';
        if (known.loads > seen) return 'loaded';
        const found = await load(adapter);
        if (found === 'already') return 'there';
        if (found === 'unsupported') {
          alive.clear();
          newest = undefined;
          return 'gone';
        }
        known.loads += 1;
        return 'loaded';
      }),
  };
};
