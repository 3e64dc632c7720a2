/** `anchorage up`: a whole fleet, from its file to its report. */

import {join} from 'node:path';
import {Command} from 'commander';
import {recipesOf} from '../../datasets.js';
import {TerminalError} from '../../errors.js';
import {droppedText, type FilePrompts, type PromptsFile, readPrompts} from '../../fleet/feed/prompts.js';
import {withCountedPrompts} from '../../fleet/file/counted.js';
import {namesHub, toFetch, withHubFiles} from '../../fleet/file/hub-files.js';
import {readFleet} from '../../fleet/file/load.js';
import {hasLearner} from '../../fleet/file/pairs-only.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {fleetFileOf, RUNS_FOLDER} from '../../fleet/run/run-folder.js';
import {say} from '../../output.js';
import {packageRoot} from '../../paths.js';
import {wholeFrom} from '../options/values.js';
import {estimateOf} from './estimate.js';
import {needsOf} from './needs.js';
import {lackingOf, planOf} from './plan.js';
import {runUp} from './run-up.js';
import {type Checked, checkUp} from './up-checks.js';
import {tellEnding} from './up-ending.js';
import {type ShortOptions, type UpOptions, withFleetOptions, withShortSet} from './up-options.js';

const DEMO_FLEET = join(packageRoot, 'runtime/fleet/demo.yaml');

export const upCommand = (): Command =>
  withFleetOptions(
    new Command('up').argument('[fleet.yaml]', 'the fleet; the shipped demonstration unless given'),
  )
    .option('--epochs <number>', 'times each pair is trained on: training.epochs', wholeFrom(1))
    .option(
      '--serial',
      'each stage begins when the one before is over: sample all, revise all, filter all, then train; slower, for comparison',
    )
    .addHelpText(
      'after',
      `
Examples:
  anchorage up
  anchorage up fleet.yaml --run first --set objective.name=dpo --set training.steps=500
  anchorage up fleet.yaml --dry-run
Fleets to begin from: ${join(packageRoot, 'deploy/fleets')}`,
    )
    .action(async (file: string | undefined, given: UpOptions & ShortOptions) => {
      const options = withShortSet(given);
      const name = file ?? DEMO_FLEET;
      const fleet = await readFleet(name, options.set);
      if (!hasLearner(fleet))
        throw new TerminalError(
          `${name}: actors.learner.count: 0 trains nobody; raise it, or make pairs alone with \`anchorage data make\``,
        );
      const checked = await readyToRun(name, fleet, options);
      if (checked !== undefined) process.exitCode = await runUp(file, checked, options, tellEnding);
    });

/**
 * Looks at all that the fleet needs, and says what it would do where that is all that is wanted; undefined then.
 *
 * @param name what complaints begin with.
 * @throws TerminalError with a line for each thing that is lacking.
 */
export const readyToRun = async (
  name: string,
  given: Fleet,
  options: UpOptions,
): Promise<Checked | undefined> => {
  if (namesHub(given) && !(await readyToFetch(name, given, options))) return undefined;
  const run = options.run ?? given.run;
  const asked = await withHubFiles(name, given, run && fleetFileOf(join(RUNS_FOLDER, run)));
  // A million lines are read once.
  let found: Promise<FilePrompts> | undefined;
  const read = (prompts: PromptsFile): Promise<FilePrompts> => {
    const wantsAnswers = recipesOf(asked).some(({name}) => name === 'judge_off_policy');
    found ??= readPrompts(prompts, {wantsAnswers});
    return found;
  };
  const fleet = await withCountedPrompts(asked, async (prompts) => (await read(prompts)).length);
  // Before what may be missing, which is told last.
  if (options.dryRun) say([...planOf(fleet), ...(await needsOf(fleet))].join('\n'));
  const lacking = await lackingOf(fleet);
  if (lacking.length > 0) throw allLacking(name, lacking);
  const checked = await checkUp(fleet, options, read);
  if (!options.dryRun) return checked;
  const dropped = checked.dropped && droppedText(checked.dropped);
  const lines = dropped === undefined ? [] : [`           of the prompts' file: ${dropped}`];
  say([...(await estimateOf(fleet, checked.prompts)), ...lines, 'valid; nothing was started'].join('\n'));
  return undefined;
};

const allLacking = (
  name: string,
  lacking: readonly string[],
  others: readonly string[] = [],
): TerminalError => new TerminalError([...lacking.map((each) => `${name}: ${each}`), ...others].join('\n'));

/** What else is lacking is said before gigabytes are fetched. False where a dry run can say no more without the policy. */
const readyToFetch = async (name: string, fleet: Fleet, {dryRun}: UpOptions): Promise<boolean> => {
  const absent = dryRun
    ? await toFetch(name, fleet).catch((error: unknown) => {
        if (error instanceof TerminalError) return error;
        throw error;
      })
    : [];
  const isUnknown = absent instanceof TerminalError;
  if (isUnknown || absent.length > 0) say(planOf(fleet).join('\n'));
  const lacking = await lackingOf(fleet);
  if (isUnknown || lacking.length > 0) throw allLacking(name, lacking, isUnknown ? [absent.message] : []);
  if (absent.length === 0) return true;
  say([...absent, 'more can be said when it is here; nothing was started'].join('\n'));
  return false;
};
