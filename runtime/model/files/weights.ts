/** A model folder's weights: one model.safetensors, or shards that an index file lists. */
import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {basename, join} from 'node:path';
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {readJson} from '../../json/json-file.js';
import type {FilePlace, HostTensor, TensorSpec} from '../../tensor/executor.js';
import type {ModelConfig} from './config.js';
import {requireFinite} from './finite.js';
import {EMBEDDING, isRedundantParameter, OUTPUT, parameterShapes} from './parameters.js';
import {openSafetensors, type SafetensorsReader} from './safetensors/safetensors.js';

export const WEIGHTS_FILE = 'model.safetensors';
export const INDEX_FILE = 'model.safetensors.index.json';

export interface Weights {
  /** Hugging Face names, in the order of `parameterShapes`. */
  readonly tensors: Map<string, HostTensor>;
  /** Of the one file's bytes; of the shards' names and digests, where there are several. */
  readonly sha256: string;
}

/** A folder's weights with their headers read and held to the configuration, and no tensor read yet. */
export interface OpenWeights {
  read(name: string): Promise<HostTensor>;
  readAll(): Promise<Weights>;
  /** Reads all and keeps nothing: for who only asks whether they are whole. The same digest as `readAll`. */
  check(): Promise<string>;
  /** As `SafetensorsReader.placeOf`. */
  placeOf(name: string): Promise<FilePlace | undefined>;
  /** As `SafetensorsReader.readRows`. */
  readRows(name: string, rows: Int32Array): Promise<Float32Array>;
  /** Throws a TerminalError where a file was written to since it was opened. */
  verify(): Promise<void>;
  close(): Promise<void>;
}

/** Reads all weights of a folder. Throws a TerminalError that names file and tensor, also for a value that is no finite number. */
export async function readWeights(directory: string, config: ModelConfig): Promise<Weights> {
  const weights = await openWeights(directory, config);
  try {
    return await weights.readAll();
  } finally {
    await weights.close();
  }
}

/**
 * Opens a folder's weights. Throws a TerminalError that names file and tensor where one is missing, misshapen, unknown, or
 * not in the shard that the index names.
 */
