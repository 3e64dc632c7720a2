/** Models as Hugging Face folders: loaded whole and checked, saved so that a folder is never half there. */
import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {copyFile, mkdir, open, readdir, rename, rm, writeFile} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {z} from 'zod';
import {TerminalError} from '../errors.js';
import type {HostTensor} from '../tensor/executor.js';
import type {Adapter} from './adapter.js';
import {type ModelConfig, readModelConfig} from './config.js';
import {isMissing, readJson} from './json-file.js';
import {writeSafetensors} from './safetensors.js';
import {loadTokenizer, type Tokenizer} from './tokenizer.js';
import {ordered, readWeights, WEIGHTS_FILE} from './weights.js';

/** A model in this process's memory. */
export interface ModelCheckpoint {
  readonly directory: string;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  /** Hugging Face names; float32. */
  readonly weights: ReadonlyMap<string, HostTensor>;
  /** Names the weights' content, wherever the folder is. */
  readonly weightsSha256: string;
  readonly adapter?: Adapter;
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
  const {tensors, sha256} = await readWeights(directory, config);
  if (expectedSha256 !== undefined && expectedSha256 !== sha256) {
    throw new TerminalError(
      `${join(directory, WEIGHTS_FILE)}: altered since it was published: SHA-256 ${sha256}, not ${expectedSha256}`,
    );
  }
  return {directory, config, tokenizer, weights: tensors, weightsSha256: sha256};
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

const configFileSchema = z.looseObject({
  bos_token_id: z.unknown().optional(),
  eos_token_id: z.unknown().optional(),
  pad_token_id: z.unknown().optional(),
});

/**
 * Writes a folder that transformers' `from_pretrained` loads: config.json, tokenizer.json, tokenizer_config.json,
 * generation_config.json, model.safetensors in float32, and the template's files where the source has them.
 *
 * Everything is written beside, flushed, read back and only then renamed, so that a kill never leaves half a folder. An
 * existing folder of that name is replaced: for the moment between two renames there is none. The same weights give the
 * same bytes.
 */
export async function saveCheckpoint(
  directory: string,
  source: CheckpointSource,
  weights: ReadonlyMap<string, HostTensor>,
): Promise<{readonly weightsSha256: string}> {
  const target = resolve(directory);
  const parent = dirname(target);
  const draft = join(parent, `.${basename(target)}.${process.pid}.partial`);
  await rm(draft, {recursive: true, force: true});
  await mkdir(draft, {recursive: true});
  try {
    const weightsPath = join(draft, WEIGHTS_FILE);
    const parameters = ordered(weightsPath, source.config, weights);
    // transformers refuses a file that does not name its framework.
    const weightsSha256 = await writeSafetensors(weightsPath, parameters, {format: 'pt'});
    await writeSmallFiles(draft, source.directory);
    if ((await digest(weightsPath)) !== weightsSha256) {
      throw new TerminalError(
        `${weightsPath}: what was read back differs from what was written; check the disk`,
      );
    }
    for (const name of await readdir(draft)) await flush(join(draft, name));
    await flush(draft);
    await replaceFolder(draft, target);
    await flush(parent);
    return {weightsSha256};
  } catch (error) {
    await rm(draft, {recursive: true, force: true});
    throw error;
  }
}

async function writeSmallFiles(draft: string, sourceDirectory: string): Promise<void> {
  const config = await readJson(join(sourceDirectory, 'config.json'), configFileSchema);
  const dtypeField = 'dtype' in config ? 'dtype' : 'torch_dtype';
  await writeJson(join(draft, 'config.json'), {...config, [dtypeField]: 'float32'});
  const names = (await readdir(sourceDirectory)).filter((name) => COPIED_FILES.has(name));
  for (const name of names) await copyFile(join(sourceDirectory, name), join(draft, name));
  if (!names.includes('generation_config.json')) {
    const {bos_token_id, eos_token_id, pad_token_id} = config;
    await writeJson(join(draft, 'generation_config.json'), {bos_token_id, eos_token_id, pad_token_id});
  }
}

const writeJson = (path: string, value: unknown): Promise<void> =>
  writeFile(path, `${JSON.stringify(value, null, 2)}\n`);

/** A full folder cannot be renamed over: the old one steps aside first. */
async function replaceFolder(draft: string, target: string): Promise<void> {
  const aside = `${draft}.old`;
  await rm(aside, {recursive: true, force: true});
  try {
    await rename(target, aside);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  await rename(draft, target);
  await rm(aside, {recursive: true, force: true});
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
