/**
 * The pattern of words of large Mistral tokenizers, against transformers 5.24: `AutoTokenizer.from_pretrained` of folders
 * with these files, of which it leaves the pattern, warns or puts Mistral's own in its place.
 */
import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {tokenBytes} from '../../../../runtime/model/tokens/byte-characters.js';
import {withMistralWords} from '../../../../runtime/model/tokens/mistral-words.js';
import {pipelineOf} from '../../../../runtime/model/tokens/pipeline.js';

type Vocabulary = Readonly<{vocab: Readonly<Record<string, number>>; merges: readonly string[]}>;
const vocabularies = new Map<number, Vocabulary>();

/** GPT-2's alphabet in the order of its characters, a few words, and tokens that no text has, up to a size. */
const vocabularyOf = (size: number): Vocabulary => {
  const made = vocabularies.get(size) ?? makeVocabulary(size);
  vocabularies.set(size, made);
  return made;
};

const makeVocabulary = (size: number): Vocabulary => {
  const alphabet = Array.from({length: 0x180}, (_, code) => String.fromCharCode(code)).filter(
    (character) => tokenBytes(character).length === 1 && !/[\0- \x7f]/.test(character),
  );
  const merges = ['e C', '1 2', '12 3', 'l l', "' ll", "' s", 'C a', 'Ca s', 's e', 'Cas e'];
  const words = merges.map((merge) => merge.replace(' ', ''));
  const tokens = [...alphabet, ...words];
  while (tokens.length < size) tokens.push(`<filler${tokens.length}>`);
  return {vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges};
};

const LLAMA_3_WORDS = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const byteLevel = (useRegex: boolean) => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: useRegex,
});
const preTokenizers = {
  split: {
    type: 'Sequence',
    pretokenizers: [
      {type: 'Split', pattern: {Regex: LLAMA_3_WORDS}, behavior: 'Isolated', invert: false},
      byteLevel(false),
    ],
  },
  bytes: byteLevel(true),
  metaspace: {type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: false},
} as const;

interface Folder {
  readonly size?: number;
  readonly preTokenizer?: keyof typeof preTokenizers;
  readonly fix?: boolean | null;
  readonly type?: string;
  readonly version?: string | undefined;
}

const encode = ({size = 100_010, preTokenizer = 'split', fix, type = 'mistral', ...given}: Folder) => {
  const contents = {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: preTokenizers[preTokenizer],
    post_processor: null,
    decoder: byteLevel(true),
    model: {type: 'BPE', ...vocabularyOf(size)},
  };
  const config = {
    path: 'tokenizer_config.json',
    contents: {
      tokenizer_class: 'PreTrainedTokenizerFast',
      ...(fix === undefined ? {} : {fix_mistral_regex: fix}),
    },
  };
  const version = 'version' in given ? given.version : '4.57.0';
  const model = {model_type: type, transformers_version: version};
  const made = withMistralWords(contents, config, model);
  return pipelineOf({path: 'tokenizer.json', contents: made}, config).encode("She'll 123 caseCase", false);
};

/** What transformers gives. The old pattern keeps "123" and "caseCase" together, the other cuts them. */
const OLD = [50, 71, 68, 260, 220, 258, 220, 66, 64, 82, 256, 64, 264];
const MISTRALS = [50, 71, 68, 260, 220, 16, 17, 18, 220, 66, 64, 264, 265];

const folders: Record<string, readonly [Folder, ids: readonly number[]]> = {
  'it is asked for': [{fix: true}, MISTRALS],
  'it is asked for, and words are cut by ByteLevel': [{fix: true, preTokenizer: 'bytes'}, MISTRALS],
  'it is asked for, and words are cut by Metaspace': [{fix: true, preTokenizer: 'metaspace'}, MISTRALS],
  'it is asked for, and no version is named': [{fix: true, version: undefined}, MISTRALS],
  'it is not wanted': [{fix: false}, OLD],
  'transformers 5 wrote the folder': [{fix: true, version: '5.1.0'}, OLD],
  'transformers 5.0.0 wrote the folder': [{version: '5.0.0'}, OLD],
  'the vocabulary is small': [{fix: true, size: 2000}, OLD],
  'the vocabulary has just no more than 100,000': [{size: 100_000}, OLD],
  'the model is a Llama': [{fix: true, type: 'llama'}, OLD],
};
for (const [when, [folder, ids]] of Object.entries(folders))
  test(`where ${when}, words are cut as transformers cuts them`, (t) => {
    t.deepEqual(encode(folder), ids);
  });

const warnedOf: Record<string, Folder> = {
  'an old folder': {},
  'a folder that names no version': {version: undefined},
  'a folder of a release candidate': {version: '5.0.0rc1'},
  'a choice that is null': {fix: null},
  'one token too many': {size: 100_001},
};
for (const [what, folder] of Object.entries(warnedOf))
  test(`${what} is refused, where transformers only warns that tokens are wrong`, (t) => {
    const {message} = t.throws(() => encode(folder), {instanceOf: TerminalError}) ?? {message: ''};
    t.regex(message, /^tokenizer_config\.json: "fix_mistral_regex" is missing, .*; set it to true [^\n]*$/);
  });
