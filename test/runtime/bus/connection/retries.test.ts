/** How long is waited for a server, and what is said when that was in vain. On a clock of the test's own. */
import test from 'ava';
import {BehaviorSubject} from 'rxjs';
import {noResponders, timedOut} from '../../../../runtime/bus/connection/failures.js';
import type {Link, LinkState} from '../../../../runtime/bus/connection/link.js';
import {withRetries} from '../../../../runtime/bus/connection/retries.js';
import {RetryableError, TerminalError} from '../../../../runtime/errors.js';

const STEP_MS = 5_000;

interface Scene {
  readonly state?: LinkState;
  readonly isCluster?: boolean;
  /** Whether the server answers a ping at that time; seconds. */
  answers(atSeconds: number): boolean;
  /** Whether it takes another connection, and is mute on that. */
  readonly isMuteElsewhere?: boolean;
  /** How long a request takes; milliseconds. */
  readonly stepMs?: number;
  /** Whether each request is answered when it has ended. */
  readonly answersLate?: boolean;
}

/** A link on which every request takes five seconds of the clock, unless told. */
const sceneOf = ({state = 'connected', isCluster = false, ...scene}: Scene) => {
  const {answers, isMuteElsewhere = false, stepMs = STEP_MS, answersLate = false} = scene;
  let passedMs = 0;
  const realNow = performance.now.bind(performance);
  performance.now = () => realNow() + passedMs;
  const seconds = () => passedMs / 1000;
  const link = {
    address: 'nats://a:4222',
    serverAwayMs: 600_000,
    isCluster: () => isCluster,
    state: () => state,
    state$: new BehaviorSubject(state),
    flush: () => (answers(seconds()) ? Promise.resolve() : Promise.reject(new Error('no answer'))),
    isMute: () => Promise.resolve(isMuteElsewhere),
    lateAnswers: () => (answersLate ? Math.floor(passedMs / stepMs) : 0),
    request: () => Promise.resolve(new Uint8Array()),
  } as unknown as Link;
  const failing =
    (error: () => Error, untilSeconds = Number.POSITIVE_INFINITY) =>
    async () => {
      passedMs += stepMs;
      if (seconds() < untilSeconds) throw error();
      return seconds();
    };
  return {link, failing};
};
const doing = 'asking';

test.serial(
  'a server that stands still for minutes is waited for, and its JetStream is not taken for mute',
  async (t) => {
    const {link, failing} = sceneOf({answers: (at) => at >= 120});
    t.is(await withRetries(link, failing(timedOut, 125), {doing}), 125);
  },
);

test.serial(
  'a server that answers while its JetStream is mute has a reason of its own, sooner',
  async (t) => {
    const {link, failing} = sceneOf({answers: () => true});
    const error = await t.throwsAsync(withRetries(link, failing(timedOut), {doing}), {
      instanceOf: TerminalError,
    });
    t.is(
      error.message,
      'the NATS server at nats://a:4222 answers, but its JetStream does not, while asking: its log says why; ' +
        'where its disk is full, free it; then start it again, and take the run up again',
    );
  },
);

test.serial(
  'a process that stood still itself, for as long as it may, takes no server for mute, nor for one that is away',
  async (t) => {
    const {link, failing} = sceneOf({answers: () => true, stepMs: 36_000});
    t.is(await withRetries(link, failing(timedOut, 1_500), {doing}), 1_512);
  },
);

test.serial('a server whose answers come late, since it gets no core, is not mute', async (t) => {
  const {link, failing} = sceneOf({answers: () => true, answersLate: true});
  t.is(await withRetries(link, failing(timedOut, 120), {doing}), 120);
});

test.serial(
  'a server that reads a connection no more and is mute on another cannot write: it is not taken for one that is away',
  async (t) => {
    const {link, failing} = sceneOf({answers: () => false, isMuteElsewhere: true});
    const error = await t.throwsAsync(withRetries(link, failing(timedOut), {doing}), {
      instanceOf: TerminalError,
    });
    t.regex(
      error.message,
      /^the NATS server at nats:\S+ answers, but its JetStream does not, while asking: /,
    );
  },
);

test.serial(
  'a server that stays away is given up after the time it may take, and no disk is suspected',
  async (t) => {
    const {link, failing} = sceneOf({answers: () => false});
    const error = await t.throwsAsync(withRetries(link, failing(timedOut), {doing}), {
      instanceOf: RetryableError,
    });
    t.is(
      error.message,
      'no answer from the NATS server at nats://a:4222 for 600 s while asking: it is away, or stands still; ' +
        'start it again, and take the run up again',
    );
  },
);

test.serial('a cluster that has lost its majority is named as that', async (t) => {
  const {link, failing} = sceneOf({isCluster: true, answers: () => true});
  const error = await t.throwsAsync(withRetries(link, failing(noResponders), {doing}), {
    instanceOf: RetryableError,
  });
  t.regex(
    error.message,
    /^the NATS cluster at \S+ did not answer for 600 s while asking: too many of its nodes/,
  );
});
