/** What `anchorage up`, and `data make`, which runs a fleet as it does, are told on their command lines. */
import type {Command} from 'commander';
import {collect, wholeFrom, wholeNumber} from '../options/values.js';

/** As commander reads it. */
export interface UpOptions {
  readonly dryRun?: boolean;
  readonly set: readonly string[];
  readonly run?: string;
  readonly nats?: string;
  readonly natsPort?: number;
  readonly actors: boolean;
  readonly serial?: boolean;
  /** Goes on with a run of the server that has no folder here. */
  readonly fromServer?: boolean;
  /** Goes on with a run of the folder that its server has lost. */
  readonly fromFolder?: boolean;
}

/** Keys of `training` that have an option of their own. */
export interface LengthOptions {
  readonly epochs?: number;
  readonly maxPairs?: number;
}

/** The options that both have. */
export const withFleetOptions = (command: Command): Command =>
  command
    .option('--dry-run', 'say what the fleet would do, and refuse what it would refuse; start nothing')
    .option(
      '--set <key=value>',
      'override one key, such as objective.beta=0.5; may be given again',
      collect,
      [],
    )
    .option('--max-pairs <number>', 'pairs to make, at most: training.maxPairs', wholeFrom(1))
    .option('--run <id>', 'go on with this run, or begin it; a new id unless given')
    .option('--nats <url>', 'use this server; NATS_URL, then a private one for the run, unless given')
    .option('--nats-port <port>', 'of the private server; any free one unless given', wholeNumber)
    .option(
      '--no-actors',
      'feed and follow the run only: actors are started elsewhere with `anchorage start`',
    )
    .option('--from-server', 'go on with a run that the server has and this folder does not')
    .option('--from-folder', 'go on with a run that this folder has and the server has lost');

/** The same with the lengths among what is set. */
export const withLengthsSet = ({epochs, maxPairs, ...options}: UpOptions & LengthOptions): UpOptions => ({
  ...options,
  set: [
    ...options.set,
    ...Object.entries({epochs, maxPairs}).flatMap(([key, value]) =>
      value === undefined ? [] : [`training.${key}=${value}`],
    ),
  ],
});
