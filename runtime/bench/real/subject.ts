/** What real lengths are measured with: a model, and pairs and prompts of its tokens. */
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {TerminalError} from '../../errors.js';
import {encodePairsFile} from '../../learning/pairs/encoded-pairs.js';
import {type ModelConfig, readModelConfig} from '../../model/files/config.js';
import {encodePrompt, type TextFormat} from '../../model/text/encode.js';
import {loadTokenizer, type Tokenizer} from '../../model/text/tokenizer.js';
import {promptOf, readPromptRows} from '../../sources/prompts.js';
import type {RealOptions, RealPairs} from '../options.js';
import type {Report} from '../report.js';
import {configOf, type Size} from '../workload/sizes.js';
import {idsFrom, type TokenPair} from '../workload/workload.js';
import {pairsOfLengths, realLengths} from './lengths.js';
import {writeRandomModel} from './model.js';

/** The paper's. */
export const LIMITS = {prompt: 512, completion: 512} as const;

export interface Subject {
  readonly name: string;
  readonly folder: string;
  readonly config: ModelConfig;
  /** Of a given model. */
  readonly tokenizer: Tokenizer | undefined;
}

export interface Measurement {
  readonly options: RealOptions;
  readonly report: Report;
  readonly subject: Subject;
}

export interface NamedPairs {
  readonly name: string;
  readonly pairs: readonly TokenPair[];
}

/** A size with random weights, in a folder that is removed at the end. */
export async function withRandomModel(size: Size, use: (subject: Subject) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'anchorage-bench-'));
  try {
    const config = configOf(size);
    await writeRandomModel(folder, config);
    await use({name: size, folder, config, tokenizer: undefined});
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

export const givenModel = async (folder: string): Promise<Subject> => ({
  name: basename(folder),
  folder,
  config: await readModelConfig(folder),
  tokenizer: await loadTokenizer(folder),
});

/** Those of the file; or of each kind of real lengths, with random tokens. */
export async function pairsFor({config, tokenizer}: Subject, source: RealPairs): Promise<NamedPairs[]> {
  if (source.from === 'lengths') {
    return source.kinds.map((name) => ({
      name,
      pairs: pairsOfLengths(realLengths(name), LIMITS, config.vocabSize),
    }));
  }
  if (tokenizer === undefined)
    throw new TerminalError(`bench: --pairs ${source.path} holds texts, which need a --model`);
  const {pairs} = await encodePairsFile({path: source.path, keys: '--'}, tokenizer, {
    format: formatOf(tokenizer),
    maxPromptTokens: LIMITS.prompt,
    maxCompletionTokens: LIMITS.completion,
    maxPositions: config.maxPositions,
  });
  const tokens = pairs.map(({promptIds, chosenIds, rejectedIds}) => ({
    promptIds: Array.from(promptIds),
    chosenIds: Array.from(chosenIds),
    rejectedIds: Array.from(rejectedIds),
  }));
  return [{name: basename(source.path), pairs: tokens}];
}

/** The first prompts of the file where one is given; else as many of real lengths, with random tokens. */
export async function promptsFor(
  {config, tokenizer}: Subject,
  file: string | undefined,
  count: number,
): Promise<(readonly number[])[]> {
  if (file === undefined) {
    const ids = idsFrom(config.vocabSize, 'real prompts');
    const lengths = realLengths('plain').slice(0, count);
    return lengths.map(({prompt}) => ids(Math.min(prompt, LIMITS.prompt)));
  }
  if (tokenizer === undefined)
    throw new TerminalError(`bench: --prompts ${file} holds texts, which need a --model`);
  const prompts: number[][] = [];
  for await (const row of readPromptRows({path: file, keys: '--'})) {
    if (prompts.length === count) break;
    const options = {format: formatOf(tokenizer), maxPromptTokens: LIMITS.prompt};
    prompts.push(encodePrompt(tokenizer, promptOf(row), options, row.context));
  }
  if (prompts.length === 0) throw new TerminalError(`bench: --prompts ${file} holds no prompts`);
  return prompts;
}

const formatOf = ({renderChat}: Tokenizer): TextFormat => (renderChat === undefined ? 'plain' : 'chat');
