/** A pairs file under a policy: its tokens, and the log-probabilities that the policy gives them. */
import type {Command} from 'commander';
import {messageOf} from '../../errors.js';
import {createPairScorer, type PairScorer} from '../../learning/pair-scorer.js';
import {
  type EncodedPairLine,
  type EncodedPairs,
  encodePairsFile,
  longestOf,
  refusalText,
} from '../../learning/pairs/encoded-pairs.js';
import {openReferenceStore, type ReferenceStore} from '../../learning/pairs/reference-store.js';
import {type PairLogps, referenceLogps} from '../../learning/pairs/references.js';
import {cacheFolder} from '../../paths.js';
import type {Policy} from './policy-options.js';
import type {ProgressLine} from './progress-line.js';

export const withCacheOption = (command: Command): Command =>
  command.option(
    '--cache <folder>',
    'keeps log-probabilities of the model as it is loaded, by content (anchorage/logps in the user’s cache)',
  );

export interface PairsOptions {
  /** A data file or folder. */
  readonly pairs: string;
  readonly split?: string;
}

/** `--pairs` and `--split`. */
export const withPairsOptions = (command: Command): Command =>
  command
    .requiredOption(
      '--pairs <file>',
      "a data file or folder in one of TRL's forms, or with scored answers, such as UltraFeedback",
    )
    .option('--split <name>', 'of a data folder that has several');

/** The pairs of a file as the policy's tokens. Says what was refused, and what was cut. */
export const readPairsFor = async (
  {model, limits, format, chatTemplate}: Policy,
  {pairs: file, split}: PairsOptions,
  progress: ProgressLine,
): Promise<EncodedPairs> => {
  const {maxPositions} = model.config;
  const onProgress = (lines: number): void => progress.show(`reading    line ${lines} of ${file}`);
  const data = await encodePairsFile({path: file, split, keys: '--'}, model.tokenizer, {
    ...limits,
    format,
    chatTemplate,
    maxPositions,
    onProgress,
  });
  const {pairs, refused, cut, merged} = data;
  progress.print(`pairs      ${pairs.length} of ${file}`);
  if (refused.length > 0) progress.print(`           ${refusalText(refused)}`);
  if (cut.prompts + cut.completions > 0) {
    progress.print(
      `           cut to the limits: ${cut.prompts} prompts, and ${cut.completions} completions, which lose their end token`,
    );
  }
  if (merged > 0) {
    progress.print(
      `           ${merged} whose tokens merge across the border of prompt and answers, or whose template writes the ` +
        'prompt otherwise once it is answered; the answers begin where the tokens part, as in TRL',
    );
  }
  return data;
};

export interface LogpsRequest {
  readonly policy: Policy;
  readonly pairs: readonly EncodedPairLine[];
  /** The cache; the user's unless given. */
  readonly cache: string | undefined;
  readonly progress: ProgressLine;
  /** Rejects with its reason, between two parts of the work. */
  readonly signal: AbortSignal;
}

/** log π(y|x) of both answers of each pair under the policy as it was loaded. Says how they were come by. */
export const policyLogps = async (
  request: LogpsRequest,
): Promise<ReadonlyMap<EncodedPairLine, PairLogps>> => {
  const {policy, pairs, progress, signal} = request;
  const store = await openStore(request);
  let scorer: PairScorer | undefined;
  const begun = performance.now();
  try {
    const {logps, scored} = await referenceLogps(pairs, {
      store,
      openScorer: async () => {
        const maxTokens = Math.max(...pairs.map(longestOf));
        scorer = createPairScorer(policy.model, policy.executor, maxTokens);
        return scorer;
      },
      onProgress: (done, all) => progress.show(`scoring    ${done} of ${all} pairs`),
      signal,
    });
    progress.print(scoredText(scored, pairs.length, performance.now() - begun));
    return logps;
  } finally {
    await scorer?.dispose();
    await store.close();
  }
};

const scoredText = (scored: number, all: number, milliseconds: number): string => {
  if (scored === 0) return `scored     nothing: the ${all} pairs were scored before`;
  const rest = scored === all ? '' : `; ${all - scored} were scored before`;
  return `scored     ${scored} pairs in ${(milliseconds / 1000).toFixed(1)} s${rest}`;
};

const openStore = async ({policy, cache, progress}: LogpsRequest): Promise<ReferenceStore> => {
  const {model, executor, device, precision} = policy;
  const reference = {
    weightsSha256: model.weightsSha256,
    config: model.config,
    executor: executor.name,
    device,
    precision,
  };
  try {
    return await openReferenceStore(cache ?? cacheFolder('logps'), reference);
  } catch (error) {
    if (cache !== undefined) throw error;
    // A home that cannot be written stops nobody from training.
    progress.print(`scored log-probabilities are not kept: ${messageOf(error)}`);
    return openReferenceStore(undefined, reference);
  }
};
