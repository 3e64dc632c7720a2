/** `anchorage resume`. */
import {Command} from 'commander';
import {RunCommand} from '../../../proto/messages.js';
import {runCommandAction, type SteeringChoice, withSteeringOptions} from './ask-run.js';

export const resumeCommand = (): Command =>
  withSteeringOptions(new Command('resume'))
    .addHelpText('after', '\nExample:\n  anchorage resume')
    .action((choice: SteeringChoice) =>
      runCommandAction(choice, RunCommand.RUN_COMMAND_RESUME, (step) => `goes on after step ${step}`),
    );
