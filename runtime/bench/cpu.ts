/** Processor time of another process, from Linux's /proc. */
import {readFileSync} from 'node:fs';

/** The unit of /proc/PID/stat: every Linux that Node runs on counts in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** Seconds that all threads of a process have taken so far; undefined where /proc does not tell. */
export const cpuSecondsOf = (pid: number): number | undefined => {
  try {
    return cpuSecondsIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
};

/** The same from the text of a `stat` file. The name in brackets may hold spaces and brackets of its own. */
export const cpuSecondsIn = (stat: string): number | undefined => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return Number.isFinite(user + system) ? (user + system) / TICKS_PER_SECOND : undefined;
};

/** Seconds that the children of this process that have ended took, theirs included; not a number where /proc does not tell. */
export const childrenCpuSeconds = (): number => {
  try {
    return childrenCpuSecondsIn(readFileSync('/proc/self/stat', 'utf8'));
  } catch {
    return Number.NaN;
  }
};

/** The same from the text of a `stat` file. */
export const childrenCpuSecondsIn = (stat: string): number => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
};
