/** `anchorage objective` and `anchorage objective set`. */
import {Command} from 'commander';
import type {ObjectiveSpec} from '../../proto/messages.js';
import type {RunChoice} from '../fleet/find-run.js';
import {getObjective, objectiveText, setObjective} from '../fleet/objective.js';
import type {Objective} from '../learning/objectives/objective.js';
import {objectiveNames, objectives} from '../learning/objectives/objectives.js';
import {rangeText} from '../learning/objectives/setting.js';
import {collectSettings, number, withRun, withRunOptions} from './options.js';

interface SetOptions extends RunChoice {
  readonly beta?: number;
  readonly learningRate?: number;
  readonly setting?: Readonly<Record<string, number>>;
}

export const objectiveCommand = (): Command => {
  const command = withRunOptions(new Command('objective'))
    .description('show the objective of a run, or change it while it runs')
    .addHelpText(
      'after',
      '\nExamples:\n  anchorage objective\n  anchorage objective set apo_down\n  anchorage objective set dpo --beta 0.5',
    )
    .action((choice: RunChoice) =>
      withRun(choice, async (bus) => console.log(lineOf(await getObjective(bus)))),
    );
  const set = withRunOptions(new Command('set'))
    .description('change it between two steps')
    .argument('<name>', 'a name, or a weighted sum of several, such as apo_zero+0.1*sft')
    .option('--beta <number>', 'above 0; as it was unless given', number)
    .option('--learning-rate <number>', 'the peak, before the schedule; as it was unless given', number)
    .option('--setting <name=value>', 'a setting of the objective; may be given again', collectSettings)
    .addHelpText(
      'after',
      `\nObjectives: ${objectiveNames.join(', ')}\n\nSettings, with their defaults:\n${settingsHelp()}\n
Examples:
  anchorage objective set apo_down --beta 0.1 --learning-rate 1e-5
  anchorage objective set robust --setting label_smoothing=0.2
  anchorage objective set apo_zero+0.1*sft`,
    )
    .action((name: string, _options: SetOptions, self: Command) => {
      // `--run` and `--nats` are options of `objective` too, which takes them wherever they stand.
      const {beta, learningRate, setting: settings, ...choice} = self.optsWithGlobals<SetOptions>();
      return withRun(choice, async (bus) =>
        console.log(lineOf(await setObjective(bus, {name, beta, learningRate, settings}))),
      );
    });
  return command.addCommand(set.exitOverride());
};

/** A line for each setting of each objective. */
const settingsHelp = (): string =>
  Object.entries<Objective>(objectives)
    .flatMap(([name, {settings = {}}]) =>
      Object.entries(settings).map(([setting, spec]) => {
        const key = `${name} ${setting}`.padEnd(30);
        return `  ${key}${String(spec.default).padEnd(7)}${rangeText(spec).padEnd(20)}${spec.about}`;
      }),
    )
    .join('\n');

const lineOf = (objective: ObjectiveSpec): string =>
  `${objectiveText(objective)}, learning rate ${objective.learningRate} (revision ${objective.revision})`;
