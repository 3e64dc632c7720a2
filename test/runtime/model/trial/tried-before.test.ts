import {cpSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {triedBefore} from '../../../../runtime/model/trial/tried-before.js';
import {goldenPath} from '../../../helpers/goldens.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const options = {format: 'chat'};

/** A model's texts, and the user's cache, empty. */
const withModel = (t: ExecutionContext): {readonly model: string; readonly cache: string} => {
  const folder = temporaryFolder(t);
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
  const model = join(folder, 'model');
  mkdirSync(model);
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json'])
    cpSync(join(goldenPath('llama'), name), join(model, name));
  return {model, cache: join(folder, 'cache', 'anchorage', 'tried')};
};

test.serial('What was tried is known again, by its content alone', async (t) => {
  const {model} = withModel(t);
  const first = await triedBefore(model, options);
  t.is(first.tried, undefined);
  await first.keep({hasTemplate: true});
  t.deepEqual((await triedBefore(model, options)).tried, {hasTemplate: true});
  const copy = join(temporaryFolder(t), 'copy');
  cpSync(model, copy, {recursive: true});
  t.deepEqual((await triedBefore(copy, options)).tried, {hasTemplate: true});
});

test.serial('Another word of its files, another template or another option is tried', async (t) => {
  const {model} = withModel(t);
  await (await triedBefore(model, options)).keep({hasTemplate: true});
  t.is((await triedBefore(model, {format: 'plain'})).tried, undefined);
  writeFileSync(join(model, 'chat_template.jinja'), '{{ messages }}');
  t.is((await triedBefore(model, options)).tried, undefined);
  const {model: other} = withModel(t);
  await (await triedBefore(other, options)).keep({hasTemplate: true});
  writeFileSync(join(other, 'config.json'), '{}');
  t.is((await triedBefore(other, options)).tried, undefined);
});

test.serial('What is kept and is no trial, and a cache that cannot be, are no faults', async (t) => {
  const {model, cache} = withModel(t);
  await (await triedBefore(model, options)).keep({hasTemplate: true});
  for (const text of ['{"hasTemplate": 1}', '{']) {
    for (const name of readdirSync(cache)) writeFileSync(join(cache, name), text);
    t.is((await triedBefore(model, options)).tried, undefined);
  }
  process.env.XDG_CACHE_HOME = '/proc/none';
  const nowhere = await triedBefore(model, options);
  t.is(nowhere.tried, undefined);
  await t.notThrowsAsync(nowhere.keep({hasTemplate: true}));
});
