import {mkdirSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import test from 'ava';
import {readModelConfig} from '../../../../runtime/model/files/config.js';
import {modelRemedy} from '../../../../runtime/model/files/no-model.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

test('An adapter given as a model is told from one, with its model and what merges them', async (t) => {
  const adapter = temporaryFolder(t);
  writeFileSync(
    join(adapter, 'adapter_config.json'),
    JSON.stringify({base_model_name_or_path: 'models/llama'}),
  );
  await t.throwsAsync(readModelConfig(adapter), {
    message: /is a LoRA adapter: give the folder of its model, models\/llama, .*--adapter.* anchorage merge /,
  });
});

test('A name on the Hub that is nowhere here is answered with the line that fetches it', (t) => {
  const none = {HF_HUB_CACHE: temporaryFolder(t)};
  const line =
    /: hf download Qwen\/Qwen3-0\.6B --local-dir models\/Qwen3-0\.6B, then give models\/Qwen3-0\.6B$/;
  t.regex(modelRemedy('Qwen/Qwen3-0.6B', none), line);
  t.regex(modelRemedy(resolve('Qwen/Qwen3-0.6B'), none), line);
  t.regex(modelRemedy('models/absent/deeper', none), /^give a Hugging Face folder/);
});

test('One that is in the cache is answered with its folder', (t) => {
  const hub = temporaryFolder(t);
  const snapshot = join(hub, 'models--Qwen--Qwen3-0.6B/snapshots/c1899de2');
  mkdirSync(snapshot, {recursive: true});
  writeFileSync(join(snapshot, 'config.json'), '{}');
  mkdirSync(join(hub, 'models--Qwen--Qwen3-0.6B/refs'));
  writeFileSync(join(hub, 'models--Qwen--Qwen3-0.6B/refs/main'), 'c1899de2\n');
  t.true(modelRemedy('Qwen/Qwen3-0.6B', {HF_HUB_CACHE: hub}).endsWith(`: give ${snapshot}`));
});
