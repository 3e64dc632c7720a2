/** A file of weights that stays open: whether it is still what it was, and its bytes from a position on. */
import type {BigIntStats} from 'node:fs';
import {type FileHandle, stat} from 'node:fs/promises';
import {isMissing, messageOf, TerminalError} from '../../../errors.js';
import {openRegularFile} from '../../../json/regular-file.js';

/** Opens a file of weights. Throws a TerminalError that names it. */
export async function openFile(path: string): Promise<FileHandle> {
  try {
    return await openRegularFile(path);
  } catch (error) {
    if (error instanceof TerminalError) throw error;
    if (isMissing(error)) throw new TerminalError(`${path}: no such file; the weights are missing`);
    throw new TerminalError(`${path}: cannot be opened: ${messageOf(error)}`);
  }
}

export const altered = (path: string): TerminalError =>
  new TerminalError(`${path}: altered while it was read; try again`);

/** Differs where a path is another file, or the file was written to. */
const identity = ({dev, ino, size, mtimeNs}: BigIntStats): string => [dev, ino, size, mtimeNs].join();
export const identityOf = async (file: FileHandle): Promise<string> =>
  identity(await file.stat({bigint: true}));
export const identityAt = async (path: string): Promise<string | undefined> => {
  try {
    return identity(await stat(path, {bigint: true}));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/** Fills the bytes from a position of the file; false where the file ends before. */
export async function fill(file: FileHandle, bytes: Uint8Array, position: number): Promise<boolean> {
  for (let done = 0; done < bytes.length; ) {
    const {bytesRead} = await file.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}
