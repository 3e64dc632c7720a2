/** `anchorage data`: pairs without a learner, and what they are worth. */
import {Command} from 'commander';
import {describeCommand} from './describe.js';
import {exportCommand} from './export.js';
import {makeCommand} from './make.js';
import {rejectedCommand} from './rejected.js';

export const dataCommand = (): Command =>
  new Command('data')
    .addHelpText(
      'after',
      '\nExamples:\n  anchorage data make fleet.yaml --out pairs.jsonl\n  anchorage data export 20260131-174502 --out pairs.parquet',
    )
    .addCommand(makeCommand().exitOverride())
    .addCommand(exportCommand().exitOverride())
    .addCommand(describeCommand().exitOverride())
    .addCommand(rejectedCommand().exitOverride());
