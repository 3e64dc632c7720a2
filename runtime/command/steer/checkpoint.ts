/** `anchorage checkpoint`. */
import {Command} from 'commander';
import {RunCommand} from '../../../proto/messages.js';
import {runCommandAction, type SteeringChoice, withSteeringOptions} from './ask-run.js';

export const checkpointCommand = (): Command =>
  withSteeringOptions(new Command('checkpoint'))
    .addHelpText('after', '\nExample:\n  anchorage checkpoint')
    .action((choice: SteeringChoice) =>
      runCommandAction(
        choice,
        RunCommand.RUN_COMMAND_CHECKPOINT,
        (step) => `a checkpoint is written after step ${step}`,
      ),
    );
