/** What a process that generates takes, beside what was measured of one (VmHWM of /proc/self/status). */
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {readModelConfig} from '../../../../runtime/model/files/config.js';
import {parameterBytes} from '../../../../runtime/model/files/parameters.js';
import {generationMemoryBytes} from '../../../../runtime/model/generation/generation-memory.js';
import {temporaryFile} from '../../../helpers/temporary.js';

/** SmolLM2-135M. */
const shape = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_act: 'silu',
  hidden_size: 576,
  intermediate_size: 1536,
  max_position_embeddings: 8192,
  num_attention_heads: 9,
  num_hidden_layers: 30,
  num_key_value_heads: 3,
  rms_norm_eps: 1e-5,
  rope_theta: 100_000,
  tie_word_embeddings: true,
  vocab_size: 49_152,
};
const configOf = (t: ExecutionContext, fields: Partial<Record<keyof typeof shape, number>> = {}) =>
  readModelConfig(join(temporaryFile(t, 'config.json', JSON.stringify({...shape, ...fields})), '..'));

test('What is said of a model of 135M parameters is within 1.3 times of what was measured', async (t) => {
  const config = await configOf(t);
  t.is(parameterBytes(config), 4 * 134_515_008);
  const measured = [
    [{rows: 1, maxTokens: 64}, 0, 1893e6],
    [{rows: 32, maxTokens: 128}, 0, 2055e6],
  ] as const;
  for (const [cache, others, bytes] of measured) {
    const said = generationMemoryBytes(config, cache, {backend: 'onnx', others});
    t.true(bytes < 1.3 * said && said < 1.3 * bytes, `${said} is said, and it was ${bytes}`);
  }
});

test('Weights that are too large to be laid out for products are counted twice', async (t) => {
  const config = await configOf(t, {num_hidden_layers: 150});
  const none = {rows: 0, maxTokens: 64};
  const said = generationMemoryBytes(config, none, {backend: 'onnx', others: 1});
  t.is(said, 250e6 + 3 * parameterBytes(config));
});
