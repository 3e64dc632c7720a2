/** Models as folders, which ours and the peers read alike: a given one, or one of random weights that is written for them. */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {initialWeights} from '../../demo/initial-weights.js';
import {type ModelConfig, readModelConfig} from '../../model/files/config.js';
import {writeJson, writeWeightsFile} from '../../model/files/folder.js';
import {type LazyCheckpoint, openCheckpoint, openLazyWeights} from '../../model/files/lazy-weights.js';
import {loadCheckpoint, loadWeights, type ModelCheckpoint} from '../../model/files/model-checkpoint.js';
import {WEIGHTS_FILE} from '../../model/files/weights.js';
import {END_TOKEN} from '../workload/workload.js';

/** Writes a Llama of random weights, the same each time, without a tokenizer. */
export async function writeRandomModel(folder: string, config: ModelConfig): Promise<void> {
  await writeJson(join(folder, 'config.json'), {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    vocab_size: config.vocabSize,
    hidden_size: config.hiddenSize,
    intermediate_size: config.intermediateSize,
    num_hidden_layers: config.layerCount,
    num_attention_heads: config.headCount,
    num_key_value_heads: config.keyValueHeadCount,
    head_dim: config.headDim,
    hidden_act: 'silu',
    rms_norm_eps: config.normEpsilon,
    rope_theta: config.rotary.theta,
    max_position_embeddings: config.maxPositions,
    tie_word_embeddings: true,
    bos_token_id: END_TOKEN - 1,
    eos_token_id: END_TOKEN,
    pad_token_id: 0,
    torch_dtype: 'float32',
  });
  await writeWeightsFile(join(folder, WEIGHTS_FILE), initialWeights(config, 0));
}

/** A folder's model; one without a tokenizer gets one that nobody asks anything. */
export const readModel = async (folder: string): Promise<ModelCheckpoint> =>
  existsSync(join(folder, 'tokenizer.json')) ? loadCheckpoint(folder) : withoutTokenizer(folder, loadWeights);

/** The same for who generates. */
export const openModel = async (folder: string): Promise<LazyCheckpoint> =>
  existsSync(join(folder, 'tokenizer.json'))
    ? openCheckpoint(folder)
    : withoutTokenizer(folder, openLazyWeights);

async function withoutTokenizer<W>(
  folder: string,
  load: (folder: string, config: ModelConfig) => Promise<W>,
): Promise<W & Pick<ModelCheckpoint, 'directory' | 'config' | 'tokenizer'>> {
  const config = await readModelConfig(folder);
  const tokenizer = {
    encode: () => [],
    decode: () => '',
    endToken: '',
    endTokenIds: [],
    padTokenId: 0,
  };
  return {directory: folder, config, tokenizer, ...(await load(folder, config))};
}
