/**
 * Loaded by `--import` before a program of a run that is measured: at SIGUSR2 the process collects all garbage, and then says what
 * is resident, a line each time in the file of its process id, in the folder that ANCHORAGE_CHAOS_COLLECTED names.
 */
import {appendFileSync} from 'node:fs';
import {join} from 'node:path';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';

/** `collected.ts` sets it, of which a process that is measured loads nothing. */
const folder = process.env.ANCHORAGE_CHAOS_COLLECTED;

if (folder !== undefined) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (how: object) => void;
  const file = join(folder, String(process.pid));
  process.on('SIGUSR2', () => {
    // As on the last memory there is: nothing is kept for a faster next time.
    collect({type: 'major', execution: 'sync', flavor: 'last-resort'});
    appendFileSync(file, `${process.memoryUsage.rss()}\n`);
  });
  // From here on the signal is heard; before, it would end the process.
  appendFileSync(file, '');
}
