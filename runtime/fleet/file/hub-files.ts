/** What a fleet names on the Hugging Face Hub, as folders of this machine. */
import {readFile} from 'node:fs/promises';
import {isMissing, TerminalError} from '../../errors.js';
import type {Planned} from '../../hub/fetch-snapshot.js';
import {hubOf} from '../../hub/hub.js';
import {type HubName, nameOfFolder, pinnedBy, type RepositoryKind, readHubName} from '../../hub/hub-name.js';
import {findModel, findModelHere, plannedModel} from '../../model/files/find-model.js';
import {findData} from '../../sources/find-data.js';
import type {Fleet} from './schema.js';

/** The part of a run's `fleet.json` that says where its files were. */
interface Places {
  readonly policy?: {readonly model?: unknown};
  readonly prompts?: {readonly file?: unknown};
}

/** Whether a fleet names something on the Hub. */
export const namesHub = ({policy, prompts}: Fleet): boolean =>
  readHubName(policy.model) !== undefined || ('file' in prompts && readHubName(prompts.file) !== undefined);

/**
 * The fleet with the folders of what it names on the Hub, which is fetched where the cache has not got it. A run that goes on keeps
 * the commits that it began with, whatever its branches are by now.
 *
 * @param where what complaints begin with, such as the fleet's file.
 * @param fleetFile `fleet.json` of the run, whether it is there or not; undefined for a run without a name yet.
 * @throws TerminalError in one line that names the key.
 */
export const withHubFiles = async (
  where: string,
  fleet: Fleet,
  fleetFile?: string | undefined,
): Promise<Fleet> => {
  const {policy, prompts} = fleet;
  const model = readHubName(policy.model);
  const file = 'file' in prompts ? readHubName(prompts.file) : undefined;
  if (model === undefined && file === undefined) return fleet;
  const before = fleetFile === undefined ? {} : await placesIn(fleetFile);
  return {
    ...fleet,
    policy:
      model === undefined
        ? policy
        : {
            ...policy,
            model: await named(where, 'policy.model', () =>
              findModel(asBefore('model', model, before.policy?.model)),
            ),
          },
    prompts:
      'file' in prompts && file !== undefined
        ? {
            ...prompts,
            file: await named(where, 'prompts.file', () =>
              findData(asBefore('dataset', file, before.prompts?.file), prompts.split),
            ),
          }
        : prompts,
  };
};

/** The same of what the cache has, as far as it has it. */
export const withCachedFiles = async (fleet: Fleet): Promise<Fleet> => {
  const {policy} = fleet;
  if (readHubName(policy.model) === undefined) return fleet;
  const model = await findModelHere(policy.model);
  return model === undefined ? fleet : {...fleet, policy: {...policy, model}};
};

/** What would be fetched before the fleet runs, in lines for a person; empty where all is here. */
export const toFetch = async (where: string, fleet: Fleet): Promise<string[]> => {
  const {model} = (await withCachedFiles(fleet)).policy;
  const name = readHubName(model);
  if (name === undefined) return [];
  const {pinned, missing}: Planned = await named(where, 'policy.model', () => plannedModel(name));
  const {filesText} = await import('../../hub/fetch-snapshot.js');
  return [
    `policy.model: ${pinned.repository}@${pinned.commit} is on the Hub and not here: ${filesText(missing)} would be fetched into ${hubOf().cache}`,
  ];
};

const asBefore = (kind: RepositoryKind, name: HubName, folder: unknown): string => {
  const pinned = typeof folder === 'string' ? pinnedBy(folder) : undefined;
  const isSame = pinned?.kind === kind && pinned.repository === name.repository;
  if (isSame && name.revision === undefined && typeof folder === 'string') return nameOfFolder(folder);
  return name.revision === undefined ? name.repository : `${name.repository}@${name.revision}`;
};

const named = async <T>(where: string, key: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TerminalError
      ? new TerminalError(`${where}: ${key}: ${error.message}`, {cause: error.cause})
      : error;
  }
};

const placesIn = async (file: string): Promise<Places> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Places;
  } catch (error) {
    // What else is wrong with it is said where it is held to.
    if (isMissing(error) || error instanceof SyntaxError) return {};
    throw error;
  }
};
