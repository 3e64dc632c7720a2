/**
 * Fields of config.json that the supported families do not have, and that say of a model that it computes something else:
 * without them refused, such a model would load and answer wrongly.
 */
import {changesNothing} from '../../json/json-file.js';
import type {Refuse} from './rotary-config.js';

/** Field → what it may say, besides null, false and emptiness, without changing a number. */
const FOREIGN: Readonly<Record<string, readonly unknown[]>> = {
  // Numbers that multiply or bound what passes (Gemma, Granite, Cohere, MiniCPM, Falcon-H1, Grok, DBRX).
  attention_multiplier: [],
  attention_temperature: [],
  attn_logit_softcapping: [],
  attn_temperature_tuning: [0],
  clip_qkv: [],
  dim_model_base: [],
  embedding_multiplier: [1],
  embedding_scale: [1],
  final_logit_softcapping: [],
  key_multiplier: [1],
  lm_head_multiplier: [1],
  logit_scale: [1],
  logits_scaling: [1],
  query_pre_attn_scalar: [],
  residual_multiplier: [1],
  router_logit_softcapping: [],
  scale_depth: [],
  scale_emb: [1],
  // Other positions, masks, norms, activations and orders of a block.
  alibi: [],
  attention_chunk_size: [],
  hidden_activation: ['silu', 'swish'],
  no_rope_layer_interval: [0],
  no_rope_layers: [],
  parallel_attn: [],
  position_embedding_type: ['rope', 'rotary'],
  rope_interleave: [],
  rope_interleaved: [],
  rotary_pct: [1],
  use_alibi: [],
  use_bidirectional_attention: [],
  use_mrope: [],
  use_parallel_residual: [],
  use_qk_norm: [],
  // Other structures, and layers that differ from each other.
  add_cross_attention: [],
  is_encoder_decoder: [],
  n_routed_experts: [0],
  num_experts: [0],
  num_kv_shared_layers: [0],
  num_local_experts: [0, 1],
  per_layer_config: [],
  pruned_heads: [],
};

/** Fields that say how numbers were made smaller. */
const QUANTIZATION = ['quantization_config', 'quantization', 'compression_config'];

/** Throws a TerminalError that names the first field which asks for what no supported family computes. */
export function refuseForeignFields(file: Readonly<Record<string, unknown>>, refuse: Refuse): void {
  for (const field of QUANTIZATION) {
    if (changesNothing(file[field])) continue;
    const remedy = 'quantized weights are not supported: save the model in float32 or bfloat16';
    refuse(field, '...', remedy);
  }
  // A model's own code may do anything, whatever its type says.
  const {auto_map: ownCode} = file;
  if (typeof ownCode === 'object' && ownCode !== null && 'AutoModelForCausalLM' in ownCode)
    refuse('auto_map', ownCode, 'models with code of their own are not supported');
  if (file.is_causal === false) refuse('is_causal', false, 'only causal attention is supported');
  for (const [field, harmless] of Object.entries(FOREIGN)) {
    const value = file[field];
    if (changesNothing(value) || harmless.includes(value)) continue;
    refuse(field, value, `a ${String(file.model_type)} model computes nothing with it`);
  }
}
