/** `anchorage logps`: what a model says of the answers of a pairs file. */
import {Command} from 'commander';
import type {EncodedPairLine, EncodedPairs} from '../../learning/pairs/encoded-pairs.js';
import type {PairLogps} from '../../learning/pairs/references.js';
import {filesOf} from '../../sources/split.js';
import {interruptible} from './interruptible.js';
import {requireDistinct} from './output/distinct-files.js';
import {openOutput, requireFree} from './output/output-file.js';
import {
  openPolicy,
  type PolicyOptions,
  withAdapterOption,
  withCompletionOption,
  withPolicyOptions,
} from './policy-options.js';
import {
  type PairsOptions,
  policyLogps,
  readPairsFor,
  withCacheOption,
  withPairsOptions,
} from './policy-pairs.js';
import {progressLine} from './progress-line.js';

interface LogpsOptions extends PolicyOptions, PairsOptions {
  readonly out: string;
  readonly force?: boolean;
  readonly cache?: string;
}

export const logpsCommand = (): Command =>
  withCacheOption(
    withPairsOptions(
      withCompletionOption(withAdapterOption(withPolicyOptions(new Command('logps')))),
    ).requiredOption(
      '--out <file>',
      'gets {"chosen_logps": ..., "rejected_logps": ...} for each pair, in order',
    ),
  )
    .option('--force', 'replace that file where it is there')
    .addHelpText(
      'after',
      `
Natural logarithms, summed over the completion's tokens. A pair that cannot be scored keeps its line: both are null, and
"refused" says why.

Example:
  anchorage logps --model models/llama --pairs pairs.jsonl --out logps.jsonl`,
    )
    .action(async (options: LogpsOptions) => {
      process.exitCode = await interruptible((signal) => writeLogps(options, signal));
    });

const writeLogps = async (options: LogpsOptions, signal: AbortSignal): Promise<boolean> => {
  const progress = progressLine();
  try {
    await requireDistinct(['--out', options.out], ['--pairs', options.pairs]);
    await requireFree(options.out, options.force);
    await filesOf({path: options.pairs, split: options.split, keys: '--'});
    const policy = await openPolicy(options, 'training', signal);
    for (const line of policy.lines) progress.print(line);
    const data = await readPairsFor(policy, options, progress);
    const output = await openOutput(options.out, options.force);
    try {
      const {pairs} = data;
      const logps = await policyLogps({policy, pairs, cache: options.cache, progress, signal});
      for (const line of linesOf(data, logps)) await output.write(line);
    } catch (error) {
      await output.discard();
      throw error;
    }
    await output.complete();
    progress.print(`written    ${options.out}`);
    return true;
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    progress.print('stopped, as asked; what was scored is kept for the next time');
    return false;
  } finally {
    progress.end();
  }
};

/** One for each pair of the file, in its order. */
const linesOf = ({pairs, refused}: EncodedPairs, logps: ReadonlyMap<EncodedPairLine, PairLogps>): object[] =>
  [
    ...pairs.map((pair) => ({
      line: pair.line,
      content: {chosen_logps: logps.get(pair)?.chosen, rejected_logps: logps.get(pair)?.rejected},
    })),
    ...refused.map(({line, refusal}) => ({
      line,
      content: {chosen_logps: null, rejected_logps: null, refused: refusal},
    })),
  ]
    .sort((one, other) => one.line - other.line)
    .map(({content}) => content);
