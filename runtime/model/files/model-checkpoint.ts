/** Models as Hugging Face folders: loaded whole and checked, saved so that a folder is never half there. */
import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {readJson} from '../../json/json-file.js';
import {copyRegularFile} from '../../json/regular-file.js';
import type {HostTensor} from '../../tensor/executor.js';
import {sizeOf} from '../../tensor/graph/graph.js';
import {loadTokenizer, type Tokenizer} from '../text/tokenizer.js';
import type {Adapter} from './adapter.js';
import {type ModelConfig, readModelConfig} from './config.js';
import {publishFolder, writeJson, writeWeightsFile} from './folder.js';
import {parameterShapes} from './parameters.js';
import {bytesPerWeight, type WeightsDtype, type WritableTensor} from './safetensors/safetensors.js';
import {
  checkParameters,
  INDEX_FILE,
  readWeights,
  shardsDigest,
  WEIGHTS_FILE,
  weightsFilesOf,
} from './weights.js';

/** A model in this process's memory. */
export interface ModelCheckpoint extends LoadedWeights {
  readonly directory: string;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  /** What is added to the weights, and learns in their place. */
  readonly adapter?: Adapter;
}

export interface LoadedWeights {
  /** Hugging Face names; float32. */
  readonly weights: ReadonlyMap<string, HostTensor>;
  /** Names the weights' content, wherever the folder is. */
  readonly weightsSha256: string;
}

/** What a saved model takes over from the one it was trained from. */
export interface CheckpointSource {
  readonly directory: string;
  readonly config: ModelConfig;
}

/**
 * Loads a folder. `expectedSha256`, where given, must be that of the weights found: a checkpoint's message names it.
 *
 * Throws a TerminalError that names the file (and the field or tensor) that is missing, damaged or unsupported.
 */
export async function loadCheckpoint(directory: string, expectedSha256?: string): Promise<ModelCheckpoint> {
  const config = await readModelConfig(directory);
  const tokenizer = await loadTokenizer(directory);
  return {directory, config, tokenizer, ...(await loadWeights(directory, config, expectedSha256))};
}

/** Loads a folder's weights alone, for a configuration that is known. Throws as `loadCheckpoint` does. */
export async function loadWeights(
  directory: string,
  config: ModelConfig,
  expectedSha256?: string,
): Promise<LoadedWeights> {
  const {tensors, sha256} = await readWeights(directory, config);
  requireSha256(directory, sha256, expectedSha256);
  return {weights: tensors, weightsSha256: sha256};
}

/** Throws a TerminalError where a folder's weights are not those that were expected, if any were. */
export function requireSha256(directory: string, sha256: string, expected: string | undefined): void {
  if (expected === undefined || expected === sha256) return;
  throw new TerminalError(
    `${join(directory, WEIGHTS_FILE)}: altered since the run was given it: SHA-256 ${sha256}, not ${expected}`,
  );
}

/** What a tokenizer and a template may consist of, besides the files written anew. */
const COPIED_FILES = new Set([
  'tokenizer.json',
  'tokenizer_config.json',
  'generation_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'chat_template.jinja',
  'chat_template.json',
  'tokenizer.model',
  'vocab.json',
  'merges.txt',
]);

/** The names of the files that make a folder a model: configuration, tokenizer, template and weights. */
export async function modelFilesOf(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => name === 'config.json' || COPIED_FILES.has(name));
  return [...names.sort(), ...(await weightsFilesOf(directory))];
}

const configFileSchema = z.looseObject({
  bos_token_id: z.unknown().optional(),
  eos_token_id: z.unknown().optional(),
  pad_token_id: z.unknown().optional(),
});

/** Bytes of a shard, at most, as Hugging Face's `max_shard_size="5GB"`; a tensor above it has a shard of its own. */
const MAX_SHARD_BYTES = 5_000_000_000;

export interface SaveOptions {
  /** float32 by default, which is exact; the others round to nearest, ties to even. */
  readonly dtype?: WeightsDtype;
  readonly maxShardBytes?: number;
}

/**
 * Writes a folder that transformers' `from_pretrained` loads: config.json, tokenizer.json, tokenizer_config.json,
 * generation_config.json, model.safetensors (or shards and their index, above 5 GB), and the template's files where the
 * source has them.
 *
 * Everything is written beside, flushed, read back and only then renamed, so that a kill never leaves half a folder. An
 * existing folder of that name is replaced. The same weights give the same bytes.
 */
export async function saveCheckpoint(
  directory: string,
  source: CheckpointSource,
  weights: ReadonlyMap<string, WritableTensor>,
  {dtype = 'float32', maxShardBytes = MAX_SHARD_BYTES}: SaveOptions = {},
): Promise<{readonly weightsSha256: string}> {
  checkParameters(join(directory, WEIGHTS_FILE), source.config, weights);
  let weightsSha256 = '';
  await publishFolder(directory, async (draft) => {
    weightsSha256 = await writeWeights(draft, source.config, weights, {dtype, maxShardBytes});
    await writeSmallFiles(draft, source.directory, dtype);
  });
  return {weightsSha256};
}

async function writeWeights(
  draft: string,
  config: ModelConfig,
  weights: ReadonlyMap<string, WritableTensor>,
  {dtype, maxShardBytes}: Required<SaveOptions>,
): Promise<string> {
  const shards: {tensors: [string, WritableTensor][]; bytes: number}[] = [];
  for (const name of parameterShapes(config).keys()) {
    const tensor = weights.get(name);
    if (tensor === undefined) continue;
    const bytes = sizeOf(tensor.shape) * bytesPerWeight(dtype);
    const last = shards.at(-1);
    if (last === undefined || last.bytes + bytes > maxShardBytes) {
      shards.push({tensors: [[name, tensor]], bytes});
    } else {
      last.tensors.push([name, tensor]);
      last.bytes += bytes;
    }
  }
  const [only] = shards;
  if (only !== undefined && shards.length === 1)
    return writeWeightsFile(join(draft, WEIGHTS_FILE), only.tensors, {dtype});

  const digits = (count: number) => String(count).padStart(5, '0');
  const fileOf: Record<string, string> = {};
  const files: {path: string}[] = [];
  const digests: string[] = [];
  for (const [i, {tensors}] of shards.entries()) {
    const name = `model-${digits(i + 1)}-of-${digits(shards.length)}.safetensors`;
    const path = join(draft, name);
    files.push({path});
    digests.push(await writeWeightsFile(path, tensors, {dtype}));
    for (const [tensor] of tensors) fileOf[tensor] = name;
  }
  const metadata = {total_size: shards.reduce((sum, {bytes}) => sum + bytes, 0)};
  await writeJson(join(draft, INDEX_FILE), {metadata, weight_map: fileOf});
  return shardsDigest(files, digests);
}

async function writeSmallFiles(draft: string, sourceDirectory: string, dtype: WeightsDtype): Promise<void> {
  const config = await readJson(join(sourceDirectory, 'config.json'), configFileSchema);
  const dtypeField = 'dtype' in config ? 'dtype' : 'torch_dtype';
  await writeJson(join(draft, 'config.json'), {...config, [dtypeField]: dtype});
  const names = (await readdir(sourceDirectory)).filter((name) => COPIED_FILES.has(name));
  for (const name of names) await copyRegularFile(join(sourceDirectory, name), join(draft, name));
  if (!names.includes('generation_config.json')) {
    const {bos_token_id, eos_token_id, pad_token_id} = config;
    await writeJson(join(draft, 'generation_config.json'), {bos_token_id, eos_token_id, pad_token_id});
  }
}
