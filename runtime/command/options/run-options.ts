/** Options that several commands share. */
import type {Command} from 'commander';
import type {Bus} from '../../bus/bus.js';
import {openBus} from '../../bus/open-bus.js';
import {type FoundRun, findRun, type RunChoice} from '../../fleet/run/find-run.js';

/** `--run` and `--nats`, for commands that look at a run from outside. */
export const withRunOptions = (command: Command): Command =>
  command
    .option(
      '--run <id>',
      'the run; the newest live one under ./runs, or the only one of the server, unless given',
    )
    .option(
      '--nats <url>',
      'its NATS server; what a live run under ./runs says, then NATS_URL, unless given',
    );

/** Opens the bus of the run meant for the time of `work`. */
export const withRun = async <T>(
  choice: RunChoice,
  work: (bus: Bus, found: FoundRun) => Promise<T>,
): Promise<T> => {
  const found = await findRun(choice);
  const bus = await openBus({url: found.url, run: found.run, name: 'command'});
  try {
    return await work(bus, found);
  } finally {
    await bus.drain();
  }
};
