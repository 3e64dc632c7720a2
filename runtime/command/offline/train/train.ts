/** `anchorage train`: the learner on a file of pairs, without a fleet. */
import {Command, InvalidArgumentError, Option} from 'commander';
import {objectiveNames} from '../../../learning/objectives/objectives.js';
import {optimizerNames} from '../../../learning/optimizers/optimizers.js';
import {scheduleKinds} from '../../../learning/schedule.js';
import {collectSettings, memorySize, number, positive, wholeFrom, wholeNumber} from '../../options/values.js';
import {withCompletionOption, withPolicyOptions} from '../policy-options.js';
import {withCacheOption, withPairsOptions} from '../policy-pairs.js';
import type {TrainOptions} from './train-options.js';

export const trainCommand = (): Command =>
  withCacheOption(
    withPairsOptions(withCompletionOption(withPolicyOptions(new Command('train'))))
      .requiredOption(
        '--objective <name>',
        `${objectiveNames.join(', ')}, or a weighted sum such as apo_zero+0.1*sft`,
      )
      .requiredOption('--out <folder>', 'gets the model, metrics.jsonl and checkpoint-N folders')
      .option('--beta <number>', 'strength of the anchor to the reference', positive, 0.1)
      .option('--learning-rate <number>', 'the peak, before the schedule', positive, 1e-6)
      .addOption(new Option('--optimizer <name>', 'as in torch').choices(optimizerNames).default('rmsprop'))
      .addOption(
        new Option('--schedule <name>', 'of the learning rate').choices(scheduleKinds).default('linear'),
      )
      .option('--warmup <number>', 'steps over which the rate rises, or below 1 their share of all', share, 0)
      .addOption(
        new Option('--epochs <number>', 'times that each pair is trained on (1)')
          .argParser(wholeFrom(1))
          .conflicts('steps'),
      )
      .option('--steps <number>', 'optimizer steps, instead of epochs', wholeFrom(1))
      .option('--batch <number>', 'pairs a step', wholeFrom(1), 16)
      .option('--weight-decay <number>', 'of the matrices, with adamw', nonNegative, 0)
      .option(
        '--memory <size>',
        'bounds what training takes, such as 4GB (what makes it faster, of a third of the machine’s); how many pairs are computed at once, and what is computed again, follows from it',
        memorySize,
      )
      .option(
        '--micro-batch <number>',
        'pairs computed at once, at most (as many as memory allows)',
        wholeFrom(1),
      )
      .option('--max-grad-norm <number>', 'gradients are scaled down to it', positive, 1)
      .option('--no-shuffle', 'pairs in file order in every epoch; a seeded order of each unless given')
      .option('--seed <number>', 'the same seed gives the same bytes', wholeNumber, 0)
      .addOption(
        new Option('--lora <rank>', 'train a new adapter of this rank, and leave the model as it is')
          .argParser(wholeFrom(1))
          .conflicts('initAdapter'),
      )
      .option('--lora-alpha <number>', 'of the new adapter (twice its rank)', positive)
      .option('--lora-dropout <share>', 'of the new adapter (0)', dropout)
      .option('--lora-targets <names>', 'linear layers that it adapts, such as q_proj,v_proj (all)', names)
      .option(
        '--init-adapter <folder>',
        'go on with this PEFT adapter; the reference is the model without it',
      )
      .option('--setting <name=number>', 'of the objective; may be given again', collectSettings, {})
      .option('--save-every <steps>', 'also save to checkpoint-N in the output', wholeFrom(1))
      .option(
        '--resume',
        'go on from the last save in the output, with the same options; begin where there is none',
      )
      .option('--metrics <file>', 'JSON lines, one a step (metrics.jsonl in the output)'),
  )
    .addHelpText(
      'after',
      `
Examples:
  anchorage train --model models/llama --pairs pairs.jsonl --objective apo_zero --out aligned
  anchorage train --model models/llama --pairs pairs.jsonl --objective dpo --lora 16 --learning-rate 1e-5 --out adapter
  anchorage train --model models/llama --pairs pairs.jsonl --objective apo_down --steps 100 --schedule cosine --warmup 0.1 --save-every 50 --out aligned`,
    )
    .action(async (options: TrainOptions) => {
      const {runTrain} = await import('./run-train.js');
      process.exitCode = await runTrain(options);
    });

/** Steps, or a share of them. */
const share = (text: string): number => {
  const value = number(text);
  if (value < 0 || (value >= 1 && !Number.isSafeInteger(value)))
    throw new InvalidArgumentError('It is a whole number of steps, or a share of them from 0 and below 1.');
  return value;
};

const nonNegative = (text: string): number => {
  const value = number(text);
  if (value < 0) throw new InvalidArgumentError('It is a number from 0.');
  return value;
};

const dropout = (text: string): number => {
  const value = number(text);
  if (value < 0 || value >= 1) throw new InvalidArgumentError('It is a number from 0 and below 1.');
  return value;
};

const names = (text: string): string[] => text.split(',').map((name) => name.trim());
