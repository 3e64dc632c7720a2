/** `anchorage up`: a whole fleet, from its file to its report. */
import {join} from 'node:path';
import {Command} from 'commander';
import {TerminalError} from '../../errors.js';
import {withCountedPrompts} from '../../fleet/file/counted.js';
import {readFleet} from '../../fleet/file/load.js';
import {say} from '../../output.js';
import {packageRoot} from '../../paths.js';
import {collect, wholeFrom, wholeNumber} from '../options/values.js';
import {needsOf} from './needs.js';
import {lackingOf, planOf} from './plan.js';
import {runUp} from './run-up.js';
import {checkUp} from './up-checks.js';
import type {UpOptions} from './up-options.js';

const DEMO_FLEET = join(packageRoot, 'runtime/fleet/demo.yaml');

/** Keys of `training` that have an option of their own. */
interface Lengths {
  readonly epochs?: number;
  readonly maxPairs?: number;
}

export const upCommand = (): Command =>
  new Command('up')
    .argument('[fleet.yaml]', 'the fleet; the shipped demonstration unless given')
    .option('--dry-run', 'say what the fleet would do, and refuse what `up` would refuse; start nothing')
    .option(
      '--set <key=value>',
      'override one key, such as objective.beta=0.5; may be given again',
      collect,
      [],
    )
    .option('--epochs <number>', 'times each pair is trained on: training.epochs', wholeFrom(1))
    .option('--max-pairs <number>', 'pairs to make, at most: training.maxPairs', wholeFrom(1))
    .option('--run <id>', 'go on with this run, or begin it; a new id unless given')
    .option('--nats <url>', 'use this server; NATS_URL, then a private one for the run, unless given')
    .option('--nats-port <port>', 'of the private server; any free one unless given', wholeNumber)
    .option(
      '--no-actors',
      'feed and follow the run only: actors are started elsewhere with `anchorage start`',
    )
    .option(
      '--serial',
      'each stage begins when the one before is over: sample all, revise all, filter all, then train; slower, for comparison',
    )
    .option('--from-server', 'go on with a run that the server has and this folder does not')
    .option('--from-folder', 'go on with a run that this folder has and the server has lost')
    .addHelpText(
      'after',
      `
Examples:
  anchorage up
  anchorage up fleet.yaml --run first --set objective.name=dpo --set training.steps=500
  anchorage up fleet.yaml --dry-run
Fleets to begin from: ${join(packageRoot, 'deploy/fleets')}`,
    )
    .action(async (file: string | undefined, {epochs, maxPairs, ...given}: UpOptions & Lengths) => {
      const lengths = {epochs, maxPairs};
      const sets = Object.entries(lengths).flatMap(([key, value]) =>
        value === undefined ? [] : [`training.${key}=${value}`],
      );
      const options = {...given, set: [...given.set, ...sets]};
      const fleet = await withCountedPrompts(await readFleet(file ?? DEMO_FLEET, options.set));
      // Before what may be missing, which is told last.
      if (options.dryRun) say([...planOf(fleet), ...(await needsOf(fleet))].join('\n'));
      const lacking = await lackingOf(fleet);
      if (lacking.length > 0)
        throw new TerminalError(lacking.map((each) => `${file ?? DEMO_FLEET}: ${each}`).join('\n'));
      const checked = await checkUp(fleet, options);
      if (options.dryRun) say('valid; nothing was started');
      else process.exitCode = await runUp(file, checked, options);
    });
