/**
 * The files of the demonstration's policy other than its weights, in Hugging Face format: a Llama of 377,472 parameters
 * that reads and writes single characters and ends an answer with a line feed. Pure.
 */

/** A prompt is `34*7 21+9 40-8 17*7>` at its longest. */
export const MAX_PROMPT_TOKENS = 20;
/** An answer is `=238 =130 =132 =119 ok.` at its longest, with its end token. */
export const MAX_COMPLETION_TOKENS = 24;

const padToken = '<pad>';
const endToken = '\n';
const unknownToken = '<unk>';
/** 29 characters: those of the task first, the others spare. With the three special tokens, 32. */
const characters = [...'0123456789*+- >,.=ok', ...'()/:?eins'];

/** Room up to 64 keeps the output layer's width a power of two; the spare rows are never trained and never sampled. */
const VOCABULARY_ROWS = 64;
const HIDDEN = 128;
const LAYERS = 2;
const HEADS = 4;
const KEY_VALUE_HEADS = 2;
const INTERMEDIATE = 352;

const special = (id: number, content: string) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

const config = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: VOCABULARY_ROWS,
  hidden_size: HIDDEN,
  intermediate_size: INTERMEDIATE,
  num_hidden_layers: LAYERS,
  num_attention_heads: HEADS,
  num_key_value_heads: KEY_VALUE_HEADS,
  head_dim: HIDDEN / HEADS,
  hidden_act: 'silu',
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  max_position_embeddings: 64,
  attention_bias: false,
  mlp_bias: false,
  attention_dropout: 0,
  initializer_range: 0.02,
  tie_word_embeddings: true,
  bos_token_id: null,
  eos_token_id: 1,
  pad_token_id: 0,
  torch_dtype: 'float32',
  use_cache: true,
};

/**
 * Byte-pair encoding without merges is a character tokenizer, and every tokenizer library has it. Splitting into
 * characters beforehand keeps each library's cache of words to 29 entries.
 */
const tokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [special(0, padToken), special(1, endToken), special(2, unknownToken)],
  normalizer: null,
  pre_tokenizer: {type: 'Split', pattern: {Regex: '[\\s\\S]'}, behavior: 'Isolated', invert: false},
  post_processor: null,
  decoder: {type: 'Fuse'},
  model: {
    type: 'BPE',
    dropout: null,
    unk_token: unknownToken,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab: Object.fromEntries(
      [padToken, endToken, unknownToken, ...characters].map((token, id) => [token, id]),
    ),
    merges: [],
  },
};

const tokenizerConfig = {
  tokenizer_class: 'PreTrainedTokenizerFast',
  pad_token: padToken,
  eos_token: endToken,
  unk_token: unknownToken,
  padding_side: 'left',
  model_max_length: 64,
  clean_up_tokenization_spaces: false,
  added_tokens_decoder: Object.fromEntries(
    [padToken, endToken, unknownToken].map((token, id) => {
      const {id: _, ...rest} = special(id, token);
      return [String(id), rest];
    }),
  ),
};

const generationConfig = {
  do_sample: true,
  temperature: 1,
  eos_token_id: 1,
  pad_token_id: 0,
  max_new_tokens: 32,
};

/** File names and contents. */
export const policyFiles: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'config.json': config,
    'tokenizer.json': tokenizer,
    'tokenizer_config.json': tokenizerConfig,
    'generation_config.json': generationConfig,
  }).map(([name, content]) => [name, `${JSON.stringify(content, null, 2)}\n`]),
);
