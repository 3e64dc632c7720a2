/** Owns what a trial starts and writes: the last thing first, and whatever the trial comes to. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

export interface Scope {
  teardown(end: () => unknown): void;
  /** An empty folder, removed with the scope. */
  folder(): string;
}

export const withScope = async <T>(work: (scope: Scope) => Promise<T>): Promise<T> => {
  const ends: (() => unknown)[] = [];
  const teardown: Scope['teardown'] = (end) => {
    ends.push(end);
  };
  try {
    return await work({
      teardown,
      folder: () => {
        const folder = mkdtempSync(join(tmpdir(), 'anchorage-chaos-'));
        teardown(() => rmSync(folder, {recursive: true, force: true}));
        return folder;
      },
    });
  } finally {
    for (const end of ends.reverse()) await end();
  }
};
