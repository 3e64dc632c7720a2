/**
 * What was tried before, in the user's cache: a trial takes half a second of a core, and several for a large vocabulary, at each
 * command that is given the model. Known by all that a trial depends on; one that failed is not kept.
 */
import {createHash} from 'node:crypto';
import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import * as z from 'zod';
import {MAX_TOKENIZER_BYTES} from '../../json/json-file.js';
import {ensureFolder} from '../../machine/ensure-folder.js';
import {writeWholeJson} from '../../machine/whole-file.js';
import {cacheFolder, codeRoot} from '../../paths.js';
import type {Tried} from './trial-thread.js';

const triedSchema = z.strictObject({hasTemplate: z.boolean()});

export interface TriedBefore {
  /** What the trial found then; undefined where there was none. */
  readonly tried: Tried | undefined;
  /** Keeps what a trial found. */
  keep(tried: Tried): Promise<void>;
}

/**
 * Looks for a trial of these files by this build on this Node.js.
 *
 * @param options all else that the trial is told.
 */
export const triedBefore = async (directory: string, options: unknown): Promise<TriedBefore> => {
  const digest = await digestOf(directory, options);
  if (digest === undefined) return {tried: undefined, keep: async () => undefined};
  const path = join(cacheFolder('tried'), `${digest}.json`);
  return {
    tried: await readFile(path, 'utf8')
      .then((text) => triedSchema.parse(JSON.parse(text)))
      // Not there, or not ours: it is tried again.
      .catch(() => undefined),
    keep: (tried) =>
      ensureFolder(cacheFolder('tried'))
        .then(() => writeWholeJson(path, tried))
        // Where nothing can be kept, the next command tries again.
        .catch(() => undefined),
  };
};

/** SHA-256 over the folder's texts, the build and the options; undefined where one is no file of a size that is read. */
const digestOf = async (directory: string, options: unknown): Promise<string | undefined> => {
  const hash = createHash('sha256').update(JSON.stringify([process.version, options]));
  try {
    // What it imports is named by its content.
    hash.update(await readFile(join(codeRoot, 'runtime/model/trial/trial-thread.js')));
    for (const folder of ['.', 'additional_chat_templates']) {
      for (const name of await textsIn(join(directory, folder))) {
        const path = join(directory, folder, name);
        const {size} = await stat(path);
        if (size > MAX_TOKENIZER_BYTES) return undefined;
        const bytes = await readFile(path);
        hash.update(JSON.stringify([folder, name, bytes.length])).update(bytes);
      }
    }
    return hash.digest('hex');
  } catch {
    // What is wrong with the folder, the trial says.
    return undefined;
  }
};

const textsIn = async (folder: string): Promise<string[]> => {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => /\.(json|jinja)$/.test(name)).sort();
};
