import test from 'ava';
import {nameOfFolder, pinnedBy, readHubName, shownFolder} from '../../../runtime/hub/hub-name.js';

test('A name is ORG/NAME, with a branch, a tag or a commit behind an @', (t) => {
  t.deepEqual(readHubName('HuggingFaceTB/SmolLM2-135M-Instruct'), {
    repository: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    revision: undefined,
  });
  t.deepEqual(readHubName('Qwen/Qwen2.5-0.5B@refs/pr/1'), {
    repository: 'Qwen/Qwen2.5-0.5B',
    revision: 'refs/pr/1',
  });
});

test('What could be a path, or is refused by the Hub, is no name', (t) => {
  const texts = [
    ...['gpt2', '/models/llama', './models/llama', '../models', 'a/b/c', 'a//b', 'a/', '~/models', ''],
    ...[
      'data/prompts.jsonl',
      'data/pairs.parquet',
      'org/name.git',
      'org/a--b',
      'org/a..b',
      '-org/name',
      'org/name-',
    ],
    ...[
      'org/name@',
      'org/name@../x',
      'org/name@a/../b',
      'org/name@a b',
      'org/name@/a',
      `org/${'x'.repeat(93)}`,
    ],
  ];
  t.deepEqual(
    texts.filter((text) => readHubName(text) !== undefined),
    [],
  );
});

test('A snapshot of a cache says which commit of which repository it is', (t) => {
  const commit = '12fd25f77366fa6b3b4b768ec3050bf629380bac';
  const folder = `/anywhere/hub/models--HuggingFaceTB--SmolLM2-135M-Instruct/snapshots/${commit}`;
  t.deepEqual(pinnedBy(folder), {kind: 'model', repository: 'HuggingFaceTB/SmolLM2-135M-Instruct', commit});
  t.is(nameOfFolder(folder), `HuggingFaceTB/SmolLM2-135M-Instruct@${commit}`);
  t.is(shownFolder(folder), 'HuggingFaceTB/SmolLM2-135M-Instruct@12fd25f7');
  t.is(pinnedBy(`/anywhere/hub/datasets--org--data/snapshots/${commit}`)?.kind, 'dataset');
  for (const other of [
    '/models/llama',
    `/hub/models--org--a--b/snapshots/${commit}`,
    `/hub/spaces--org--a/snapshots/${commit}`,
  ])
    t.is(nameOfFolder(other), other);
});
