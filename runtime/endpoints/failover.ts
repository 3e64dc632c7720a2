/**
 * Several endpoints as one: each request has an order of its own in which it would be asked of them, by their weights, and goes
 * to the first that is in use. The order is made of the request alone, so that a rerun asks, and finds, the same.
 *
 * An endpoint that answers nothing, since no request can succeed there or since it is not there, is left out for a while; its
 * requests go to the next one. Then it is tried again.
 */
import {createHash} from 'node:crypto';
import {messageOf, RetryableError, TerminalError} from '../errors.js';
import type {ChatRequest} from './chat.js';
import type {Endpoint, EndpointReply} from './endpoint.js';

export interface Route extends Endpoint {
  /** The fleet's key, such as `endpoints.openai`. */
  readonly name: string;
  /** Its share of the requests is weight / sum of the weights. */
  readonly weight: number;
  /** An answer that is kept from another time. */
  kept(request: ChatRequest): Promise<EndpointReply | undefined>;
  /** Why it does not answer now, if that is known from the start. */
  readonly problem?: string | undefined;
}

const FIRST_OUT_MS = 30_000;
const LONGEST_OUT_MS = 600_000;

interface State {
  outUntilMs: number;
  /** How long it is left out next time. */
  outMs: number;
  answeredMs: number;
}

/**
 * @param tell told a line where an endpoint is left out, and where it is in use again.
 * @param now milliseconds of a clock that never goes back.
 */
export const openFailover = (
  routes: readonly Route[],
  tell: (line: string) => void,
  now: () => number = () => performance.now(),
): Endpoint => {
  const states = new Map<Route, State>(
    routes.map((route) => [
      route,
      {outUntilMs: 0, outMs: FIRST_OUT_MS, answeredMs: Number.NEGATIVE_INFINITY},
    ]),
  );
  const stateOf = (route: Route): State => {
    const state = states.get(route);
    if (state === undefined) throw new TerminalError(`no endpoint is called ${route.name}`);
    return state;
  };
  const leaveOut = (route: Route, reason: string): void => {
    const state = stateOf(route);
    if (state.outUntilMs > now()) return;
    tell(`${route.name} is left out for ${state.outMs / 1000} s: ${reason}`);
    state.outUntilMs = now() + state.outMs;
    state.outMs = Math.min(LONGEST_OUT_MS, 2 * state.outMs);
  };
  const answered = (route: Route): void => {
    const state = stateOf(route);
    if (state.outUntilMs > 0) tell(`${route.name} answers again`);
    Object.assign(state, {outUntilMs: 0, outMs: FIRST_OUT_MS, answeredMs: now()});
  };
  for (const route of routes) if (route.problem !== undefined) leaveOut(route, route.problem);

  return {
    async complete(request) {
      const order = orderFor(routes, request);
      for (const route of order) {
        const kept = await route.kept(request);
        if (kept !== undefined) return kept;
      }
      const isOut = (route: Route): boolean => stateOf(route).outUntilMs > now();
      // Where nobody is in use, those that are left out are all there is.
      const tried = [...order.filter((route) => !isOut(route)), ...order.filter(isOut)];
      let failed: unknown;
      for (const route of tried) {
        const beganMs = now();
        try {
          const reply = await route.complete(request);
          answered(route);
          return reply;
        } catch (error) {
          const isEnd = request.signal.aborted;
          if (isEnd || !(error instanceof TerminalError || error instanceof RetryableError)) throw error;
          // One request that is not answered says nothing where others are.
          if (error instanceof TerminalError || stateOf(route).answeredMs < beganMs)
            leaveOut(route, messageOf(error));
          // What may pass at one of them ends nothing.
          if (!(failed instanceof RetryableError)) failed = error;
        }
      }
      throw failed;
    },
  };
};

/** Weighted rendezvous hashing: −ln u / weight, the least first, with u of the request and the endpoint even in (0, 1). */
const orderFor = (routes: readonly Route[], {system, prompt, seed, history = []}: ChatRequest): Route[] =>
  routes
    .map((route) => {
      const hash = createHash('sha256')
        .update(
          JSON.stringify([
            ...[route.name, system ?? null, prompt, seed ?? null],
            ...history.map(({content}) => content),
          ]),
        )
        .digest();
      const even = (hash.readUIntBE(0, 6) + 0.5) / 2 ** 48;
      return {route, score: -Math.log(even) / route.weight};
    })
    .toSorted((one, other) => one.score - other.score)
    .map(({route}) => route);
