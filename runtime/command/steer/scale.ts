/** `anchorage scale`: how many processes of each actor a run has, changed while it goes on. */
import {Command} from 'commander';
import {filter, firstValueFrom, tap, timeout} from 'rxjs';
import {type ActorName, actorNames} from '../../actors.js';
import type {Bus} from '../../bus/bus.js';
import {TerminalError} from '../../errors.js';
import {actorCounts} from '../../fleet/fleet-actors.js';
import type {Progress} from '../../fleet/progress.js';
import type {RunChoice} from '../../fleet/run/find-run.js';
import {
  type ActorsNow,
  askForScale,
  type Counts,
  countIn,
  fleetOnBus,
  type Scale,
  scaled,
} from '../../fleet/scale.js';
import {say} from '../../output.js';
import {withRun, withRunOptions} from '../options/run-options.js';
import {positive} from '../options/values.js';

interface ScaleOptions extends RunChoice {
  readonly timeout: number;
}

export const scaleCommand = (): Command =>
  withRunOptions(new Command('scale'))
    .argument('[actor=count...]', 'what to change; what a shrinking actor holds is ended first')
    .option('--timeout <seconds>', 'for all of them to be there', positive, 90)
    .addHelpText('after', '\nExamples:\n  anchorage scale\n  anchorage scale sampler=3 reviser=8')
    .action((changes: string[], {timeout: seconds, ...choice}: ScaleOptions) => {
      const named = changes.map(countIn);
      const counts: Counts = Object.fromEntries(named);
      if (Object.keys(counts).length < named.length)
        throw new TerminalError(`${changes.join(' ')}: an actor is named twice; give each one count`);
      return withRun(choice, async (bus) => {
        if (changes.length === 0) say(await shown(bus));
        else say(await change(bus, counts, seconds));
      });
    });

const shown = async (bus: Bus): Promise<string> => {
  const [fleet, scale, now] = await Promise.all([
    fleetOnBus(bus),
    bus.kv.get<Scale>('scale'),
    bus.kv.get<ActorsNow>('actors'),
  ]);
  const running = now?.value.running ?? {};
  return actorCounts(scaled(fleet, scale?.value.counts ?? {}))
    .map(({name, count}) =>
      now?.value.supervised === false
        ? `${name} ${count}`
        : `${name} ${count}, ${running[name] ?? 0} running`,
    )
    .join('\n');
};

/** Resolves to what became of it, in one line, when every actor has as many processes as were asked for. */
const change = async (bus: Bus, counts: Counts, seconds: number): Promise<string> => {
  const [now, progress] = await Promise.all([
    bus.kv.get<ActorsNow>('actors'),
    bus.kv.get<Progress>('progress'),
  ]);
  if (progress?.value.phase === 'complete')
    throw new TerminalError(`run ${bus.run} is complete: there is nothing left to scale`);
  if (now?.value.supervised === false)
    throw new TerminalError(
      `the actors of run ${bus.run} are started elsewhere: start another there, with \`anchorage start ACTOR --index N\``,
    );
  const began = performance.now();
  const {revision} = await askForScale(bus, counts);
  let newest: ActorsNow | undefined;
  const reached$ = bus.kv.watch<ActorsNow>('actors').pipe(
    filter((each) => each.revision >= revision),
    tap((each) => {
      newest = each;
      if (each.problem !== undefined) throw new TerminalError(each.problem);
    }),
    filter((each) => missing(each, counts).length === 0),
    timeout({
      first: seconds * 1000,
      with: () => {
        throw new TerminalError(lateText(bus.run, newest, counts, seconds));
      },
    }),
  );
  const {running} = await firstValueFrom(reached$);
  const took = ((performance.now() - began) / 1000).toFixed(1);
  const before = now?.value.processes ?? {};
  const changes = namesOf(counts).map((name) => `${name} ${before[name] ?? 0} → ${running[name] ?? 0}`);
  return `${changes.join(', ')}, after ${took} s`;
};

const namesOf = (counts: Counts): ActorName[] => actorNames.filter((name) => counts[name] !== undefined);

/** The actors that have too few on the bus, or too many processes. */
const missing = ({running, processes}: ActorsNow, counts: Counts): ActorName[] =>
  namesOf(counts).filter(
    (name) => (running[name] ?? 0) !== counts[name] || (processes[name] ?? 0) !== counts[name],
  );

const lateText = (run: string, now: ActorsNow | undefined, counts: Counts, seconds: number): string => {
  if (now === undefined)
    return `nobody took it up within ${seconds} s: is \`anchorage up\` of run ${run} still there? It is kept until then`;
  const lacking = missing(now, counts).map(
    (name) =>
      `${name} has ${now.processes[name] ?? 0} processes, ${now.running[name] ?? 0} running, of ${counts[name]}`,
  );
  return `not done within ${seconds} s, and still under way: ${lacking.join('; ')}; runs/${run}/logs says more`;
};
