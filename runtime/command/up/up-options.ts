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

/** Keys that have an option of their own. */
const shortKeys = {
  epochs: 'training.epochs',
  maxPairs: 'training.maxPairs',
  sample: 'prompts.count',
  seed: 'seed',
} as const;

/** What those options say. */
export type ShortOptions = {readonly [short in keyof typeof shortKeys]?: number};

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
    .option(
      '--sample <number>',
      'prompts of the file, chosen uniformly by the seed: prompts.count',
      wholeFrom(1),
    )
    .option('--seed <number>', 'of that choice, of its order, and of what is sampled: seed', wholeNumber)
    .option('--run <id>', 'go on with this run, or begin it; a new id unless given')
    .option('--nats <url>', 'use this server; NATS_URL, then a private one for the run, unless given')
    .option('--nats-port <port>', 'of the private server; any free one unless given', wholeNumber)
    .option(
      '--no-actors',
      'feed and follow the run only: actors are started elsewhere with `anchorage start`',
    )
    .option('--from-server', 'go on with a run that the server has and this folder does not')
    .option('--from-folder', 'go on with a run that this folder has and the server has lost');

/** The same with those keys among what is set. */
export const withShortSet = (given: UpOptions & ShortOptions): UpOptions => {
  const {epochs, maxPairs, sample, seed, ...options} = given;
  const sets = Object.entries({epochs, maxPairs, sample, seed}).flatMap(([short, value]) =>
    value === undefined ? [] : [`${shortKeys[short as keyof typeof shortKeys]}=${value}`],
  );
  return {...options, set: [...options.set, ...sets]};
};
