/** The folders from which a server loads adapters: each a checkpoint's files under the adapter's name, where both see them. */
import {readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import type {Checkpoint} from '../../../proto/messages.js';
import {isMissing, TerminalError} from '../../errors.js';
import {linkOrCopy} from '../../machine/whole-file.js';
import {isAdapterFolder, loadAdapter} from '../../model/files/adapter.js';
import type {ModelConfig} from '../../model/files/config.js';
import {publishFolder} from '../../model/files/folder.js';
import {hasContent, requirePlainName} from '../checkpoints/content.js';
import {type Place, withPolicy} from '../checkpoints/policy.js';
import {draftPattern, type Owner} from './adapter-name.js';

/**
 * Puts a checkpoint's adapter into a folder, held to the hashes of its message; nothing is done where it is there already.
 *
 * @throws TerminalError where it is no adapter, ContentMissing where its files are nowhere.
 */
export const writeAdapter = async (
  place: Place,
  checkpoint: Checkpoint,
  config: ModelConfig,
  target: string,
): Promise<void> => {
  const {files, weightsSha256, step} = checkpoint;
  for (const file of files) requirePlainName(file);
  const there = await Promise.all(files.map((file) => hasContent(join(target, file.path), file)));
  if (files.length > 0 && there.every(Boolean)) return;
  await withPolicy(place, checkpoint, async (folder) => {
    if (!isAdapterFolder(folder))
      throw new TerminalError(`the checkpoint of step ${step} is no adapter, and a server takes up no other`);
    await loadAdapter(folder, config, weightsSha256);
    await publishFolder(target, async (draft) => {
      for (const {path} of files) await linkOrCopy(join(folder, path), join(draft, path));
    });
  });
};

/** Removes what a process that was killed had begun to write: it is the only one that calls adapters so. */
export const removeDrafts = async (folder: string, owner: Owner): Promise<void> => {
  const isDraft = draftPattern(owner);
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  for (const name of names.filter((each) => isDraft.test(each)))
    await rm(join(folder, name), {recursive: true, force: true});
};

/** @param name by `adapterName`, and so that of a folder. */
export const removeAdapter = (folder: string, name: string): Promise<void> =>
  rm(join(folder, name), {recursive: true, force: true});
