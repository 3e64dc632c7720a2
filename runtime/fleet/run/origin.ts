/**
 * What a run began with: its fleet, and the content of the files that the fleet names. It is kept in the run's folder and on
 * its server, and whoever goes on with the run, on whatever machine, is held to it: a policy, prompts or held-out answers that
 * were altered meanwhile would make another run under the same name, and nobody would see it.
 */
import {createHash} from 'node:crypto';
import type {Stats} from 'node:fs';
import {readdir, readFile, realpath, stat} from 'node:fs/promises';
import {join, relative} from 'node:path';
import type {ContentFile} from '../../../proto/messages.js';
import type {Bus} from '../../bus/bus.js';
import {PROTOCOL_VERSION} from '../../bus/channels/protocol.js';
import {isMissing, messageOf, TerminalError} from '../../errors.js';
import {writeWholeJson} from '../../machine/whole-file.js';
import {digest} from '../../model/files/folder.js';
import {weightsDigestOf} from '../../model/files/weights.js';
import {filesOf} from '../../sources/split.js';
import {policyFiles} from '../checkpoints/content.js';
import type {PromptsFile} from '../feed/prompts.js';
import {evaluationFiles} from '../file/evaluations.js';
import {loadableElsewhere} from '../file/load.js';
import type {Fleet} from '../file/schema.js';
import {requireSameFleet} from './fleet-difference.js';

/** SHA-256, hexadecimal, of what the fleet names. */
export interface Contents {
  /** The policy before training. */
  readonly policy: {readonly files: readonly ContentFile[]; readonly weightsSha256: string};
  readonly prompts?: string;
  /** Of the one file that a suite could name, in runs of earlier versions; now it is among the others. */
  readonly evaluation?: string;
  /** By the key of the fleet that names the file, such as `actors.reviser.promptFile`. */
  readonly others?: Readonly<Record<string, string>>;
}

export interface Origin extends Contents {
  readonly fleet: Fleet;
  /** Where the run began; for a person. */
  readonly folder: string;
  readonly host: string;
  /** Of its messages; 1 where none is said. */
  readonly protocol?: string;
}

interface NamedFile {
  readonly key: string;
  readonly file: string;
}

/** What the suites ask. */
const suiteFilesOf = (fleet: Pick<Fleet, 'evaluation'>): NamedFile[] =>
  evaluationFiles(fleet).map(({path, file}) => ({key: path.join('.'), file}));

/** The user's own words for a model, own filter, and what the suites ask. */
const otherFilesOf = (fleet: Fleet): NamedFile[] => {
  const {actors, filter} = fleet;
  const named = Object.entries({
    'actors.reviser.promptFile': actors.reviser?.promptFile,
    'actors.judge.promptFile': actors.judge?.promptFile,
    'filter.module': filter.module,
  }).flatMap(([key, file]) => (file === undefined ? [] : [{key, file}]));
  return [...named, ...suiteFilesOf(fleet)];
};

/** By the key of the fleet that names a file. */
const otherIn = ({others, evaluation}: Contents, key: string): string | undefined =>
  others?.[key] ?? (key === 'evaluation.file' ? evaluation : undefined);

/**
 * Of a file, or, of a folder, of the names and contents of all that is in it, in the order of the names.
 *
 * @throws TerminalError of a folder without a file: it would be the same whatever were put into it elsewhere.
 */
export const pathDigest = async (key: string, path: string): Promise<string> => {
  if (!(await stat(path)).isDirectory()) return await digest(path);
  const hash = createHash('sha256');
  const files = await filesUnder(key, path);
  if (files.length === 0)
    throw new TerminalError(`${key}: ${path} has no files; give a folder with what the suite asks`);
  for (const file of files.toSorted())
    hash.update(`${await digest(await realpath(file))} ${relative(path, file)}\n`);
  return hash.digest('hex');
};

/** Links count as what they lead to: a folder of the Hub's cache is nothing but links. */
const filesUnder = async (
  key: string,
  folder: string,
  around: readonly string[] = [],
): Promise<readonly string[]> => {
  const real = await realpath(folder);
  if (around.includes(real))
    throw new TerminalError(`${key}: ${folder} leads back to a folder that it lies in; remove the link`);
  const files: string[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await statOf(key, path);
    if (found.isFile()) files.push(path);
    else if (found.isDirectory()) files.push(...(await filesUnder(key, path, [...around, real])));
  }
  return files;
};

const statOf = async (key: string, path: string): Promise<Stats> => {
  try {
    return await stat(path);
  } catch (error) {
    throw new TerminalError(`${key}: ${path} leads to no file (${messageOf(error)}); remove it`);
  }
};

