/**
 * Writes proto/generated.js and proto/generated.d.ts from the .proto files; with --check, writes nothing and fails
 * where they are not current.
 */
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {root} from './root.mjs';

const pbjs = join(root, 'node_modules/protobufjs-cli/bin/pbjs');
const sources = readdirSync(join(root, 'proto/anchorage/v1'))
  .sort()
  .map((name) => `anchorage/v1/${name}`);
const scratch = mkdtempSync(join(tmpdir(), 'anchorage-proto-'));
const flags = ['-t', 'static-module', '-w', 'esm', '--dts', '--force-number'];
const unused = ['--no-verify', '--no-delimited', '--no-service', '--no-typeurl'];
try {
  const out = join(scratch, 'generated.js');
  const args = [pbjs, ...flags, ...unused, '-p', join(root, 'proto'), '-o', out, ...sources];
  const run = spawnSync(process.execPath, args, {stdio: ['ignore', 'inherit', 'inherit']});
  if (run.status !== 0) process.exit(run.status ?? 1);
  const stale = ['generated.js', 'generated.d.ts'].filter((name) => {
    const target = join(root, 'proto', name);
    const fresh = readFileSync(join(scratch, name), 'utf8');
    if (process.argv.includes('--check')) return read(target) !== fresh;
    writeFileSync(target, fresh);
    return false;
  });
  if (stale.length > 0) {
    console.error(`proto/${stale.join(', proto/')}: not what the .proto files give; run: npm run generate`);
    process.exitCode = 1;
  }
} finally {
  rmSync(scratch, {recursive: true, force: true});
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
