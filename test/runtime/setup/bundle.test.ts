import {readdirSync, readFileSync} from 'node:fs';
import {isBuiltin} from 'node:module';
import {dirname, join} from 'node:path';
import test from 'ava';
import {transform} from 'esbuild';
import {actorTable} from '../../../runtime/actors.js';
import {codeRoot} from '../../../runtime/paths.js';
import {load} from './scripts.js';

const {programs} = await load<{programs(): string[]}>('bundle.mjs');
const built = programs().map((path) => path.replace(/\.ts$/, '.js'));

/** What a file of the build imports when it is loaded. */
const importsIn = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/^(?:import|export|\} from)\b[^;]*?["']([^"'\n]+)["'];$/gm)].map(
    ([, name = '']) => name,
  );

const closureOf = (path: string, seen = new Map<string, string[]>()): Map<string, string[]> => {
  if (seen.has(path)) return seen;
  const names = importsIn(path);
  seen.set(path, names);
  for (const name of names) if (name.startsWith('.')) closureOf(join(dirname(path), name), seen);
  return seen;
};

test('Every actor is a program of its own', (t) => {
  for (const {entry} of Object.values(actorTable)) t.true(built.includes(entry), entry);
});

test('A program is started from a few files of the build: of packages, only native ones lie elsewhere', (t) => {
  for (const program of built) {
    const files = closureOf(join(codeRoot, program));
    const foreign = [...files.values()].flat().filter((name) => !name.startsWith('.') && !isBuiltin(name));
    t.deepEqual(
      foreign.filter((name) => name !== 'onnxruntime-node'),
      [],
      program,
    );
    t.true(files.size < 100, `${program}: ${files.size} files`);
  }
});

test('Each chunk loads, also those that are imported late: no name is declared twice', async (t) => {
  const folder = join(codeRoot, 'chunks');
  const chunks = readdirSync(folder).filter((name) => name.endsWith('.js'));
  t.true(chunks.length > 0);
  for (const name of chunks) {
    const code = readFileSync(join(folder, name), 'utf8');
    await t.notThrowsAsync(transform(code, {format: 'esm', logLevel: 'silent'}), name);
  }
});
