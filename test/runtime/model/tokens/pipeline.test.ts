/** Tokenizers in small, against the ids and texts that `tokenizers` and transformers give (test/fixtures/tokenizers/make.py). */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import * as z from 'zod';
import {TerminalError} from '../../../../runtime/errors.js';
import {decoderOf} from '../../../../runtime/model/tokens/decoders.js';
import {normalizerOf} from '../../../../runtime/model/tokens/normalizers.js';
import {pipelineOf} from '../../../../runtime/model/tokens/pipeline.js';
import {preTokenizerOf} from '../../../../runtime/model/tokens/pre-tokenizers.js';
import {packageRoot} from '../../../../runtime/paths.js';

const ids = z.array(z.int());
const part = z.looseObject({type: z.string()});
const {texts, normalizers, preTokenizers, tokenizers} = z
  .object({
    texts: z.array(z.string()),
    normalizers: z.array(z.object({part, texts: z.array(z.string())})),
    preTokenizers: z.array(z.object({part, pieces: z.array(z.array(z.string()))})),
    tokenizers: z.array(
      z.object({
        name: z.string(),
        tokenizer: z.looseObject({}),
        config: z.looseObject({}),
        ids: z.array(ids),
        decoded: z.array(z.object({ids, text: z.string()})),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(packageRoot, 'test/fixtures/tokenizers/tokenizers.json'), 'utf8')));

/** An empty text reaches no part: it has no tokens. */
const isReal = (_: unknown, index: number): boolean => texts[index] !== '';
const realTexts = texts.filter(isReal);

test('each normalizer changes texts as the tokenizers library does', (t) => {
  t.is(normalizers.length, 13);
  for (const {part, texts: expected} of normalizers) {
    t.deepEqual(
      realTexts.map(normalizerOf('normalizer', part)),
      expected.filter(isReal),
      JSON.stringify(part),
    );
  }
});

test('each pre-tokenizer splits texts as the tokenizers library does', (t) => {
  t.is(preTokenizers.length, 75);
  for (const {part, pieces: expected} of preTokenizers) {
    const preTokenize = preTokenizerOf('pre_tokenizer', part);
    t.deepEqual(
      realTexts.map((text) => preTokenize([{text, isFirst: true}]).map((piece) => piece.text)),
      expected.filter(isReal),
      JSON.stringify(part),
    );
  }
});

const pipelineIn = (tokenizer: unknown, config: unknown = {}) =>
  pipelineOf(
    {path: 'tokenizer.json', contents: tokenizer},
    {path: 'tokenizer_config.json', contents: config},
  );

for (const {name, tokenizer, config, ids: expected, decoded} of tokenizers) {
  test(`${name}: texts are encoded and ids decoded as by transformers`, (t) => {
    const pipeline = pipelineIn(tokenizer, config);
    t.deepEqual(
      texts.map((text) => pipeline.encode(text, true)),
      expected,
    );
    t.deepEqual(
      decoded.map(({ids}) => pipeline.decode(ids)),
      decoded.map(({text}) => text),
    );
  });
}

const [bpe] = tokenizers;
const withPart = (field: string, value: unknown) => ({...bpe?.tokenizer, [field]: value});
const withModel = (fields: object) => withPart('model', {...(bpe?.tokenizer.model as object), ...fields});
const split = (pattern: string) => ({
  type: 'Split',
  pattern: {Regex: pattern},
  behavior: 'Isolated',
  invert: false,
});
const refused: Record<string, readonly [tokenizer: object, message: RegExp]> = {
  'a type that is not known': [
    withPart('pre_tokenizer', {type: 'UnicodeScripts'}),
    /pre_tokenizer: "UnicodeScripts"/,
  ],
  'one in a sequence': [
    withPart('normalizer', {
      type: 'Sequence',
      normalizers: [{type: 'NFC'}, {type: 'Precompiled', precompiled_charsmap: ''}],
    }),
    /normalizer\.normalizers\.1: "Precompiled"/,
  ],
  'a field that is not known': [withPart('normalizer', {type: 'NFC', strict: true}), /NFC with "strict"/],
  'a decoder that is not known': [withPart('decoder', {type: 'CTC'}), /decoder: "CTC"/],
  dropout: [withModel({dropout: 0.1}), /model: "dropout": 0\.1/],
  'a prefix of word parts': [
    withModel({continuing_subword_prefix: '##'}),
    /model: "continuing_subword_prefix": ##/,
  ],
  'a suffix of words': [withModel({end_of_word_suffix: '</w>'}), /model: "end_of_word_suffix": <\/w>/],
  'byte fallback without all bytes': [withModel({byte_fallback: true}), /"byte_fallback" without <0x00>/],
  'a pattern with \\w, which means something else there': [
    withPart('pre_tokenizer', split('\\w+')),
    /pattern "\\\\w\+"/,
  ],
  'a pattern that this program cannot translate': [
    withPart('pre_tokenizer', split('(?(a)b)')),
    /pattern "\(\?\(a\)b\)"/,
  ],
  'a pattern that takes ß for ss': [withPart('pre_tokenizer', split('(?i:ss)')), /letters without case/],
  'a pattern with a property without case': [
    withPart('pre_tokenizer', split('(?i:\\p{Lu})')),
    /letters without case/,
  ],
  'a pattern whose dot is every character': [
    withPart('pre_tokenizer', split('(?m:.+)')),
    /a dot for every character/,
  ],
};
for (const [what, [tokenizer, message]] of Object.entries(refused)) {
  test(`refused by name: ${what}`, (t) => {
    t.throws(() => pipelineIn(tokenizer), {instanceOf: TerminalError, message});
  });
}

test('an added token whose id is not what the vocabulary gives it is refused', (t) => {
  const added = [{id: 7000, content: '[X]', special: true}];
  t.throws(() => pipelineIn(withPart('added_tokens', added)), {
    instanceOf: TerminalError,
    message: /added_tokens\.0: "\[X\]" has the id 7000, and would be given \d+/,
  });
});

test('special tokens that a configuration leaves as plain text are refused', (t) => {
  t.throws(() => pipelineIn(bpe?.tokenizer, {split_special_tokens: true}), {
    instanceOf: TerminalError,
    message: /tokenizer_config\.json: "split_special_tokens"/,
  });
});

test('a damaged vocabulary and a damaged merge are named', (t) => {
  t.throws(() => pipelineIn(withModel({vocab: {a: -1}})), {message: /model\.vocab: "a" has no id/});
  t.throws(() => pipelineIn(withModel({merges: ['a b c']})), {
    message: /model\.merges\.0: "a b c" is no pair/,
  });
});

test('bytes that are no character are one unknown character each, and none is lost at the beginning', (t) => {
  const fallback = decoderOf('decoder', {type: 'ByteFallback'});
  t.deepEqual(fallback(['<0xE4>', '<0xB8>', 'a', '<0xEF>', '<0xBB>', '<0xBF>']), [
    '\ufffd',
    '\ufffd',
    'a',
    '\ufeff',
  ]);
});
