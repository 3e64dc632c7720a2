/** A disk without room, told in one line: where, for what, how much is left, and the way on. */
import {statfs} from 'node:fs/promises';
import {TerminalError} from '../errors.js';
import {sizeText} from './memory-size.js';

/** A full disk, or a user's share of it. */
export const isOutOfRoom = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');

/** @param what does not fit there, such as `a checkpoint of 1.6 GB` */
export const outOfRoom = async (folder: string, what: string): Promise<TerminalError> => {
  const free = await statfs(folder).then(
    ({bavail, bsize}) => `${sizeText(bavail * bsize)} are free`,
    () => 'it cannot be asked how much is free',
  );
  return new TerminalError(
    `${folder}: its disk has no room for ${what}: ${free}; free some, and take the run up again`,
  );
};

/**
 * Does what writes into a folder.
 *
 * @throws TerminalError as `outOfRoom` where that does not fit
 */
export const withRoom = async <T>(folder: string, what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw isOutOfRoom(error) ? await outOfRoom(folder, what) : error;
  }
};