/** Reads all files that a fleet names, once. */
export const contentsOf = async (fleet: Fleet): Promise<Contents> => {
  const {policy, prompts} = fleet;
  const others: Record<string, string> = {};
  for (const {key, file} of otherFilesOf(fleet)) others[key] = await pathDigest(key, file);
  const files = await policyFiles(policy.model);
  return {
    policy: {files, weightsSha256: weightsDigestOf(files)},
    ...('file' in prompts ? {prompts: await promptsDigest(prompts)} : {}),
    ...(Object.keys(others).length === 0 ? {} : {others}),
  };
};

/** Of a file, or, of a folder, of the names and contents of the files that are read, in their order. */
const promptsDigest = async ({file, split}: PromptsFile): Promise<string> => {
  const files = await filesOf({path: file, split, keys: 'prompts.'});
  if (files[0] === file) return await digest(file);
  const hash = createHash('sha256');
  for (const each of files) hash.update(`${await digest(each)} ${relative(file, each)}\n`);
  return hash.digest('hex');
};

/** The contents that a run's folder says it began with; undefined for a new run. */
const keptContents = async (file: string): Promise<Contents | undefined> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Contents;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new TerminalError(`${file}: not what a run began with; restore the file, or choose another --run`);
  }
};

/**
 * Holds the files of a fleet to those that the run in this folder began with, and notes those of a new one.
 *
 * @throws TerminalError that names the first file that differs.
 */
export const checkFolderContents = async (
  run: string,
  runFolder: string,
  fleet: Fleet,
  now: Contents,
): Promise<void> => {
  const file = join(runFolder, 'contents.json');
  const before = await keptContents(file);
  if (before === undefined) await writeWholeJson(file, now);
  else requireSameContents(run, fleet, before, now);
};

/**
 * What the run began with, as its server says; undefined where it has not begun there.
 *
 * @throws TerminalError where its messages are of another protocol version: each would be set aside, and no pair trained on.
 */
export const originOf = async (bus: Bus): Promise<Origin | undefined> => {
  const origin = (await bus.kv.get<Origin>('origin'))?.value;
  const {protocol = '1'} = origin ?? {protocol: PROTOCOL_VERSION};
  if (protocol === PROTOCOL_VERSION) return origin;
  throw new TerminalError(
    `run ${bus.run} on the NATS server has messages of protocol version ${protocol}, and this is version ${PROTOCOL_VERSION}: ` +
      'go on with the Anchorage that began it, or begin another --run',
  );
};

/**
 * Says on the server what a run begins with, or holds fleet and files to what it says already.
 *
 * @throws TerminalError that names the first key or file that differs.
 */
export const agreeOnOrigin = async (bus: Bus, now: Origin): Promise<void> => {
  const {fleet} = now;
  const origin = {...now, fleet: loadableElsewhere(fleet), protocol: PROTOCOL_VERSION};
  if (await bus.kv.compareAndSet('origin', origin, 0)) return;
  const before = await originOf(bus);
  if (before === undefined) return;
  const where = `run ${bus.run} on the NATS server, begun on ${before.host} in ${before.folder}`;
  requireSameFleet(where, before.fleet, fleet, {places: false});
  requireSameContents(bus.run, fleet, before, now);
};

const requireSameContents = (run: string, fleet: Fleet, before: Contents, now: Contents): void => {
  const {policy, prompts} = fleet;
  requireSamePolicy(run, policy.model, before.policy.files, now.policy.files);
  if ('file' in prompts) requireSame(run, prompts.file, before.prompts, now.prompts);
  for (const {key, file} of otherFilesOf(fleet))
    requireSame(run, file, otherIn(before, key), otherIn(now, key));
};

/** Throws a TerminalError that names the first file of a policy that is another, is missing, or was not there. */
export const requireSamePolicy = (
  run: string,
  folder: string,
  before: readonly ContentFile[],
  now: readonly ContentFile[],
): void => {
  const names = new Set([...before, ...now].map(({path}) => path));
  const shaOf = (files: readonly ContentFile[], name: string) =>
    files.find(({path}) => path === name)?.sha256;
  for (const name of names) requireSame(run, join(folder, name), shaOf(before, name), shaOf(now, name));
};

const requireSame = (
  run: string,
  file: string,
  before: string | undefined,
  now: string | undefined,
): void => {
  if (before === now) return;
  const shown = (sha256: string | undefined) =>
    sha256 === undefined ? 'no such file' : `SHA-256 ${sha256.slice(0, 12)}`;
  throw new TerminalError(
    `${file}: run ${run} began with another: ${shown(before)} then, ${shown(now)} now; ` +
      'put the file back that it began with, or begin another --run',
  );
};

/**
 * Holds what the suites ask on this machine to what the run began with, if it says so.
 *
 * @throws TerminalError that names the file
 */
export const requireSameEvaluation = async (bus: Bus, fleet: Fleet): Promise<void> => {
  const files = suiteFilesOf(fleet);
  const origin = files.length === 0 ? undefined : await originOf(bus);
  if (origin === undefined) return;
  for (const {key, file} of files)
    requireSame(bus.run, file, otherIn(origin, key), await pathDigest(key, file));
};
