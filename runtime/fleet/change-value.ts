/** Changing a key-value entry that several processes change: by compare-and-set, each time from what it then is. */
import {setTimeout} from 'node:timers/promises';
import {backoffMs} from '../backoff.js';
import type {Bus, KvKey} from '../bus/bus.js';
import {RetryableError} from '../errors.js';

const TRIES = 20;

/**
 * Changes the value of a key, again where another process came first.
 *
 * @param how makes the next value from the present one, undefined where there is none; returns undefined where nothing is to
 * change. Called again with each try: one whose answer got lost is found to be made already.
 * @returns what the value then is.
 * @throws RetryableError where others change it all the time, or the server stays away.
 */
export const changeValue = async <T>(
  {kv}: Pick<Bus, 'kv'>,
  key: KvKey,
  how: (value: T | undefined) => T | undefined,
): Promise<T | undefined> => {
  for (let tries = 1; ; tries++) {
    // Waits for a server that is away.
    const found = await kv.get<T>(key);
    const next = how(found?.value);
    if (next === undefined) return found?.value;
    try {
      if (await kv.compareAndSet(key, next, found?.revision ?? 0)) return next;
    } catch (error) {
      if (!(error instanceof RetryableError) || tries === TRIES) throw error;
    }
    if (tries === TRIES)
      throw new RetryableError(`the key-value entry '${key}' is changed by others all the time`);
    await setTimeout(backoffMs(tries));
  }
};
