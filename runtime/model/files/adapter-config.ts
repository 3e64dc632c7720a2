/**
 * adapter_config.json of a LoRA adapter, as PEFT writes it. What would change the numbers and is not computed here is
 * refused by name; what changes nothing is ignored.
 */
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {pinnedBy} from '../../hub/hub-name.js';
import {changesNothing, readJson} from '../../json/json-file.js';

/** What an adapter is, without its tensors. */
export interface AdapterSettings {
  /** Inner width of the update, r. */
  readonly rank: number;
  /** The update is scaled by alpha / rank. */
  readonly alpha: number;
  /** Share of the update's inputs that training drops, from 0 to below 1. */
  readonly dropout: number;
  /** Last parts of the names of the linear layers that are adapted, or whole names. */
  readonly targetModules: readonly string[];
}

/** The seven linear layers of a block: what PEFT's `all-linear` takes of these model families. */
export const ALL_LINEAR: readonly string[] = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
];

/** Fields of PEFT that change nothing in what an adapter computes, whatever they say. */
const IGNORED = new Set([
  'auto_mapping',
  'base_model_name_or_path',
  'corda_config',
  'ensure_weight_tying',
  'eva_config',
  'inference_mode',
  'loftq_config',
  'lora_ga_config',
  'megatron_core',
  'peft_version',
  'qalora_group_size',
  'revision',
]);

/** Initial values that leave the base model's weights as they are; PiSSA, OLoRA, CorDA and LoftQ change them. */
const PLAIN_INITIALIZATIONS: readonly unknown[] = [true, false, 'gaussian', 'eva', 'orthogonal', 'lora_ga'];

const schema = z.looseObject({
  peft_type: z.string(),
  task_type: z.string().nullish(),
  r: z.int().positive().max(1e6),
  /** It scales what is added; beyond this, float32 has no room for the product. */
  lora_alpha: z.number().positive().max(1e6),
  lora_dropout: z.number().min(0).lt(1).default(0),
  target_modules: z.union([z.array(z.string()).nonempty(), z.string()]),
  bias: z.string().default('none'),
  init_lora_weights: z.unknown().optional(),
  use_rslora: z.boolean().default(false),
});

/**
 * Reads and checks adapter_config.json. A rank-stabilized adapter (`use_rslora`, scaled by lora_alpha / √r) becomes a plain
 * one with alpha = lora_alpha · √r. Throws a TerminalError that names the file and the field it cannot honour.
 */
export async function readAdapterConfig(path: string): Promise<AdapterSettings> {
  const file = await readJson(path, schema);
  const {peft_type, task_type, r, lora_alpha, lora_dropout, target_modules, bias, ...rest} = file;
  const {init_lora_weights = true, use_rslora, ...others} = rest;
  const refuse = (field: string, value: unknown, remedy: string): never => {
    throw new TerminalError(`${path}: "${field}" is ${JSON.stringify(value)}; ${remedy}`);
  };
  if (peft_type !== 'LORA') refuse('peft_type', peft_type, 'only LORA is supported');
  if ((task_type ?? 'CAUSAL_LM') !== 'CAUSAL_LM')
    refuse('task_type', task_type, 'only CAUSAL_LM is supported');
  if (bias !== 'none') refuse('bias', bias, 'only none is supported');
  if (!PLAIN_INITIALIZATIONS.includes(init_lora_weights ?? true)) {
    const remedy = 'it changes the base model; convert the adapter to a plain LoRA with PEFT';
    refuse('init_lora_weights', init_lora_weights, remedy);
  }
  for (const [field, value] of Object.entries(others)) {
    if (IGNORED.has(field) || changesNothing(value)) continue;
    refuse(field, value, 'it is not supported: convert the adapter to a plain LoRA, or merge it with PEFT');
  }
  return {
    rank: r,
    alpha: use_rslora ? lora_alpha * Math.sqrt(r) : lora_alpha,
    dropout: lora_dropout,
    targetModules: typeof target_modules === 'string' ? listOf(target_modules, refuse) : target_modules,
  };
}

function listOf(
  pattern: string,
  refuse: (field: string, value: unknown, remedy: string) => never,
): readonly string[] {
  if (pattern.toLowerCase() === 'all-linear') return ALL_LINEAR;
  return refuse('target_modules', pattern, 'patterns are not supported: list the modules, or say all-linear');
}

/** What PEFT and vLLM read. `directory` is the base model's; of one that came from the Hub, its name there is said. */
export const adapterConfigFile = (
  {rank, alpha, dropout, targetModules}: AdapterSettings,
  directory: string,
): Readonly<Record<string, unknown>> => ({
  alpha_pattern: {},
  auto_mapping: null,
  base_model_name_or_path: pinnedBy(directory)?.repository ?? directory,
  bias: 'none',
  fan_in_fan_out: false,
  inference_mode: true,
  init_lora_weights: true,
  layers_pattern: null,
  layers_to_transform: null,
  lora_alpha: alpha,
  lora_dropout: dropout,
  modules_to_save: null,
  peft_type: 'LORA',
  r: rank,
  rank_pattern: {},
  revision: pinnedBy(directory)?.commit ?? null,
  target_modules: [...targetModules],
  task_type: 'CAUSAL_LM',
  use_dora: false,
  use_rslora: false,
});
