/** Which process is which, and whether it is still there: a process id alone is given to others later. */
import {readFileSync, readlinkSync} from 'node:fs';
import {hostname} from 'node:os';

/** Whether a process with this id is there, whoever it belongs to. */
export const isProcessAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process is there all the same.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** A process, told apart from every other that has its id at another time or in another place. */
export interface ProcessIdentity {
  /** The machine's name, for a person. */
  readonly host: string;
  /** Where its id is its own: a start of a machine, and a container there. */
  readonly place: string;
  readonly pid: number;
  /** When it started, in clock ticks of the machine; undefined where the system does not tell. */
  readonly startTicks?: number | undefined;
}

/** `elsewhere`: in a place into which this process cannot see. */
export type Life = 'alive' | 'gone' | 'elsewhere';

export const ownIdentity = (): ProcessIdentity => ({
  host: hostname(),
  place: place(),
  pid: process.pid,
  startTicks: statOf(process.pid)?.startTicks,
});

/** Whether that very process is there. */
export const lifeOf = (
  identity: Pick<ProcessIdentity, 'place' | 'pid' | 'startTicks'>,
  here = place(),
): Life => {
  if (identity.place !== here) return 'elsewhere';
  if (!isProcessAlive(identity.pid)) return 'gone';
  const stat = statOf(identity.pid);
  if (stat === undefined || identity.startTicks === undefined) return 'alive';
  return stat.isZombie || stat.startTicks !== identity.startTicks ? 'gone' : 'alive';
};

/** Linux tells of each start of the machine and of each container; elsewhere the machine's name must do. */
const place = (): string => {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
};

/** The state and the start, among `statFieldsOf`. */
const STATE = 0;
const START = 19;

const statOf = (pid: number): {readonly isZombie: boolean; readonly startTicks: number} | undefined => {
  const fields = statFieldsOf(pid);
  return fields && {isZombie: fields[STATE] === 'Z', startTicks: Number(fields[START])};
};

/** What Linux says of a process in /proc, from its state on; undefined where it says nothing. */
export const statFieldsOf = (pid: number): readonly string[] | undefined => {
  try {
    return statFieldsIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
};

/** The same of the text of such a file, a thread's too. The name before the state may hold anything, brackets and spaces too. */
export const statFieldsIn = (text: string): readonly string[] =>
  text.slice(text.lastIndexOf(')') + 2).split(' ');
