/**
 * A model or an adapter by what a person types for it: the path of a folder, or its name on the Hugging Face Hub. As in transformers,
 * a folder of that name comes first. Of a name, the cache is looked in before the Hub.
 */
import {existsSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {TerminalError} from '../../errors.js';
import type {Planned, SnapshotRequest} from '../../hub/fetch-snapshot.js';
import {cachedCommit, type Hub, hubOf, snapshotFolder} from '../../hub/hub.js';
import {type HubName, readHubName} from '../../hub/hub-name.js';
import {complain} from '../../output.js';
import {ADAPTER_FILES} from './adapter.js';
import {INDEX_FILE, WEIGHTS_FILE, weightsFilesOf} from './weights.js';

/** What is looked for. */
export type Wanted = 'model' | 'adapter';

export interface FindOptions {
  readonly hub?: Hub;
  readonly tell?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The folder that a text stands for; fetched into the cache where it is only on the Hub. A text that is neither a folder nor a
 * name is given back, for whoever reads it to say what is wrong.
 *
 * @throws TerminalError in one line that begins with the name.
 */
export const findModel = async (
  typed: string,
  wanted: Wanted = 'model',
  options: FindOptions = {},
): Promise<string> => {
  const name = hubNameIn(typed);
  if (name === undefined) return typed;
  const {hub = hubOf()} = options;
  const cached = await cachedModel(hub, name, wanted);
  return cached ?? (await hubClient()).fetchSnapshot(requestFor(hub, name, wanted, options));
};

/** Most models are folders: only a name asks for what fetches. */
const hubClient = () => import('../../hub/fetch-snapshot.js');

/** The same where nothing may be fetched; undefined where the cache has not all of it. */
export const findModelHere = async (typed: string, hub: Hub = hubOf()): Promise<string | undefined> => {
  const name = hubNameIn(typed);
  return name === undefined ? typed : cachedModel(hub, name, 'model');
};

/** What fetching a model would take. */
export const plannedModel = async (name: HubName, hub: Hub = hubOf()): Promise<Planned> =>
  (await hubClient()).plannedSnapshot(requestFor(hub, name, 'model', {}));

/** The name in a text that is not the path of a folder; undefined where there is none. */
export const hubNameIn = (typed: string): HubName | undefined =>
  isFolder(typed) ? undefined : readHubName(typed);

const isFolder = (path: string): boolean => statSync(path, {throwIfNoEntry: false})?.isDirectory() ?? false;

const cachedModel = async (hub: Hub, name: HubName, wanted: Wanted): Promise<string | undefined> => {
  const commit = cachedCommit(hub, 'model', name);
  if (commit === undefined) return undefined;
  const folder = snapshotFolder(hub, 'model', name.repository, commit);
  const isThere = (file: string): boolean => existsSync(join(folder, file));
  if (wanted === 'adapter') return ADAPTER_FILES.every(isThere) ? folder : undefined;
  if (!NEEDED.every(isThere)) return undefined;
  return (await weightsFilesOf(folder)).every(isThere) ? folder : undefined;
};

const requestFor = (
  hub: Hub,
  name: HubName,
  wanted: Wanted,
  {tell = complain, signal}: FindOptions,
): SnapshotRequest => ({
  hub,
  kind: 'model',
  name,
  choose: (paths) => (wanted === 'model' ? modelFiles : adapterFiles)(name.repository, new Set(paths)),
  before: 'there is no such folder here, and ',
  tell,
  signal,
});

const NEEDED = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
/** What a tokenizer and a template may consist of, and how answers are sampled. */
const WANTED = [
  ...NEEDED,
  'generation_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'chat_template.jinja',
  'chat_template.json',
];
const SHARD = /^model-\d{5}-of-\d{5}\.safetensors$/;

/** The one file of weights, or the index and its shards; never pickled ones, which are programs. */
const modelFiles = (repository: string, paths: ReadonlySet<string>): string[] => {
  if (ADAPTER_FILES.every((path) => paths.has(path)) && !paths.has('config.json'))
    throw new TerminalError(
      `${repository}: is a LoRA adapter: give its model, and this with --adapter where that is an option`,
    );
  for (const path of NEEDED)
    if (!paths.has(path))
      throw new TerminalError(`${repository}: has no ${path}, which is needed; take a model that has one`);
  const small = WANTED.filter((path) => paths.has(path));
  if (paths.has(WEIGHTS_FILE)) return [...small, WEIGHTS_FILE];
  const shards = [...paths].filter((path) => SHARD.test(path));
  if (paths.has(INDEX_FILE) && shards.length > 0) return [...small, INDEX_FILE, ...shards];
  throw new TerminalError(
    `${repository}: has no weights as safetensors, and pickled ones, which are programs, are not loaded; take a revision or a model that has them`,
  );
};

const adapterFiles = (repository: string, paths: ReadonlySet<string>): readonly string[] => {
  const lacking = ADAPTER_FILES.find((path) => !paths.has(path));
  if (lacking !== undefined)
    throw new TerminalError(`${repository}: has no ${lacking}, so it is no LoRA adapter; give one`);
  return ADAPTER_FILES;
};
