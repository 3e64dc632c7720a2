/** `anchorage pause`. */
import {Command} from 'commander';
import {RunCommand} from '../../../proto/messages.js';
import {runCommandAction, type SteeringChoice, withSteeringOptions} from './ask-run.js';

export const pauseCommand = (): Command =>
  withSteeringOptions(new Command('pause'))
    .addHelpText('after', '\nExample:\n  anchorage pause')
    .action((choice: SteeringChoice) =>
      runCommandAction(choice, RunCommand.RUN_COMMAND_PAUSE, (step) => `paused after step ${step}`),
    );
