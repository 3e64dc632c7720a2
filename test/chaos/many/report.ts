/** What two runs of many prompts came to, as lines. Pure. */
import type {Growth} from './memory.js';
import type {Found, ManyKill} from './wrong.js';

export const manyReportOf = ({undisturbed, disturbed}: Found, prompts: number): string => {
  const {pairs, rejected, seconds, sha256} = undisturbed;
  const isSame = sha256 === disturbed.sha256;
  const {length} = disturbed.kills;
  const undisturbedText = `${seconds.toFixed(0)} s, ${(prompts / seconds).toFixed(0)} prompts/s undisturbed`;
  const disturbedText = `${disturbed.seconds.toFixed(0)} s under ${length} ${length === 1 ? 'kill' : 'kills'}`;
  return [
    `${prompts} prompts: ${pairs} pairs, ${rejected} rejected; ${undisturbedText}; ${disturbedText}`,
    `${isSame ? 'the same file' : 'NOT THE SAME FILE'}, SHA-256 ${sha256}${isSame ? '' : ` and ${disturbed.sha256}`}`,
    '',
    ...tableOf(
      ['MiB without garbage, undisturbed: median of each quarter', '1st', '2nd', '3rd', '4th', 'most', ''],
      undisturbed.memory.map(memoryRow),
    ),
    '',
    ...tableOf(
      ['killed', 'processes', 'at prompt', 'under way', 'calls again', 'next pair, s'],
      disturbed.kills.map(killRow),
    ),
  ].join('\n');
};

const memoryRow = ({role, quarters, most, bound, isFlat}: Growth): string[] => [
  role,
  ...quarters.map((mb) => (mb === undefined ? '-' : mb.toFixed(0))),
  most.toFixed(0),
  isFlat ? (bound === undefined ? 'flat' : `within its ${bound.toFixed(0)}`) : 'NOT FLAT',
];

const killRow = ({victim, processes, at, underWay, repeated, resumeSeconds}: ManyKill): string[] => [
  victim,
  ...[processes, at, underWay, repeated].map(String),
  resumeSeconds?.toFixed(1) ?? '-',
];

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => {
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd((widths[column] ?? 0) + 2))
      .join('')
      .trimEnd(),
  );
};
