/** Where a run's holder is written: in its folder, for runs of one machine, and on its server, for all that reach that. */
import {link, mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {KeyValues} from '../../bus/bus.js';
import {type Holder, holderSchema} from '../../bus/channels/holder.js';
import {TerminalError} from '../../errors.js';
import type {HoldStore} from './hold.js';

/**
 * In a folder: a file for each revision, by its number. A file is linked into being, whole, and only where none has that
 * number; older ones are removed.
 */
export const folderHold = (runFolder: string): HoldStore => {
  const folder = join(runFolder, 'holder');
  const fileOf = (revision: number) => join(folder, `${revision}.json`);
  const revisions = async (): Promise<number[]> => {
    const names = await readdir(folder).catch(() => []);
    return names.flatMap((name) => (/^\d{1,15}\.json$/.test(name) ? [Number.parseInt(name, 10)] : []));
  };
  return {
    async read() {
      for (;;) {
        const known = await revisions();
        if (known.length === 0) return undefined;
        const revision = Math.max(...known);
        const text = await readFile(fileOf(revision), 'utf8').catch(() => undefined);
        // Removed since, because there is a newer one.
        if (text !== undefined) return {value: holderIn(text, fileOf(revision)), revision};
      }
    },
    async write(value, revision) {
      // Not recursive: a run's folder that is gone does not come back.
      await mkdir(folder).catch((error) => {
        if (!isThere(error)) throw error;
      });
      const draft = join(folder, `${value.id}.draft`);
      await writeFile(draft, JSON.stringify(value));
      try {
        await link(draft, fileOf(revision + 1));
      } catch (error) {
        if (isThere(error)) return false;
        throw error;
      } finally {
        await rm(draft, {force: true});
      }
      for (const older of await revisions()) if (older <= revision) await rm(fileOf(older), {force: true});
      return true;
    },
  };
};

/** What a file is worth that is not JSON: a machine that lost its power, and with it whoever held the run, left it so. */
const NOBODY: Holder = {id: '', host: '', place: '', pid: 0, since: '', released: true};

const holderIn = (text: string, file: string): Holder => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return NOBODY;
  }
  const {success, data} = holderSchema.safeParse(json);
  if (success) return data;
  throw new TerminalError(`${file}: does not say who holds the run; where nobody does, remove the file`);
};

const isThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST';

/** On the run's server. */
export const serverHold = (kv: KeyValues): HoldStore => ({
  async read() {
    const found = await kv.get<Holder>('holder');
    return found === undefined ? undefined : {...found, value: holderSchema.parse(found.value)};
  },
  write: async (value, revision) => (await kv.compareAndSet('holder', value, revision)) !== undefined,
});
