/**
 * Files of folders that may come from anybody, such as a model's. What is opened is a regular file of its folder: neither a
 * link that leads out of it, through which another file of this machine would be read and copied into checkpoints, nor a pipe or
 * device, which would be waited for for ever.
 */
import {constants, statSync} from 'node:fs';
import {copyFile, type FileHandle, open, realpath} from 'node:fs/promises';
import {basename, dirname, join, relative, sep} from 'node:path';
import {TerminalError} from '../errors.js';

/** Opens a file for reading. Throws a TerminalError where it is no file of its folder, and the system's error where none is there. */
export async function openRegularFile(path: string): Promise<FileHandle> {
  // Opening a pipe would wait for whoever writes to it.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
  const file = await open(await ownFile(path), flags);
  try {
    if ((await file.stat()).isFile()) return file;
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  throw new TerminalError(`${path}: not a file, but a folder, pipe or device; copy the model again`);
}

/** What the shell has opened for us, as in `<(zcat prompts.gz)`: somebody writes to it. */
const OPENED = /^\/dev\/(fd\/\d+|stdin)$/;

/**
 * Throws a TerminalError where a path that a user gave is a pipe or a device: opening a pipe that nobody writes to waits in a
 * thread that not even the end of the process ends, and a device has no end. A path that is not there is left to who opens it.
 */
export async function refusePipe(path: string): Promise<void> {
  if (isPipe(path))
    throw new TerminalError(`${path}: is a pipe or a device; write what it gives to a file, and give that`);
}

/** Whether a path that a user gave is a pipe or a device, and none that the shell opened for us. False where it cannot be seen. */
export function isPipe(path: string): boolean {
  try {
    const found = statSync(path);
    return !found.isFile() && !found.isDirectory() && !OPENED.test(path);
  } catch {
    return false;
  }
}

/** Copies a file, not a link to it. Throws as `openRegularFile`. */
export async function copyRegularFile(from: string, to: string): Promise<void> {
  await (await openRegularFile(from)).close();
  await copyFile(await ownFile(from), to);
}

/** What repositories of a Hugging Face cache have in common: `blobs/12/HASH` of the cache. */
const SHARED_BLOB = /^[0-9a-f]{2}\/[0-9a-f]{64}$/;

/**
 * Where a file lies, links followed: below its folder, or among the blobs of a Hugging Face cache, whose
 * `models--NAME/snapshots/REVISION` holds links to `models--NAME/blobs`, where there may be links to what repositories share.
 */
async function ownFile(path: string): Promise<string> {
  const folder = await realpath(dirname(path));
  const file = await realpath(path);
  if (file.startsWith(folder === sep ? sep : folder + sep)) return file;
  if (isOfCache(folder, file)) return file;
  throw new TerminalError(`${path}: a link that leaves its folder, to ${file}; copy the file itself there`);
}

/** Whether what a link of a snapshot leads to, from whatever depth of it, is a blob of the same repository or of the cache. */
function isOfCache(folder: string, file: string): boolean {
  for (let revision = folder; dirname(revision) !== revision; revision = dirname(revision)) {
    const snapshots = dirname(revision);
    if (basename(snapshots) !== 'snapshots') continue;
    const repository = dirname(snapshots);
    const shared = relative(join(dirname(repository), 'blobs'), file);
    if (file.startsWith(join(repository, 'blobs') + sep) || SHARED_BLOB.test(shared)) return true;
  }
  return false;
}
