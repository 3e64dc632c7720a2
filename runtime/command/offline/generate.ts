/** `anchorage generate`: a model's answers to a file of prompts. */
import {Command, InvalidArgumentError} from 'commander';
import {TerminalError} from '../../errors.js';
import {cacheLine, fitCache, machineShare} from '../../model/generation/cache-memory.js';
import {createGenerator, type Generation, type Generator} from '../../model/generation/generation.js';
import type {Text} from '../../model/text/conversations.js';
import {encodePrompt} from '../../model/text/encode.js';
import {seedOf} from '../../seed.js';
import {promptOf, readPromptRows} from '../../sources/prompts.js';
import {filesOf} from '../../sources/split.js';
import {number, wholeFrom, wholeNumber} from '../options/values.js';
import {interruptible} from './interruptible.js';
import {requireDistinct} from './output/distinct-files.js';
import {type OutputFile, openOutput, requireFree} from './output/output-file.js';
import {
  openPolicy,
  type Policy,
  type PolicyOptions,
  withAdapterOption,
  withPolicyOptions,
} from './policy-options.js';
import {type ProgressLine, progressLine} from './progress-line.js';

interface GenerateOptions extends PolicyOptions {
  readonly prompts: string;
  readonly split?: string;
  readonly column?: string;
  readonly out: string;
  readonly force?: boolean;
  readonly maxNewTokens?: number;
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly samples: number;
  readonly seed: number;
  readonly batch: number;
}

export const generateCommand = (): Command =>
  withAdapterOption(withPolicyOptions(new Command('generate'), ['int8']))
    .requiredOption('--prompts <file>', 'a data file or folder with prompts, texts or messages')
    .option('--split <name>', 'of a data folder that has several')
    .option('--column <name>', 'that holds the prompt; known by the layout unless given')
    .requiredOption('--out <file>', 'gets prompt, completion, completion_ids and finish_reason, in order')
    .option('--force', 'replace that file where it is there')
    .option('--max-new-tokens <number>', 'of an answer (512)', wholeFrom(1))
    .option('--temperature <number>', '0 takes the most probable token', nonNegative, 0)
    .option(
      '--top-p <number>',
      'only the most probable tokens that together have this probability',
      probability,
      1,
    )
    .option('--top-k <number>', 'only so many of the most probable tokens; 0 for all', wholeNumber, 0)
    .option('--samples <number>', 'answers to each prompt', wholeFrom(1), 1)
    .option('--seed <number>', 'the same seed gives the same answers', wholeNumber, 0)
    .option('--batch <number>', 'answers written at once', wholeFrom(1), 32)
    .addHelpText(
      'after',
      `
Lines are written to FILE.partial as they are ready, in order, and FILE appears when all are there.

Examples:
  anchorage generate --model aligned --prompts prompts.jsonl --out answers.jsonl
  anchorage generate --model aligned --prompts prompts.jsonl --temperature 0.7 --top-p 0.9 --samples 4 --out answers.jsonl`,
    )
    .action(async (options: GenerateOptions) => {
      process.exitCode = await interruptible((signal) => writeAnswers(options, signal));
    });

interface EncodedPrompt {
  readonly prompt: Text;
  readonly promptIds: readonly number[];
}

const writeAnswers = async (options: GenerateOptions, signal: AbortSignal): Promise<boolean> => {
  const progress = progressLine();
  try {
    await requireDistinct(['--out', options.out], ['--prompts', options.prompts]);
    await requireFree(options.out, options.force);
    await filesOf({path: options.prompts, split: options.split, keys: '--'});
    const asked = await ask(options, progress, signal);
    const output = await openOutput(options.out, options.force);
    const done = await answer({options, ...asked, output, progress, signal});
    if (done < asked.prompts.length * options.samples) {
      await output.abandon();
      progress.print(`stopped, as asked, after ${done} answers; they are in ${output.partial}`);
      return false;
    }
    await output.complete();
    progress.print(`written    ${done} answers to ${options.out}`);
    return true;
  } finally {
    progress.end();
  }
};

interface Asked {
  readonly prompts: readonly EncodedPrompt[];
  readonly generator: Generator;
  readonly maxNewTokens: number;
}

/** Opens the model and reads the prompts. The weights are the generator's alone from here on. */
const ask = async (options: GenerateOptions, progress: ProgressLine, signal: AbortSignal): Promise<Asked> => {
  const {batch, samples} = options;
  // The answer's length is to generation what a completion's is to training.
  const length = options.maxNewTokens === undefined ? {} : {maxCompletionTokens: options.maxNewTokens};
  const policy = await openPolicy({...options, ...length}, 'decoding', signal);
  for (const line of policy.lines) progress.print(line);
  const prompts = await readPromptsFor(policy, options, progress);
  const {model, executor, limits} = policy;
  const longest = Math.max(...prompts.map(({promptIds}) => promptIds.length));
  const maxTokens = Math.min(model.config.maxPositions, longest + limits.maxCompletionTokens);
  const cache = fitCache(
    model.config,
    {rows: Math.min(batch, prompts.length * samples), maxTokens},
    machineShare(
      'lower --max-new-tokens or --max-prompt-tokens, or generate on a machine or in a container with more',
    ),
  );
  progress.print(`cache      ${cacheLine(model.config, cache)}`);
  const generator = await createGenerator(model, executor, cache);
  return {prompts, generator, maxNewTokens: limits.maxCompletionTokens};
};

