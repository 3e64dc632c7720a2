/** A model folder's weights: one model.safetensors, or shards that an index file lists. */
import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {z} from 'zod';
import {TerminalError} from '../errors.js';
import type {HostTensor} from '../tensor/executor.js';
import type {ModelConfig} from './config.js';
import {readJson} from './json-file.js';
import {isRedundantParameter, parameterShapes} from './parameters.js';
import {readSafetensorsFile} from './safetensors.js';

export const WEIGHTS_FILE = 'model.safetensors';
const INDEX_FILE = 'model.safetensors.index.json';

export interface Weights {
  /** Hugging Face names, in the order of `parameterShapes`. */
  readonly tensors: Map<string, HostTensor>;
  /** Of the one file's bytes; of the shards' names and digests, where there are several. */
  readonly sha256: string;
}

/** Reads all weights of a folder and holds them to the configuration. Throws a TerminalError that names file and tensor. */
export async function readWeights(directory: string, config: ModelConfig): Promise<Weights> {
  const single = join(directory, WEIGHTS_FILE);
  const index = join(directory, INDEX_FILE);
  if (existsSync(single) || !existsSync(index)) {
    const {tensors, sha256} = await readSafetensorsFile(single);
    return {tensors: ordered(single, config, tensors), sha256};
  }
  const {weight_map: fileOf} = await readJson(
    index,
    z.object({weight_map: z.record(z.string(), z.string())}),
  );
  const tensors = new Map<string, HostTensor>();
  const hash = createHash('sha256');
  for (const name of [...new Set(Object.values(fileOf))].sort()) {
    if (name.includes('/') || name.includes('\\')) {
      throw new TerminalError(`${index}: "weight_map": ${JSON.stringify(name)} is not a file of this folder`);
    }
    const shard = await readSafetensorsFile(join(directory, name));
    hash.update(`${name} ${shard.sha256}\n`);
    for (const [tensorName, tensor] of shard.tensors) tensors.set(tensorName, tensor);
  }
  return {tensors: ordered(index, config, tensors), sha256: hash.digest('hex')};
}

/** The parameters in their order, without redundant ones; a TerminalError names the first that is missing, misshapen or unknown. */
export function ordered(
  path: string,
  config: ModelConfig,
  tensors: ReadonlyMap<string, HostTensor>,
): Map<string, HostTensor> {
  const shapes = parameterShapes(config);
  for (const name of tensors.keys()) {
    if (!shapes.has(name) && !isRedundantParameter(config, name)) {
      throw new TerminalError(
        `${path}: tensor "${name}" has no place in a ${config.family} model of this config.json`,
      );
    }
  }
  const result = new Map<string, HostTensor>();
  for (const [name, shape] of shapes) {
    const tensor = tensors.get(name);
    if (tensor === undefined)
      throw new TerminalError(`${path}: tensor "${name}" is missing; config.json asks for it`);
    if (tensor.dtype !== 'float32' || tensor.shape.join() !== shape.join()) {
      throw new TerminalError(
        `${path}: tensor "${name}" is ${tensor.dtype} [${tensor.shape}]; config.json asks for float32 [${shape}]`,
      );
    }
    result.set(name, tensor);
  }
  return result;
}