export async function openWeights(directory: string, config: ModelConfig): Promise<OpenWeights> {
  const single = join(directory, WEIGHTS_FILE);
  const index = join(directory, INDEX_FILE);
  const isSharded = !existsSync(single) && existsSync(index);
  const path = isSharded ? index : single;
  const readers = isSharded ? await openShards(directory, index) : [await openSafetensors(single)];
  const close = async () => {
    for (const reader of readers) await reader.close();
  };
  try {
    const readerOf = new Map(
      readers.flatMap((reader) => [...reader.stored.keys()].map((name) => [name, reader])),
    );
    const specs = new Map<string, TensorSpec>(readers.flatMap((reader) => [...reader.stored]));
    // transformers takes either of two tied matrices for both.
    const output = config.tiedEmbeddings ? specs.get(OUTPUT) : undefined;
    if (output !== undefined && !specs.has(EMBEDDING)) specs.set(EMBEDDING, output);
    checkParameters(path, config, specs);
    const storedName = (name: string) => (name === EMBEDDING && !readerOf.has(name) ? OUTPUT : name);
    const readerFor = (name: string): SafetensorsReader => {
      const reader = readerOf.get(name);
      if (reader === undefined) throw new TerminalError(`${path}: tensor "${name}" is missing`);
      return reader;
    };
    const readStored = async (name: string): Promise<HostTensor> => {
      const reader = readerFor(name);
      const tensor = await reader.read(name);
      requireFinite(reader.path, name, tensor);
      return tensor;
    };
    const digestOf = (digests: readonly string[]): string =>
      isSharded ? shardsDigest(readers, digests) : (digests[0] ?? '');
    const isTiedTwice = config.tiedEmbeddings && readerOf.has(EMBEDDING) && readerOf.has(OUTPUT);
    const read = async (name: string): Promise<HostTensor> => {
      const tensor = await readStored(storedName(name));
      if (name === EMBEDDING && isTiedTwice) requireTied(path, tensor, await readStored(OUTPUT));
      return tensor;
    };
    return {
      read,
      check: async () => {
        const digests: string[] = [];
        for (const reader of readers) {
          const sha256 = await reader.scan((name, part, first) =>
            requireFinite(reader.path, name, part, first),
          );
          digests.push(sha256);
        }
        if (isTiedTwice) requireTied(path, await readStored(EMBEDDING), await readStored(OUTPUT));
        return digestOf(digests);
      },
      verify: async () => {
        for (const reader of readers) await reader.verify();
      },
      placeOf: async (name) => readerOf.get(storedName(name))?.placeOf(storedName(name)),
      readRows: async (name, rows) => readerFor(storedName(name)).readRows(storedName(name), rows),
      readAll: async () => {
        const read = new Map<string, HostTensor>();
        const digests: string[] = [];
        for (const reader of readers) {
          const sha256 = await reader.readAll((name, tensor) => {
            requireFinite(reader.path, name, tensor);
            read.set(name, tensor);
          });
          digests.push(sha256);
        }
        if (isTiedTwice) requireTied(path, read.get(EMBEDDING), read.get(OUTPUT));
        const tensors = new Map<string, HostTensor>();
        for (const name of parameterShapes(config).keys()) {
          const tensor = read.get(storedName(name));
          if (tensor !== undefined) tensors.set(name, tensor);
        }
        return {tensors, sha256: digestOf(digests)};
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The names of the files that hold a folder's weights: the one, or the index and its shards. */
export async function weightsFilesOf(directory: string): Promise<string[]> {
  const index = join(directory, INDEX_FILE);
  if (existsSync(join(directory, WEIGHTS_FILE)) || !existsSync(index)) return [WEIGHTS_FILE];
  return [INDEX_FILE, ...(await shardNames(index))];
}

/** Names the content of several files, whatever folder they are in. */
export function shardsDigest(files: readonly {readonly path: string}[], digests: readonly string[]): string {
  const hash = createHash('sha256');
  files.forEach(({path}, i) => {
    hash.update(`${basename(path)} ${digests[i]}\n`);
  });
  return hash.digest('hex');
}

/** What `Weights.sha256` is for a folder of these files, as far as they are weights. */
export function weightsDigestOf(files: readonly {readonly path: string; readonly sha256: string}[]): string {
  const single = files.find(({path}) => path === WEIGHTS_FILE);
  if (single !== undefined) return single.sha256;
  const shards = files
    .filter(({path}) => path.endsWith('.safetensors'))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  return shardsDigest(
    shards,
    shards.map(({sha256}) => sha256),
  );
}

/** The shards by name, each with exactly the tensors that the index gives it. */
async function openShards(directory: string, index: string): Promise<SafetensorsReader[]> {
  const {weight_map: fileOf} = await readIndex(index);
  const names = await shardNames(index);
  const strange = names.find((name) => name !== basename(name));
  if (strange !== undefined) {
    throw new TerminalError(
      `${index}: "weight_map": ${JSON.stringify(strange)} is not a file of this folder`,
    );
  }
  const readers: SafetensorsReader[] = [];
  try {
    for (const name of names) {
      const reader = await openSafetensors(join(directory, name));
      readers.push(reader);
      for (const tensor of reader.stored.keys()) {
        const place = fileOf[tensor];
        if (place === name) continue;
        const where = place === undefined ? 'does not list it' : `places it in ${place}`;
        throw new TerminalError(`${reader.path}: tensor "${tensor}" is here, but ${INDEX_FILE} ${where}`);
      }
      const absent = Object.keys(fileOf).find(
        (tensor) => fileOf[tensor] === name && !reader.stored.has(tensor),
      );
      if (absent !== undefined)
        throw new TerminalError(
          `${reader.path}: tensor "${absent}" is missing; ${INDEX_FILE} places it here; copy the model again`,
        );
    }
    return readers;
  } catch (error) {
    for (const reader of readers) await reader.close();
    throw error;
  }
}

/** Holds tensors to the configuration; a TerminalError names the first that is unknown, missing or misshapen. */
export function checkParameters(
  path: string,
  config: ModelConfig,
  tensors: ReadonlyMap<string, TensorSpec>,
): void {
  const shapes = parameterShapes(config);
  for (const name of tensors.keys()) {
    if (!shapes.has(name) && !isRedundantParameter(config, name)) {
      throw new TerminalError(
        `${path}: tensor "${name}" has no place in a ${config.family} model of this config.json`,
      );
    }
  }
  for (const [name, shape] of shapes) {
    const tensor = tensors.get(name);
    if (tensor === undefined)
      throw new TerminalError(`${path}: tensor "${name}" is missing; config.json asks for it`);
    if (tensor.dtype !== 'float32' || tensor.shape.join() !== shape.join()) {
      throw new TerminalError(
        `${path}: tensor "${name}" is ${tensor.dtype} [${tensor.shape}]; config.json asks for float32 [${shape}]`,
      );
    }
  }
}

/** transformers does not tie matrices that differ, whatever the configuration says; neither answer would be sure. */
function requireTied(path: string, embedding?: HostTensor, output?: HostTensor): void {
  if (embedding?.data.every((value, i) => value === output?.data[i])) return;
  throw new TerminalError(
    `${path}: "${OUTPUT}" differs from "${EMBEDDING}", which config.json ties; set "tie_word_embeddings" to false`,
  );
}

const readIndex = (index: string) =>
  readJson(index, z.object({weight_map: z.record(z.string(), z.string())}));

const shardNames = async (index: string): Promise<string[]> =>
  [...new Set(Object.values((await readIndex(index)).weight_map))].sort();
