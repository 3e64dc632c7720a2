/** All contenders of one measurement: started one after another, timed in turns, ended together. */
import {type Command, type Contender, type Missing, startContender} from './contender.js';
import type {Ended, Job} from './job.js';
import {type Timings, takeTurns} from './rounds.js';

export interface Entrant {
  readonly command: Command;
  readonly job: Job;
}

export interface Measured extends Ended {
  readonly name: string;
  readonly timings: Timings;
  readonly startSeconds: number;
}

export interface Turns {
  readonly rounds: number;
  /** How often the job is done in one turn. */
  readonly count: number;
}

/** What those measured took that are there; `onMissing` hears of the others. Their order is the order of turns. */
export async function measureAll(
  entrants: readonly Entrant[],
  turns: Turns,
  onMissing: (name: string, reason: string) => void,
): Promise<Measured[]> {
  const starts = entrants.map(
    ({command, job}) =>
      () =>
        startContender(command, job),
  );
  return measureStarted(starts, turns, onMissing);
}

/** The same of contenders that start in some other way. */
export async function measureStarted(
  starts: readonly (() => Promise<Contender | Missing>)[],
  turns: Turns,
  onMissing: (name: string, reason: string) => void,
): Promise<Measured[]> {
  const field: Contender[] = [];
  for (const start of starts) {
    const started = await start();
    if ('missing' in started) onMissing(started.name, started.missing);
    else field.push(started);
  }
  const timings = await takeTurns(field, turns);
  const measured: Measured[] = [];
  for (const contender of field) {
    const ended = await contender.end();
    const {name, startSeconds} = contender;
    const taken = timings.get(name);
    if (taken !== undefined) measured.push({name, startSeconds, timings: taken, ...ended});
  }
  return measured;
}

/** What one process says of a job when it has done it to warm up; undefined where it is not there. */
export async function askOnce({command, job}: Entrant): Promise<Ended['about'] | undefined> {
  const started = await startContender(command, job);
  return 'missing' in started ? undefined : (await started.end()).about;
}
