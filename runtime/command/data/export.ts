/** `anchorage data export`: the pairs of a run that exists, as a file. */
import {Command, Option} from 'commander';
import {type Export, exportRun} from '../../data/export-run.js';
import {type FormName, formNames} from '../../data/forms.js';
import {say} from '../../output.js';
import {runFolderOf} from '../options/run-folder-of.js';

export interface OutOptions {
  readonly out: string;
  readonly form: FormName;
  readonly force?: boolean;
}

/** `--out`, `--form` and `--force`. */
export const withOutOptions = (command: Command): Command =>
  command
    .requiredOption('--out <file>', 'where to: a name that ends in .jsonl or .parquet')
    .addOption(
      new Option(
        '--form <name>',
        'TRL’s conversational form (texts for a plain policy), or that of the published CLAIR data sets',
      )
        .choices(formNames)
        .default('trl'),
    )
    .option('--force', 'replace a file of that name');

export const exportOf = ({out, form, force = false}: OutOptions): Export => ({path: out, form, force});

export const exportCommand = (): Command =>
  withOutOptions(new Command('export'))
    .description('write the pairs of a run to a file, in the order of its prompts')
    .argument('<run>', 'the id of a run under ./runs, or the path of its folder')
    .addHelpText(
      'after',
      '\nExamples:\n  anchorage data export 20260131-174502 --out pairs.parquet\n  anchorage data export first --out pairs.jsonl --form clair',
    )
    .action(async (run: string, options: OutOptions) => {
      const pairs = await exportRun(runFolderOf(run), exportOf(options));
      say(`${pairs} pairs in ${options.out}`);
    });
