/**
 * The tokenizer.json that transformers 5 works with, which need not be the one in the folder: a class of its own that
 * tokenizer_config.json names, or that the model's type stands for, takes vocabulary, merges and post-processor from the file
 * and makes the other parts itself (`AutoTokenizer.from_pretrained`, `TokenizersBackend.convert_to_native_format`).
 *
 * Llama-2-like folders are the common case: `LlamaTokenizer` begins words by Metaspace, before the first text only unless
 * `legacy` is true, where their files prepend "▁" to every text between special tokens.
 */
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {checked} from '../../json/json-file.js';
import type {JsonFile} from './pipeline.js';

const configSchema = z.looseObject({
  tokenizer_class: z.string().nullish(),
  legacy: z.boolean().nullish(),
  add_prefix_space: z.boolean().nullish(),
});
type Config = z.infer<typeof configSchema>;
type Contents = Readonly<Record<string, unknown>>;
type Parts = Readonly<Record<'normalizer' | 'pre_tokenizer' | 'decoder', unknown>> & {
  /** Fields of the BPE model besides vocabulary and merges. */
  readonly model: Contents;
};

/** Qwen2's words: contractions, letters, single digits, punctuation, line ends, spaces. */
const QWEN2_WORDS = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

/** What each class makes itself. */
const classes: Readonly<Record<string, (config: Config) => Parts>> = {
  LlamaTokenizer: ({legacy, add_prefix_space}) => ({
    model: {fuse_unk: true, byte_fallback: true},
    normalizer: null,
    pre_tokenizer: {
      type: 'Metaspace',
      replacement: '▁',
      prepend_scheme: add_prefix_space === false ? 'never' : legacy === true ? 'always' : 'first',
      split: false,
    },
    decoder: {
      type: 'Sequence',
      decoders: [
        {type: 'Replace', pattern: {String: '▁'}, content: ' '},
        {type: 'ByteFallback'},
        {type: 'Fuse'},
        ...(add_prefix_space === false ? [] : [{type: 'Strip', content: ' ', start: 1, stop: 0}]),
      ],
    },
  }),
  Qwen2Tokenizer: ({add_prefix_space}) => ({
    model: {fuse_unk: false, byte_fallback: false},
    normalizer: {type: 'NFC'},
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        {type: 'Split', pattern: {Regex: QWEN2_WORDS}, behavior: 'Isolated', invert: false},
        byteLevel(add_prefix_space === true, false),
      ],
    },
    decoder: byteLevel(true, true),
  }),
  GPT2Tokenizer: ({add_prefix_space}) => ({
    model: {fuse_unk: false, byte_fallback: false},
    normalizer: null,
    pre_tokenizer: byteLevel(add_prefix_space === true, true),
    decoder: byteLevel(true, true),
  }),
};

/** A component of tokenizer.json. */
export const byteLevel = (addPrefixSpace: boolean, useRegex: boolean) => ({
  type: 'ByteLevel',
  add_prefix_space: addPrefixSpace,
  trim_offsets: true,
  use_regex: useRegex,
});

/** The names under which transformers takes the file as it is. */
const AS_IT_IS = ['TokenizersBackend', 'PreTrainedTokenizer', 'PythonBackend'];

/**
 * @param config tokenizer_config.json
 * @param modelConfig config.json: its `model_type` and, where the former names none, its `tokenizer_class`
 * @throws TerminalError for a class that makes parts of its own and is not known here.
 */
export function asItsClassMakes(
  {path, contents}: {readonly path: string; readonly contents: Contents},
  config: JsonFile,
  modelConfig: {
    readonly model_type?: string | undefined;
    readonly tokenizer_class?: string | null | undefined;
  },
): Contents {
  const given = checked(config.path, config.contents, configSchema);
  const name = classOf(
    contents,
    given.tokenizer_class ?? modelConfig.tokenizer_class ?? undefined,
    modelConfig.model_type,
  );
  if (name === undefined) return contents;
  const make = classes[name];
  if (make === undefined)
    throw new TerminalError(
      `${config.path}: "tokenizer_class": ${JSON.stringify(name)} is not supported, for transformers makes parts of ` +
        'tokenizer.json anew for it; load it with AutoTokenizer, save it with save_pretrained, and set the class to TokenizersBackend',
    );
  const {model, ...parts} = make(given);
  const old = modelSchema.safeParse(contents.model);
  if (!old.success)
    throw new TerminalError(
      `${path}: model: is no BPE, which "tokenizer_class": ${JSON.stringify(name)} asks for`,
    );
  const {vocab, merges} = old.data;
  return {...contents, ...parts, model: {type: 'BPE', vocab, merges, ...model}};
}

const modelSchema = z.looseObject({
  type: z.literal('BPE').optional(),
  vocab: z.custom<Contents>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
  merges: z.array(z.unknown()),
});

/** The class whose parts count, or undefined where the file's do. */
function classOf(
  contents: Contents,
  named: string | undefined,
  modelType: string | undefined,
): string | undefined {
  const name = named?.replace(/Fast$/, '');
  // Of the model's type, where it stands for one.
  const registered = modelType === 'qwen2' || modelType === 'qwen3' ? 'Qwen2Tokenizer' : undefined;
  if (name === undefined) return registered;
  // Taken for a mistake on the Hub: Qwen2 folders say all sorts of classes.
  if (modelType === 'qwen2') return registered;
  if (modelType === 'mistral' || AS_IT_IS.includes(name)) return undefined;
  if (name === 'LlamaTokenizer' && hasByteLevel(contents)) return undefined;
  // A name that transformers does not know is taken for none; it knows those of this form.
  return classes[name] === undefined && !/^[A-Z]\w*Tokenizer$/.test(name) ? undefined : name;
}

const hasByteLevel = ({pre_tokenizer, decoder}: Contents): boolean =>
  /"type":"ByteLevel"/.test(JSON.stringify([pre_tokenizer, decoder]));
