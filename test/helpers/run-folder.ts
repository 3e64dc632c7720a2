/** Run folders for the tests of the report: files as recording leaves them, removed at the test's end. */
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {temporaryFolder} from './temporary.js';

type Line = Readonly<Record<string, unknown>>;

export interface RunFolderFiles {
  readonly info?: Line;
  readonly metrics?: readonly Line[];
  readonly scores?: readonly Line[];
  readonly checkpoints?: readonly Line[];
  readonly rejections?: readonly Line[];
  readonly pairs?: readonly Line[];
  readonly held_out?: readonly Line[];
  readonly controls?: readonly Line[];
  /** fleet.json; none unless given. */
  readonly fleet?: unknown;
}

/** A folder with run.json and those files that are given; a line's own sequence wins. */
export async function runFolderOf(
  t: ExecutionContext,
  {info = {}, fleet, ...logs}: RunFolderFiles,
): Promise<string> {
  const folder = temporaryFolder(t);
  await writeFile(join(folder, 'run.json'), JSON.stringify(info));
  if (fleet !== undefined) await writeFile(join(folder, 'fleet.json'), JSON.stringify(fleet));
  for (const [log, lines] of Object.entries(logs)) {
    const text = lines.map((line, row) => `${JSON.stringify({sequence: row + 1, ...line})}\n`).join('');
    await writeFile(join(folder, `${log}.jsonl`), text);
  }
  return folder;
}
