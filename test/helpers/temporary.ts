/** Folders and files that go away with the test that made them. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';

export const temporaryFolder = (t: ExecutionContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorage-test-'));
  t.teardown(() => rmSync(folder, {recursive: true, force: true}));
  return folder;
};

export const temporaryFile = (t: ExecutionContext, name: string, text: string): string => {
  const file = join(temporaryFolder(t), name);
  writeFileSync(file, text);
  return file;
};
