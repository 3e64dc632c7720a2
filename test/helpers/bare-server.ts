/** A NATS server with a configuration of the test's own, as somebody else set it up. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {natsBinary} from './nats.js';

/** Resolves to its address, once it listens. It has a store where a line says so; all of it is gone after the test. */
export const withBareServer = async (
  t: ExecutionContext,
  lines: readonly string[],
  port = '-1',
): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorage-bare-'));
  const config = join(folder, 'nats.conf');
  writeFileSync(config, lines.join('\n'));
  const child = spawn(
    await natsBinary(),
    ['-c', config, '-a', '127.0.0.1', '-p', port, '--ports_file_dir', folder],
    {stdio: 'ignore'},
  );
  t.teardown(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
    rmSync(folder, {recursive: true, force: true});
  });
  for (;;) {
    const file = readdirSync(folder).find((name) => name.endsWith('.ports'));
    const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8');
    const url = /(?:nats|tls):\/\/[\d.:]+/.exec(text)?.[0];
    if (url !== undefined) return url;
    if (child.exitCode !== null) throw new Error(`nats-server ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
