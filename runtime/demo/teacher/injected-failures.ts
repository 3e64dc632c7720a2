/** Failures at a rate, by a seed. Pure. */
import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {randomFor} from '../../seed.js';
import {RequestError} from './request.js';

/**
 * Throws a `RequestError` with status 500 or 503 for the given share of calls, from 0 to 1. The k-th try of a body fails
 * or not by the seed, the body and k: neither the order of requests nor their timing matters.
 */
export const createFailures = (seed: number, failureRate: number): ((body: string) => void) => {
  const tries = new Map<string, number>();
  return (body) => {
    if (failureRate === 0) return;
    const attempt = (tries.get(body) ?? 0) + 1;
    tries.set(body, attempt);
    const random = randomFor('failures', seed, body, attempt);
    if (uniformFloat64(random) >= failureRate) return;
    throw uniformFloat64(random) < 0.5
      ? new RequestError(500, 'The teacher failed, as it was told to at times.')
      : new RequestError(503, 'The teacher is overloaded, as it was told to be at times.');
  };
};