const readPromptsFor = async (
  {model, limits, format, chatTemplate}: Policy,
  {prompts: file, split, column}: GenerateOptions,
  progress: ProgressLine,
): Promise<EncodedPrompt[]> => {
  const prompts: EncodedPrompt[] = [];
  let cut = 0;
  for await (const row of readPromptRows({path: file, split, column, keys: '--'})) {
    const {context, where} = row;
    const prompt = promptOf(row);
    const ids = encoded(where, () =>
      encodePrompt(
        model.tokenizer,
        prompt,
        {format, chatTemplate, maxPromptTokens: limits.maxPromptTokens + 1},
        context,
      ),
    );
    cut += ids.length > limits.maxPromptTokens ? 1 : 0;
    const promptIds = ids.slice(-limits.maxPromptTokens);
    if (promptIds.length === 0)
      throw new TerminalError(`${where}: prompt: has no tokens; leave the line out`);
    prompts.push({prompt, promptIds});
  }
  if (prompts.length === 0) throw new TerminalError(`${file}: holds no prompts`);
  progress.print(
    `prompts    ${prompts.length} of ${file}${cut === 0 ? '' : `; ${cut} were longer than the limit and keep their end`}`,
  );
  return prompts;
};

const encoded = (where: string, encode: () => number[]): number[] => {
  try {
    return encode();
  } catch (error) {
    throw error instanceof TerminalError ? new TerminalError(`${where}: ${error.message}`) : error;
  }
};

interface Answering extends Asked {
  readonly options: GenerateOptions;
  readonly output: OutputFile;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
}

/** Requests under way for each row of the batch: enough that a row never waits, few enough to hold. */
const AHEAD = 8;

/** Writes the answers in order, as they become ready; how many were written. */
const answer = async (answering: Answering): Promise<number> => {
  const {options, prompts, generator, maxNewTokens, output, progress, signal} = answering;
  const {temperature, topP, topK, samples, seed, batch} = options;
  const all = prompts.length * samples;
  const begin = (index: number): Promise<Generation[]> | undefined => {
    const sample = index % samples;
    const prompt = prompts[(index - sample) / samples];
    if (prompt === undefined || signal.aborted) return undefined;
    const request = {
      promptIds: prompt.promptIds,
      maxNewTokens,
      temperature,
      topP,
      topK,
      seed: seedOf(seed, 'generate', (index - sample) / samples, sample),
    };
    const generation = generator.generate([request], signal);
    // Whoever awaits it is told; until then it must not end the process.
    generation.catch(() => undefined);
    return generation;
  };
  const unlessStopped = (error: unknown): undefined => {
    if (!signal.aborted) throw error;
  };
  const ahead = Math.min(all, AHEAD * batch);
  const underWay = Array.from({length: ahead}, (_, index) => begin(index));
  let done = 0;
  const telling = tellTokens(generator, (tokens) => progress.show(`answered   ${done} of ${all}; ${tokens}`));
  try {
    for (; done < all && !signal.aborted; done++) {
      const [generation] = (await underWay.shift()?.catch(unlessStopped)) ?? [];
      const prompt = prompts[Math.floor(done / samples)];
      if (generation === undefined || prompt === undefined) break;
      const {text, completionIds, finishReason} = generation;
      await output.write({
        prompt: prompt.prompt,
        completion: text,
        completion_ids: completionIds,
        finish_reason: finishReason,
        ...(samples === 1 ? {} : {sample: done % samples}),
      });
      underWay.push(begin(done + ahead));
    }
    return done;
  } finally {
    clearInterval(telling);
    await generator.dispose();
  }
};

const nonNegative = (text: string): number => {
  const value = number(text);
  if (value < 0) throw new InvalidArgumentError('It is a number from 0.');
  return value;
};

const probability = (text: string): number => {
  const value = number(text);
  if (value <= 0 || value > 1) throw new InvalidArgumentError('It is a number above 0 and at most 1.');
  return value;
};

/** How often a person is told; answers that are written at once end at once, after minutes. */
const TELL_MS = 500;

/** Says the tokens so far and how many come in a second, as long as there are more; until the timer is cleared. */
const tellTokens = (
  generator: Pick<Generator, 'tokenCount'>,
  tell: (tokens: string) => void,
): NodeJS.Timeout => {
  const begun = performance.now();
  let told = 0;
  return setInterval(() => {
    const {tokenCount} = generator;
    if (tokenCount === told) return;
    told = tokenCount;
    const seconds = (performance.now() - begun) / 1000;
    tell(`${tokenCount.toLocaleString('en')} tokens, ${(tokenCount / seconds).toFixed(1)} a second`);
  }, TELL_MS);
};
