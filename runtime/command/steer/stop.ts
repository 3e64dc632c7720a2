/** `anchorage stop`. */
import {Command} from 'commander';
import {RunCommand} from '../../../proto/messages.js';
import {wholeFrom} from '../options/values.js';
import {runCommandAction, type SteeringChoice, withSteeringOptions} from './ask-run.js';

export const stopCommand = (): Command =>
  withSteeringOptions(new Command('stop'))
    .option('--after-step <number>', 'the one under way unless given', wholeFrom(0))
    .addHelpText('after', '\nExamples:\n  anchorage stop\n  anchorage stop --after-step 400')
    .action((choice: SteeringChoice & {afterStep?: number}) =>
      runCommandAction(choice, RunCommand.RUN_COMMAND_STOP, (step) => `the run ends after step ${step}`),
    );
