/** A data set by its name on the Hugging Face Hub. As in `datasets`, a file or folder of that name comes first. */
import {existsSync, lstatSync, readdirSync} from 'node:fs';
import {basename, join} from 'node:path';
import {TerminalError} from '../errors.js';
import {cachedCommit, type Hub, hubOf, snapshotFolder} from '../hub/hub.js';
import {readHubName} from '../hub/hub-name.js';
import {complain} from '../output.js';
import {DATA_FORMS, isDataFile, isWhole, splitOf} from './data-files.js';

export interface FindDataOptions {
  readonly hub?: Hub;
  readonly tell?: (line: string) => void;
}

/**
 * The path that a text stands for. Of a name, the folder of its snapshot in the cache, with the files of the split, or of all
 * splits; those that are not there are fetched. A text that is neither is given back, for whoever reads it to say what is wrong.
 *
 * @throws TerminalError in one line that begins with the name.
 */
export async function findData(
  typed: string,
  split: string | undefined,
  {hub = hubOf(), tell = complain}: FindDataOptions = {},
): Promise<string> {
  // A link that leads nowhere is meant, too.
  if (lstatSync(typed, {throwIfNoEntry: false}) !== undefined) return typed;
  const name = readHubName(typed);
  if (name === undefined) return typed;
  const commit = cachedCommit(hub, 'dataset', name);
  const cached = commit && snapshotFolder(hub, 'dataset', name.repository, commit);
  const isCached = cached !== undefined && holdsData(cached, split);
  if (isCached && hub.isOffline) return cached;
  // Most data are files: only a name asks for what fetches.
  const [{fetchSnapshot}, {TransportError}] = await Promise.all([
    import('../hub/fetch-snapshot.js'),
    import('../endpoints/transport.js'),
  ]);
  try {
    return await fetchSnapshot({
      hub,
      kind: 'dataset',
      // What the cache knows by this name stays what it is.
      name: {...name, revision: commit ?? name.revision},
      choose: (paths) => filesOf(name.repository, paths, split),
      before: 'there is no such file or folder here, and ',
      tell,
    });
  } catch (error) {
    if (!isCached || !(error instanceof Error && error.cause instanceof TransportError)) throw error;
    tell(`${typed}: the Hub cannot be reached; reading what the cache has of it`);
    return cached;
  }
}

const holdsData = (folder: string, split: string | undefined): boolean =>
  [join(folder, 'data'), folder].some((place) => {
    const files = existsSync(place) ? readdirSync(place).filter((file) => isOf(file, split)) : [];
    // Who fetched them may have been killed on the way.
    return files.length > 0 && isWhole(files);
  });

const isOf = (file: string, split: string | undefined): boolean =>
  isDataFile(file) && (split === undefined || splitOf(file) === split);

/** Those in `data/`, or else those beside the README, as they are read. */
function filesOf(repository: string, paths: readonly string[], split: string | undefined): readonly string[] {
  const inside = paths.filter((path) => /^data\/[^/]+$/.test(path) && isDataFile(basename(path)));
  const files = inside.length > 0 ? inside : paths.filter((path) => !path.includes('/') && isDataFile(path));
  if (files.length === 0)
    throw new TerminalError(
      `${repository}: holds no data files (${DATA_FORMS}) in data/ or beside its README; fetch the folder that has them, and give that`,
    );
  const chosen = files.filter((path) => isOf(basename(path), split));
  if (chosen.length > 0) return chosen;
  const there = [...new Set(files.map((path) => splitOf(basename(path))))];
  throw new TerminalError(
    `${repository}: no split ${JSON.stringify(split)}; there ${there.length === 1 ? 'is' : 'are'} ${there.map((each) => JSON.stringify(each)).join(', ')}`,
  );
}
