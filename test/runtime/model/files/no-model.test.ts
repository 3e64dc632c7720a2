import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {readModelConfig} from '../../../../runtime/model/files/config.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

test('An adapter given as a model is told from one, with its model and what merges them', async (t) => {
  const adapter = temporaryFolder(t);
  writeFileSync(
    join(adapter, 'adapter_config.json'),
    JSON.stringify({base_model_name_or_path: 'models/llama'}),
  );
  await t.throwsAsync(readModelConfig(adapter), {
    message: /is a LoRA adapter: give its model, models\/llama, .*--adapter.* anchorage merge /,
  });
});

test('A folder that is no model is answered with what one has', async (t) => {
  await t.throwsAsync(readModelConfig(temporaryFolder(t)), {
    message:
      /config\.json is not there; give a Hugging Face folder with .*, or the name of a model on the Hub, ORG\/NAME$/,
  });
});
