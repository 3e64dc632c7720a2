/** The files of a model or an adapter that are pushed: what loads it, and nothing that lies beside. */
import {existsSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {readHubName} from '../../hub/hub-name.js';
import type {PushedFile} from '../../hub/push-files.js';
import {readJson} from '../../json/json-file.js';
import {openRegularFile} from '../../json/regular-file.js';
import {ADAPTER_FILES, isAdapterFolder} from '../../model/files/adapter.js';
import {readAdapterConfig} from '../../model/files/adapter-config.js';
import {readModelConfig} from '../../model/files/config.js';
import {modelFilesOf} from '../../model/files/model-checkpoint.js';
import {openSafetensors} from '../../model/files/safetensors/safetensors.js';
import {openWeights} from '../../model/files/weights.js';
import {tryModelText} from '../../model/trial/trial.js';

const CONFIG_FILE = 'adapter_config.json';
/** Where transformers and PEFT write what they loaded something from, which may be a path. */
const ORIGIN_FIELDS = ['_name_or_path', 'name_or_path'];
const anyObject = z.looseObject({});

/**
 * Looks whether a folder loads, and lists its files.
 *
 * @throws TerminalError naming the file that is missing or damaged.
 */
export const modelFilesIn = async (folder: string): Promise<string[]> => {
  if (isAdapterFolder(folder)) {
    await readAdapterConfig(join(folder, CONFIG_FILE));
    for (const name of ADAPTER_FILES.filter((each) => each.endsWith('.safetensors')))
      await openSafetensors(join(folder, name)).then((reader) => reader.close());
    return [...ADAPTER_FILES];
  }
  const config = await readModelConfig(folder);
  await (await openWeights(folder, config)).close();
  await tryModelText(folder, {format: 'plain'});
  return await modelFilesOf(folder);
};

/** The model that an adapter says it is of; undefined where that is a path, or the folder is no adapter. */
export const adaptedModel = async (folder: string): Promise<string | undefined> => {
  if (!isAdapterFolder(folder)) return undefined;
  const {base_model_name_or_path: base} = await readJson(join(folder, CONFIG_FILE), anyObject);
  return typeof base === 'string' && !existsSync(base) ? readHubName(base)?.repository : undefined;
};

/** The contents, without the paths of this machine that some of them have. */
export const pushedFiles = async (
  folder: string,
  names: readonly string[],
  base: string | undefined,
): Promise<PushedFile[]> => {
  const files: PushedFile[] = [];
  for (const path of names) {
    const file = join(folder, path);
    await (await openRegularFile(file)).close();
    const altered = path.endsWith('config.json') ? await withoutPlaces(file, path, base) : undefined;
    files.push({path, content: altered ?? pathToFileURL(resolve(file))});
  }
  return files;
};

const withoutPlaces = async (
  file: string,
  name: string,
  base: string | undefined,
): Promise<Blob | undefined> => {
  const read = await readJson(file, anyObject);
  const places = ORIGIN_FIELDS.filter((field) => isPlace(read[field]));
  const kept = Object.fromEntries(Object.entries(read).filter(([field]) => !places.includes(field)));
  const ofBase = name === CONFIG_FILE && base !== undefined ? {base_model_name_or_path: base} : {};
  if (
    places.length === 0 &&
    read.base_model_name_or_path === (ofBase.base_model_name_or_path ?? read.base_model_name_or_path)
  )
    return undefined;
  return new Blob([`${JSON.stringify({...kept, ...ofBase}, undefined, 2)}\n`]);
};

const isPlace = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && (existsSync(value) || readHubName(value) === undefined);

/** Throws a TerminalError where an adapter's model has no name that others know. */
export const requireBase = (folder: string, base: string | undefined): void => {
  if (base !== undefined || !isAdapterFolder(folder)) return;
  throw new TerminalError(
    `${folder}: is an adapter of a model that only a path of this machine names; say which it is by --base-model ORG/NAME`,
  );
};
