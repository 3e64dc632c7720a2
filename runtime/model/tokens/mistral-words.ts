/**
 * How large Mistral tokenizers cut words, as transformers 5 decides it (`TokenizersBackend._patch_mistral_regex`): folders
 * saved before its 5.0.0 hold a pattern that is not the one of training. It stays, with a warning, unless tokenizer_config.json
 * says `fix_mistral_regex`; there Mistral's own takes its place.
 */
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {checked} from '../../json/json-file.js';
import type {JsonFile} from './pipeline.js';
import {byteLevel} from './tokenizer-class.js';

type Contents = Readonly<Record<string, unknown>>;

/** Words that begin with capitals or go on in them, single digits, punctuation, line ends, spaces. */
const MISTRAL_WORDS = String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

/** Smaller vocabularies are of other kinds, and are left alone. */
const LARGE_VOCABULARY = 100_000;

const choiceSchema = z.looseObject({fix_mistral_regex: z.boolean().nullish()});
const vocabularySchema = z.looseObject({
  added_tokens: z.array(z.looseObject({content: z.string()})).nullish(),
  model: z.looseObject({
    vocab: z.union([z.record(z.string(), z.unknown()), z.array(z.tuple([z.string(), z.unknown()]))]),
  }),
});
const preTokenizerSchema = z.looseObject({type: z.string(), pretokenizers: z.array(z.unknown()).optional()});

/**
 * @param config tokenizer_config.json
 * @param model config.json
 * @throws TerminalError where transformers would warn of wrong tokens, for nobody would see the warning.
 */
export function withMistralWords(
  contents: Contents,
  config: JsonFile,
  model: {readonly model_type?: string | undefined; readonly transformers_version?: string | undefined},
): Contents {
  if (model.model_type !== 'mistral' || !isBeforeFive(model.transformers_version)) return contents;
  const preTokenizer = preTokenizerSchema.safeParse(contents.pre_tokenizer);
  if (!preTokenizer.success || sizeOf(contents) <= LARGE_VOCABULARY) return contents;
  const {fix_mistral_regex: choice} = checked(config.path, config.contents, choiceSchema);
  if (choice === undefined || choice === null)
    throw new TerminalError(
      `${config.path}: "fix_mistral_regex" is missing, and the folder is from before transformers 5, which warns that its ` +
        'pattern of words is not the one of training; set it to true for the right one, or to false for the one in tokenizer.json',
    );
  return choice ? {...contents, pre_tokenizer: patched(preTokenizer.data)} : contents;
}

function patched({type, pretokenizers, ...fields}: z.infer<typeof preTokenizerSchema>): Contents {
  const split = {type: 'Split', pattern: {Regex: MISTRAL_WORDS}, behavior: 'Isolated', invert: false};
  const rest =
    type === 'Sequence'
      ? (pretokenizers ?? []).slice(1)
      : [type === 'Metaspace' ? byteLevel(false, false) : {type, ...fields}];
  return {type: 'Sequence', pretokenizers: [split, ...rest]};
}

/** Of vocabulary and added tokens together. */
function sizeOf(contents: Contents): number {
  const file = vocabularySchema.safeParse(contents);
  if (!file.success) return 0; // refused where it is read
  const {model, added_tokens: added} = file.data;
  const tokens = Array.isArray(model.vocab) ? model.vocab.map(([token]) => token) : Object.keys(model.vocab);
  return new Set([...tokens, ...(added ?? []).map(({content}) => content)]).size;
}

/** By PEP 440, to which releases of transformers keep: candidates of 5.0.0 are before it. No version is an old one. */
const isBeforeFive = (version: string | undefined): boolean =>
  version === undefined || Number.parseInt(version, 10) < 5 || /^5(\.0)*[.-]?(a|b|rc|dev)\d*/.test(version);
