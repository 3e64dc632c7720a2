/**
 * LoRA adapters (Hu et al. 2021, https://arxiv.org/abs/2106.09685): y = x Wᵀ + b + (alpha / rank) · (x Aᵀ) Bᵀ, as folders
 * that PEFT and vLLM read: adapter_config.json and adapter_model.safetensors.
 *
 * In memory a linear layer's two tensors are `<linear>.lora_A.weight` [rank, in] and `<linear>.lora_B.weight` [out, rank],
 * `<linear>` being e.g. `model.layers.0.self_attn.q_proj`; in the file `base_model.model.` stands before them.
 */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {TerminalError} from '../../errors.js';
import {randomFor} from '../../seed.js';
import type {HostTensor} from '../../tensor/executor.js';
import {sizeOf} from '../../tensor/graph/graph.js';
import {type AdapterSettings, ALL_LINEAR, adapterConfigFile, readAdapterConfig} from './adapter-config.js';
import type {ModelConfig} from './config.js';
import {requireFinite} from './finite.js';
import {digest, publishFolder, writeJson, writeWeightsFile} from './folder.js';
import {adapterNames, parameterShapes} from './parameters.js';
import {readSafetensors} from './safetensors/safetensors.js';

export interface Adapter extends AdapterSettings {
  /** Two for each adapted linear layer, by their names in memory; float32. */
  readonly tensors: ReadonlyMap<string, HostTensor>;
}

/** The same, where the linear layers may be named all at once. */
export interface AdapterOptions extends Omit<AdapterSettings, 'targetModules'> {
  readonly targetModules: readonly string[] | 'all-linear';
}

const CONFIG_FILE = 'adapter_config.json';
const TENSORS_FILE = 'adapter_model.safetensors';
/** Of a PEFT folder. */
export const ADAPTER_FILES: readonly string[] = [CONFIG_FILE, TENSORS_FILE];
/** Whether a folder is an adapter's. */
export const isAdapterFolder = (directory: string): boolean => existsSync(join(directory, CONFIG_FILE));
const FILE_PREFIX = 'base_model.model.';

/**
 * The linear layers, in the model's order, whose name is a target or ends in one, as PEFT matches them. Throws a
 * TerminalError that names a target which is no linear layer of the model's blocks.
 */
export function adaptedLinears(config: ModelConfig, targetModules: readonly string[]): string[] {
  const linears = [...parameterShapes(config)].flatMap(([name, shape]) =>
    name.startsWith('model.layers.') && shape.length === 2 ? [name.slice(0, -'.weight'.length)] : [],
  );
  const isMeant = (linear: string, target: string) => linear === target || linear.endsWith(`.${target}`);
  const stray = targetModules.find((target) => !linears.some((linear) => isMeant(linear, target)));
  if (stray !== undefined) {
    throw new TerminalError(
      `target module ${JSON.stringify(stray)} is no linear layer of this model's blocks; there are ${ALL_LINEAR.join(', ')}`,
    );
  }
  return linears.filter((linear) => targetModules.some((target) => isMeant(linear, target)));
}

/** Name in memory → shape, in the model's order, A before B. */
export function adapterShapes(
  config: ModelConfig,
  {rank, targetModules}: Pick<AdapterSettings, 'rank' | 'targetModules'>,
): ReadonlyMap<string, readonly number[]> {
  const parameters = parameterShapes(config);
  return new Map(
    adaptedLinears(config, targetModules).flatMap((linear) => {
      const [outputs = 0, inputs = 0] = parameters.get(`${linear}.weight`) ?? [];
      const {a, b} = adapterNames(linear);
      return [[a, [rank, inputs]] as const, [b, [outputs, rank]] as const];
    }),
  );
}

/**
 * A new adapter, which changes nothing yet: B is 0; A is uniform in ±1/√in, PEFT's default (kaiming_uniform_ with a = √5).
 * Each tensor's values depend on its name and the seed alone. Throws as `adaptedLinears` does.
 */
export function initialAdapter(config: ModelConfig, options: AdapterOptions, seed: number): Adapter {
  const targetModules = options.targetModules === 'all-linear' ? ALL_LINEAR : options.targetModules;
  const settings = {...options, targetModules};
  const tensors = new Map<string, HostTensor>();
  for (const [name, shape] of adapterShapes(config, settings)) {
    const data = new Float32Array(sizeOf(shape));
    if (name.endsWith('.lora_A.weight')) {
      const random = randomFor('adapter', seed, name);
      const bound = 1 / Math.sqrt(shape[1] ?? 1);
      for (let i = 0; i < data.length; i++) data[i] = bound * (2 * uniformFloat64(random) - 1);
    }
    tensors.set(name, {shape, dtype: 'float32', data});
  }
  return {...settings, tensors};
}

