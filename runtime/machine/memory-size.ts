/** Amounts of memory as people write them: 4GB, 1.5GiB, 800MB. */
import {totalmem} from 'node:os';

const UNITS = {MB: 1e6, GB: 1e9, MiB: 2 ** 20, GiB: 2 ** 30} as const;

export const MEMORY_SIZE_FORM = 'a number with MB, GB, MiB or GiB, such as 4GB';

/** Bytes; undefined for a text of another form. */
export function memoryBytes(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?(MB|GB|MiB|GiB)$/.exec(text.trim()) ?? [];
  const bytes = Number(amount) * (UNITS[unit as keyof typeof UNITS] ?? Number.NaN);
  return bytes > 0 && Number.isSafeInteger(Math.floor(bytes)) ? Math.floor(bytes) : undefined;
}

/** Bytes as people read them, to a tenth of a GB. */
export const gigabytes = (bytes: number, round: (value: number) => number = Math.round): string =>
  `${(round(bytes / 1e8) / 10).toFixed(1)} GB`;

/** The same, in MB or kB where it is less than one of the next. */
export const sizeText = (bytes: number, round?: (value: number) => number): string => {
  if (bytes >= 1e9) return gigabytes(bytes, round);
  return bytes >= 1e6 ? `${Math.ceil(bytes / 1e6)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
};

/** What this process may have: the machine's, or what its container is held to. */
export const machineMemoryBytes = (): number => {
  // 0 where nothing constrains the process.
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
};
