/** `anchorage pause`. */
import {Command} from 'commander';
import {RunCommand} from '../../../proto/messages.js';
import {runCommandAction, type SteeringChoice, withSteeringOptions} from './ask-run.js';

export const pauseCommand = (): Command =>
  withSteeringOptions(new Command('pause'))
    .description('take no further step until `anchorage resume`; what is sampled and revised meanwhile waits')
    .addHelpText('after', '\nExample:\n  anchorage pause')
    .action((choice: SteeringChoice) =>
      runCommandAction(choice, RunCommand.RUN_COMMAND_PAUSE, (step) => `paused after step ${step}`),
    );
