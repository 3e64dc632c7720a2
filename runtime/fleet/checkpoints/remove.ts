/** Deleting what a message names. */
import {realpath, rm} from 'node:fs/promises';
import {basename, dirname, join, resolve, sep} from 'node:path';
import {isMissing} from '../../errors.js';

/**
 * Deletes a file or folder of a run. Whatever the path says, and wherever links lead, nothing outside of the run's folder is
 * deleted.
 *
 * @param path from the run's folder.
 * @returns whether it is gone; false where it does not lie in the run's folder, and nothing was done.
 */
export const removeFromRun = async (runFolder: string, path: string): Promise<boolean> => {
  const target = resolve(runFolder, path);
  try {
    const [home, parent] = [await realpath(runFolder), await realpath(dirname(target))];
    if (basename(target) === '' || !`${parent}${sep}`.startsWith(`${home}${sep}`)) return false;
    // Of a link, the link.
    await rm(join(parent, basename(target)), {recursive: true, force: true});
    return true;
  } catch (error) {
    if (isMissing(error)) return true;
    throw error;
  }
};
