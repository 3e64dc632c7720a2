/** Files by their content: what a checkpoint's message says of each, and whether a file on this machine is that one. */
import {stat} from 'node:fs/promises';
import {basename, join} from 'node:path';
import type {ContentFile} from '../../../proto/messages.js';
import {isMissing, TerminalError} from '../../errors.js';
import {ADAPTER_FILES, isAdapterFolder} from '../../model/files/adapter.js';
import {digest} from '../../model/files/folder.js';
import {modelFilesOf} from '../../model/files/model-checkpoint.js';

/** What a file under `root` is. */
export const contentOf = async (root: string, path: string): Promise<ContentFile> => {
  const file = join(root, path);
  return {path, sha256: await digest(file), sizeBytes: (await stat(file)).size};
};

export const contentsOf = async (root: string, paths: readonly string[]): Promise<ContentFile[]> => {
  const contents: ContentFile[] = [];
  for (const path of paths) contents.push(await contentOf(root, path));
  return contents;
};

/** What a policy's folder consists of, a model's or an adapter's, as a checkpoint's message says it. */
export const policyFiles = async (folder: string): Promise<ContentFile[]> =>
  contentsOf(folder, isAdapterFolder(folder) ? ADAPTER_FILES : await modelFilesOf(folder));

/** Whether a file is there with as many bytes. */
export const hasSize = async (file: string, {sizeBytes}: ContentFile): Promise<boolean> => {
  try {
    return (await stat(file)).size === sizeBytes;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};

/** Whether a file is there with that content; reads all of it where the size is right. */
export const hasContent = async (file: string, content: ContentFile): Promise<boolean> =>
  (await hasSize(file, content)) && (await digest(file)) === content.sha256;

/** Throws where a message names a file outside its folder: what comes over the bus is written under this name. */
export const requirePlainName = ({path}: ContentFile): void => {
  if (path !== basename(path) || path === '..' || path === '.')
    throw new TerminalError(
      `a checkpoint names the file ${JSON.stringify(path)}, which is not in its folder`,
    );
};
