/** `anchorage objective` and `anchorage objective set`. */
import {Command} from 'commander';
import type {ObjectiveSpec} from '../../proto/messages.js';
import type {RunChoice} from '../fleet/find-run.js';
import {getObjective, setObjective} from '../fleet/objective.js';
import {objectiveNames} from '../learning/objectives/objectives.js';
import {number, withRun, withRunOptions} from './options.js';

interface SetOptions extends RunChoice {
  readonly beta?: number;
  readonly learningRate?: number;
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
    .description(`change it between two steps: ${objectiveNames.join(', ')}`)
    .argument('<name>', 'the objective')
    .option('--beta <number>', 'above 0; as it was unless given', number)
    .option('--learning-rate <number>', 'the peak, before the schedule; as it was unless given', number)
    .addHelpText('after', '\nExample:\n  anchorage objective set apo_down --beta 0.1 --learning-rate 1e-5')
    .action((name: string, _options: SetOptions, self: Command) => {
      // `--run` and `--nats` are options of `objective` too, which takes them wherever they stand.
      const {beta, learningRate, ...choice} = self.optsWithGlobals<SetOptions>();
      return withRun(choice, async (bus) =>
        console.log(lineOf(await setObjective(bus, {name, beta, learningRate}))),
      );
    });
  return command.addCommand(set.exitOverride());
};

const lineOf = ({name, beta, learningRate, revision}: ObjectiveSpec): string =>
  `${name}, beta ${beta}, learning rate ${learningRate} (revision ${revision})`;
