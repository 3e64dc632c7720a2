/** `anchorage eval`: one model, or what it answered, scored by a suite. */
import {Command} from 'commander';
import type {AnswerOptions, AnswerSuite, LikelihoodSuite} from '../../suites/suite.js';
import {interruptible} from '../offline/interruptible.js';
import {withAdapterOption, withTextOptions} from '../offline/policy-options.js';
import {progressLine} from '../offline/progress-line.js';
import {number, wholeFrom, wholeNumber} from '../options/values.js';
import {withEndpointOptions} from './endpoints.js';
import type {EvalOptions} from './eval-options.js';
import {runAnswers} from './run-answers.js';
import {runLikelihoods} from './run-likelihoods.js';
import {chosenSuite, withSuiteOptions} from './suite-options.js';

export const evalCommand = (): Command =>
  withTextOptions(withEndpointOptions(withSuiteOptions(withOwnOptions(new Command('eval')))), ['int8'])
    .addHelpText(
      'after',
      `
Each number has its 95 % interval: Wilson's of shares, a bootstrap's over different items of other means. What has no score is
counted by its reason, and is in no mean. After a kill the same command goes on: what was answered or judged is not asked again.

Examples:
  anchorage eval --suite multiple_choice --file questions.jsonl --model models/llama --out eval/choice
  anchorage eval --suite mixeval --data mixeval-hard --endpoint http://localhost:8000/v1 --model llama --judge https://api.openai.com/v1 --judge-model gpt-4o-mini --out eval/mixeval
  anchorage eval --suite mixeval --data mixeval-hard --responses answers.jsonl --out eval/stored
  anchorage eval --suite alpaca_eval --annotations annotations.json --difficulty difficulty.json --gamed gamed.json --out eval/alpaca`,
    )
    .action(async (options: EvalOptions) => {
      process.exitCode = await interruptible((signal) => run(options, signal));
    });

const withOwnOptions = (command: Command): Command =>
  withAdapterOption(
    command
      .requiredOption('--suite <name>', 'what it is scored by')
      .option(
        '--model <folder>',
        'a Hugging Face folder, or its name on the Hub; with --endpoint, the name of a model there',
      ),
  )
    .option('--reference-model <folder>', 'the model that rewards are relative to, of suite preference')
    .option('--responses <file...>', 'answers that were given elsewhere: no model is asked')
    .requiredOption(
      '--out <folder>',
      'gets result.json and items.jsonl; an evaluation that is begun there goes on',
    )
    .option('--limit <number>', 'only so many of the first items', wholeFrom(1))
    .option('--temperature <number>', 'of the answers; greedy unless the suite says otherwise', number)
    .option('--seed <number>', 'of sampled answers', wholeNumber, 0)
    .option('--batch <number>', 'answers written at once', wholeFrom(1), 32);

const run = async (options: EvalOptions, signal: AbortSignal): Promise<boolean> => {
  const progress = progressLine();
  try {
    const {suite, options: own} = chosenSuite(options.suite, {...options});
    const running = {options, progress, signal};
    // A suite's options are those that its own schema let through.
    return suite.kind === 'answers'
      ? await runAnswers(running, suite as AnswerSuite, own as AnswerOptions)
      : await runLikelihoods(running, suite as LikelihoodSuite, own);
  } finally {
    progress.end();
  }
};
