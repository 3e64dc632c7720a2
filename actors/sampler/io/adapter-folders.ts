/** The folders from which a server loads adapters: each a checkpoint's files under the adapter's name, where both see them. */
import {readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import type {Checkpoint} from '../../../proto/messages.js';
import {isMissing, TerminalError} from '../../../runtime/errors.js';
import {hasContent, requirePlainName} from '../../../runtime/fleet/checkpoints/content.js';
import {type Place, withPolicy} from '../../../runtime/fleet/checkpoints/policy.js';
import {linkOrCopy} from '../../../runtime/machine/whole-file.js';
import {isAdapterFolder, loadAdapter} from '../../../runtime/model/files/adapter.js';
import type {ModelConfig} from '../../../runtime/model/files/config.js';
import {publishFolder} from '../../../runtime/model/files/folder.js';

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

/** Removes what a sampler of this run that was killed had begun to write: it is the run's only one. */
export const removeDrafts = async (folder: string, run: string): Promise<void> => {
  const isDraft = new RegExp(`^\\.anchorage-${run}-v\\d{6,}-[0-9a-f]{8}\\.\\d+\\.partial(?:\\.old)?$`);
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
