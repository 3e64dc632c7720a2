/** Requests per minute, as a bucket that starts full and fills evenly. Pure but for the clock that it is given. */

export interface RateLimit {
  /** Takes one request's place; or says how long until there is one. */
  take():
    | {readonly allowed: true; readonly remaining: number}
    | {readonly allowed: false; readonly waitMs: number};
}

export const createRateLimit = (requestsPerMinute: number, nowMs: () => number): RateLimit => {
  let places = requestsPerMinute;
  let countedAtMs = nowMs();
  return {
    take() {
      const now = nowMs();
      places = Math.min(requestsPerMinute, places + ((now - countedAtMs) * requestsPerMinute) / 60_000);
      countedAtMs = now;
      if (places < 1) return {allowed: false, waitMs: ((1 - places) * 60_000) / requestsPerMinute};
      places -= 1;
      return {allowed: true, remaining: Math.floor(places)};
    },
  };
};
