/** tokenizer.json under the classes that folders name, against transformers (test/fixtures/tokenizers/classes.py). */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import * as z from 'zod';
import {TerminalError} from '../../../../runtime/errors.js';
import {pipelineOf} from '../../../../runtime/model/tokens/pipeline.js';
import {asItsClassMakes} from '../../../../runtime/model/tokens/tokenizer-class.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {goldenPath} from '../../../helpers/goldens.js';

const fixture = (name: string): string => join(packageRoot, 'test/fixtures/tokenizers', name);
const read = (path: string): Record<string, unknown> =>
  z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path, 'utf8')));
const files = {
  sentencepiece: read(fixture('sentencepiece-like.json')),
  bytes: read(join(goldenPath('llama'), 'tokenizer.json')),
};
const {texts, cases} = z
  .object({
    texts: z.array(z.string()),
    cases: z.array(
      z.object({
        file: z.enum(['sentencepiece', 'bytes']),
        modelType: z.string(),
        config: z.record(z.string(), z.unknown()),
        ids: z.array(z.array(z.int())),
        texts: z.array(z.string()),
      }),
    ),
  })
  .parse(read(fixture('classes.json')));

const pipelineUnder = (file: keyof typeof files, modelType: string, contents: unknown) => {
  const config = {path: 'tokenizer_config.json', contents};
  const model = {model_type: modelType};
  return pipelineOf(
    {
      path: 'tokenizer.json',
      contents: asItsClassMakes({path: 'tokenizer.json', contents: files[file]}, config, model),
    },
    config,
  );
};

for (const {file, modelType, config, ids, texts: decoded} of cases) {
  const {tokenizer_class: name = 'no class', bos_token: _, eos_token: __, unk_token: ___, ...more} = config;
  test(`${file}, ${modelType}, ${name} ${JSON.stringify(more)}: the ids and texts of transformers`, (t) => {
    const pipeline = pipelineUnder(file, modelType, config);
    t.deepEqual(
      texts.map((text) => pipeline.encode(text, true)),
      ids,
    );
    t.deepEqual(
      ids.map((each) => pipeline.decode(each)),
      decoded,
    );
  });
}

test('the classes differ, so that taking one for another would show', (t) => {
  const different = new Set(cases.map(({file, ids}) => `${file} ${JSON.stringify(ids)}`));
  t.true(different.size >= 6, `${different.size}`);
});

test('a class that makes parts of its own and is not known is refused by name', (t) => {
  const {message} = t.throws(() => pipelineUnder('bytes', 'llama', {tokenizer_class: 'GemmaTokenizer'}), {
    instanceOf: TerminalError,
  }) ?? {message: ''};
  t.regex(message, /^tokenizer_config\.json: "tokenizer_class": "GemmaTokenizer" is not supported, /);
});
