/** How long a server is tried to be reached. On a clock of the test's own. */
import test from 'ava';
import {JetStreamMute} from '../../../../runtime/bus/connection/failures.js';
import {reach} from '../../../../runtime/bus/connection/reach.js';
import {RetryableError, TerminalError} from '../../../../runtime/errors.js';

const STEP_MS = 5_000;

/** Tries of five seconds of the clock each; each fails by what `failure` makes of its number, until it makes none. */
const tries = (failure: (attempt: number) => Error | undefined) => {
  let passedMs = 0;
  const realNow = performance.now.bind(performance);
  performance.now = () => realNow() + passedMs;
  let attempt = 0;
  return async (): Promise<number> => {
    passedMs += STEP_MS;
    attempt += 1;
    const error = failure(attempt);
    if (error !== undefined) throw error;
    return attempt;
  };
};
const away = () => new RetryableError('no answer');
const mute = () => new JetStreamMute('no word of JetStream');
const patience = {serverAwayMs: 600_000, pauseMs: () => 0};

test.serial('A server that is away is tried for as long as it may be, and it is said once', async (t) => {
  const said: string[] = [];
  const warn = (line: string) => said.push(line);
  const open = tries((attempt) => (attempt < 100 ? away() : undefined));
  t.is(await reach(open, {...patience, warn}), 100);
  t.deepEqual(said, ['no answer; trying again']);
  await t.throwsAsync(reach(tries(away), patience), {instanceOf: RetryableError, message: 'no answer'});
});

test.serial(
  'A server whose JetStream stays mute is given up within a minute, one that is mute as it comes back is not',
  async (t) => {
    let attempts = 0;
    const open = tries((attempt) => {
      attempts = attempt;
      return mute();
    });
    await t.throwsAsync(reach(open, patience), {instanceOf: TerminalError, message: 'no word of JetStream'});
    t.true(attempts * STEP_MS <= 60_000, `${attempts} tries`);
    const turns = tries((attempt) => (attempt > 40 ? undefined : attempt % 4 === 0 ? away() : mute()));
    t.is(await reach(turns, patience), 41);
  },
);

test.serial(
  'What no other try can mend is thrown at once, and so is the reason of who gives up',
  async (t) => {
    await t.throwsAsync(
      reach(
        tries(() => new TerminalError('refused')),
        patience,
      ),
      {message: 'refused'},
    );
    const gone = new Error('not wanted any more');
    const signal = AbortSignal.abort(gone);
    await t.throwsAsync(reach(tries(away), {...patience, signal}), {is: gone});
  },
);
