/** What is resident of the processes of a run once all their garbage is collected. */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {kill} from '../../helpers/fleet-folder.js';

export interface Collected {
  readonly pid: number;
  /** MiB. */
  readonly mb: number;
}

/** The environment in which programs of Node answer `ask`; their children are given it, too. */
export const collectingEnv = (folder: string): NodeJS.ProcessEnv => ({
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${new URL('collect.js', import.meta.url).href}`,
  ANCHORAGE_CHAOS_COLLECTED: folder,
});

/** @param folder where they answer, to be there before they start. */
export const openCollected = (folder: string) => {
  const read = new Map<number, number>();
  const pids = (): number[] => readdirSync(folder).map(Number);
  return {
    /** Has those that are there collect; what they say comes later. */
    ask(): void {
      for (const pid of pids()) kill(pid, 'SIGUSR2');
    },
    /** What was said since the last time. */
    take: (): Collected[] =>
      pids().flatMap((pid) => {
        const lines = readFileSync(join(folder, String(pid)), 'utf8')
          .split('\n')
          .slice(0, -1);
        const before = read.get(pid) ?? 0;
        read.set(pid, lines.length);
        return lines.slice(before).map((bytes) => ({pid, mb: Number(bytes) / 2 ** 20}));
      }),
  };
};
