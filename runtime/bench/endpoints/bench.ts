/**
 * `bench endpoints`: how well revisers use a model endpoint that is as odd as real ones. Its answers take lognormal times, one in a
 * hundred ten times as long; one request in twenty is turned away, one in a hundred is cut off. First without a limit, where its
 * slots bind, beside a bare loop of the same concurrency and, with peers, distilabel's pipeline; then with a limit on tokens a minute, which is to be used and not
 * exceeded in any minute.
 */
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {loadavg} from 'node:os';
import {join} from 'node:path';
import {messageOf, TerminalError} from '../../errors.js';
import {codeRoot} from '../../paths.js';
import type {EndpointsOptions} from '../options.js';
import {type Report, rounded} from '../report.js';
import {type Answered, bareLoop, distilabel, type EndpointJob, ours} from './contenders.js';
import {busyShare, tokensOfMinutes} from './figures.js';
import type {Seen, StandIn} from './stand-in.js';

/** Processes start and queues fill before this. */
const WARM_MS = 15_000;
/** Of the tokens a minute that the slots would give. */
const LIMITED = 0.6;

export const benchEndpoints = async (options: EndpointsOptions, report: Report): Promise<void> => {
  const {slots, latency, seconds, peers, python} = options;
  const standIn: StandIn = {slots, latencyMs: latency, refused: 0.05, dropped: 0.01};
  const what = {bench: 'endpoints', slots, latencyMs: latency, refused: 0.05, dropped: 0.01};
  let perMinute = 0;
  // A third of what ours will have answered: its batches wait for their slowest.
  const prompts = Math.ceil((slots * seconds * 1000) / latency / 3);
  for (const [contender, run] of [
    ...(peers ? [['distilabel', distilabel(python, prompts)] as const] : []),
    ['bare', bareLoop] as const,
    ['ours', ours] as const,
  ]) {
    report.say(`${contender}: ${slots} slots, ${slots} in flight, ${seconds} s`);
    const tried = await against(standIn, run, {
      ...{concurrency: slots, tokensPerMinute: undefined},
      seconds,
    }).catch((error: unknown) => messageOf(error));
    if (typeof tried === 'string') {
      if (contender !== 'distilabel') throw new TerminalError(`bench: ${contender}: ${tried}`);
      report.skip({...what, contender}, tried.split('\n').at(-1) ?? '');
      continue;
    }
    const {seen, answered} = tried;
    const {fromMs, toMs} = steadyOf(seen, contender === 'distilabel' ? undefined : seconds);
    const tokens = seen.asked.reduce(
      (sum, [atMs, each]) => sum + (atMs >= fromMs && atMs < toMs ? each : 0),
      0,
    );
    perMinute = (tokens * 60_000) / (toMs - fromMs);
    report.row({
      ...{kind: 'slots', ...what, contender, ...countsOf(seen, answered)},
      busyShare: rounded(busyShare(seen, slots, fromMs, toMs)),
      load: loadavg()[0],
    });
  }
  const limit = Math.round(LIMITED * perMinute);
  const limitedSeconds = Math.max(seconds, MINUTES_SECONDS);
  report.say(`ours: ${limit} tokens a minute, ${limitedSeconds} s`);
  const {seen, answered} = await against(standIn, ours, {
    ...{concurrency: slots, tokensPerMinute: limit},
    seconds: limitedSeconds,
  });
  const {fromMs, toMs} = steadyOf(seen, limitedSeconds);
  const {most, least} = tokensOfMinutes(seen, fromMs, toMs);
  report.row({
    ...{kind: 'tokens', ...what, contender: 'ours', tokensPerMinute: limit, ...countsOf(seen, answered)},
    mostOfLimit: rounded(most / limit),
    leastOfLimit: rounded(least / limit),
    load: loadavg()[0],
  });
};

/** So many minutes are looked at, one after the other and all between. */
const MINUTES_SECONDS = 210;

const countsOf = (seen: Seen, {prompts, answered}: Answered) => ({
  ...{prompts, lost: prompts - answered},
  ...{turnedAway: seen.refused, cutOff: seen.dropped},
});

/** From the first request on, once it runs, until prompts stop coming; until the last request, where it is not known when they did. */
const steadyOf = (
  {asked}: Seen,
  seconds: number | undefined,
): {readonly fromMs: number; readonly toMs: number} => {
  const firstMs = asked[0]?.[0] ?? 0;
  const endMs = seconds === undefined ? (asked.at(-1)?.[0] ?? 0) : firstMs + seconds * 1000;
  return {fromMs: firstMs + WARM_MS, toMs: endMs - END_MS};
};
/** Before prompts stop coming by the bench's own clock, which began a little earlier. */
const END_MS = 5_000;

const against = async (
  standIn: StandIn,
  run: (job: EndpointJob) => Promise<Answered>,
  job: Omit<EndpointJob, 'url'>,
): Promise<{readonly seen: Seen; readonly answered: Answered}> => {
  const child = fork(join(codeRoot, 'runtime/bench/endpoints/stand-in.js'), [JSON.stringify(standIn)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  try {
    const [{url}] = (await once(child, 'message')) as [{url: string}];
    const answered = await run({...job, url});
    const seen = (await (await fetch(`${url}/seen`)).json()) as Seen;
    return {seen, answered};
  } finally {
    child.kill();
    await ended;
  }
};