/**
 * Reads a PEFT folder for a model. `expectedSha256`, where given, must be that of its tensors' file. Throws a TerminalError
 * that names the file, and the field or tensor at fault.
 */
export async function loadAdapter(
  directory: string,
  config: ModelConfig,
  expectedSha256?: string,
): Promise<Adapter> {
  const configPath = join(directory, CONFIG_FILE);
  if (!existsSync(configPath))
    throw new TerminalError(`${configPath}: no such file; the folder of a PEFT adapter needs it`);
  const settings = await readAdapterConfig(configPath);
  const shapes = shapesFor(configPath, config, settings);
  const path = join(directory, TENSORS_FILE);
  if (!existsSync(path) && existsSync(join(directory, 'adapter_model.bin')))
    throw new TerminalError(`${path}: no such file; save adapter_model.bin again, as safetensors`);
  const stored = await readSafetensors(path);
  if (expectedSha256 !== undefined && (await digest(path)) !== expectedSha256)
    throw new TerminalError(`${path}: altered since it was published: its SHA-256 is not ${expectedSha256}`);
  const tensors = new Map<string, HostTensor>();
  for (const [name, shape] of shapes) {
    const storedName = `${FILE_PREFIX}${name}`;
    const tensor = stored.get(storedName);
    if (tensor === undefined)
      throw new TerminalError(`${path}: tensor "${storedName}" is missing; ${CONFIG_FILE} asks for it`);
    if (tensor.dtype !== 'float32' || tensor.shape.join() !== shape.join()) {
      throw new TerminalError(
        `${path}: tensor "${storedName}" is ${tensor.dtype} [${tensor.shape}]; ${CONFIG_FILE} and the model ask for float32 [${shape}]`,
      );
    }
    requireFinite(path, storedName, tensor);
    stored.delete(storedName);
    tensors.set(name, tensor);
  }
  const [stray] = stored.keys();
  if (stray !== undefined)
    throw new TerminalError(`${path}: tensor "${stray}" is not of a linear layer that ${CONFIG_FILE} names`);
  return {...settings, tensors};
}

const shapesFor = (path: string, config: ModelConfig, settings: AdapterSettings) => {
  try {
    return adapterShapes(config, settings);
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    throw new TerminalError(`${path}: "target_modules": ${error.message}`);
  }
};

/**
 * Writes a folder that PEFT's `from_pretrained` and vLLM load, as whole as `saveCheckpoint` does. `baseModel` is the base
 * model's folder, written as it is given, or as its name where it came from the Hub. The same adapter gives the same bytes.
 */
export async function saveAdapter(
  directory: string,
  adapter: Adapter,
  baseModel: string,
): Promise<{readonly adapterSha256: string}> {
  let adapterSha256 = '';
  await publishFolder(directory, async (draft) => {
    const named = [...adapter.tensors].map(([name, tensor]) => [`${FILE_PREFIX}${name}`, tensor] as const);
    adapterSha256 = await writeWeightsFile(join(draft, TENSORS_FILE), named);
    await writeJson(join(draft, CONFIG_FILE), adapterConfigFile(adapter, baseModel));
  });
  return {adapterSha256};
}

/** The weights with the adapter added to them; those it does not touch are the same objects. */
export const mergeAdapter = (
  weights: ReadonlyMap<string, HostTensor>,
  adapter: Adapter,
): Map<string, HostTensor> =>
  new Map([...weights].map(([name, tensor]) => [name, mergeTensor(name, tensor, adapter)]));

/**
 * W + (alpha / rank) · B A of one weight, summed in float64 and rounded once; the weight itself where it is not adapted.
 *
 * @param data where it is written to, which may be the weight's own array.
 */
export function mergeTensor(
  name: string,
  tensor: HostTensor,
  {rank, alpha, tensors}: Adapter,
  data: HostTensor['data'] = new Float32Array(tensor.data.length),
): HostTensor {
  const names = adapterNames(name.slice(0, -'.weight'.length));
  const a = tensors.get(names.a)?.data;
  const b = tensors.get(names.b)?.data;
  const [outputs = 0, inputs = 0] = tensor.shape;
  if (a === undefined || b === undefined) return tensor;
  const scale = alpha / rank;
  const row = new Float64Array(inputs);
  for (let output = 0; output < outputs; output++) {
    row.fill(0);
    for (let inner = 0; inner < rank; inner++) {
      const factor = scale * (b[output * rank + inner] ?? 0);
      const first = inner * inputs;
      for (let input = 0; input < inputs; input++)
        row[input] = (row[input] ?? 0) + factor * (a[first + input] ?? 0);
    }
    const first = output * inputs;
    for (let input = 0; input < inputs; input++)
      data[first + input] = (tensor.data[first + input] ?? 0) + (row[input] ?? 0);
  }
  return {...tensor, data};
}
