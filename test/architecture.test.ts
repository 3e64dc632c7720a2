import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import test from 'ava';
import {actorTable} from '../runtime/actors.js';
import {packageRoot} from '../runtime/paths.js';
import {importsOf, type SourceFile, sourceFiles} from './helpers/source-files.js';

const files = sourceFiles(['proto', 'runtime', 'actors', 'test']);
const topOf = (path: string): string => path.split('/')[0] ?? '';

/** What is wrong, one line for each, so that a failure says what to change. */
const violations = (
  says: (file: SourceFile, of: string, typeOnly: boolean) => string | undefined,
): string[] =>
  files.flatMap((file) =>
    file.imports.map(({of, typeOnly}) => says(file, of, typeOnly)).filter((line) => line !== undefined),
  );

test('Imports are found in every form that the language has', (t) => {
  const text = `
import {a, type B} from './a.js';
import type {C} from '../c.js';
import {
  type D,
  type E,
} from './d.js';
import './effect.js';
export {f} from './f.js';
import * as tf from '@tensorflow/tfjs-core';
const late = await import('./late.js');
/** import {nothing} from './comment.js' */
`;
  const found = importsOf(text, 'runtime/bus/here.ts').map(
    ({of, typeOnly}) => `${of}${typeOnly ? ' (types)' : ''}`,
  );
  t.deepEqual(found.toSorted(), [
    '@tensorflow/tfjs-core',
    'runtime/bus/a.ts',
    'runtime/bus/d.ts (types)',
    'runtime/bus/effect.ts',
    'runtime/bus/f.ts',
    'runtime/bus/late.ts',
    'runtime/c.ts (types)',
  ]);
});

test('Folders import in one direction: proto, then runtime, then actors; nothing imports test', (t) => {
  const allowed: Record<string, readonly string[]> = {
    proto: ['proto'],
    runtime: ['proto', 'runtime'],
    actors: ['proto', 'runtime', 'actors'],
    test: ['proto', 'runtime', 'actors', 'test'],
  };
  const ours = new Set(Object.keys(allowed));
  const wrong = violations((file, of) =>
    ours.has(topOf(of)) && !allowed[topOf(file.path)]?.includes(topOf(of))
      ? `${file.path} imports ${of}`
      : undefined,
  );
  t.deepEqual(wrong, []);
});

test('Actors meet on the bus: none imports another', (t) => {
  const actorOf = (path: string) => path.split('/').slice(0, 2).join('/');
  const wrong = violations((file, of) =>
    topOf(file.path) === 'actors' && topOf(of) === 'actors' && actorOf(file.path) !== actorOf(of)
      ? `${file.path} imports ${of}`
      : undefined,
  );
  t.deepEqual(wrong, []);
});

/** Folders and files of runtime/, lowest first. What stands on one line does not import its neighbours either. */
const levels = [
  ['text'],
  ['output.ts'],
  ['actors.ts', 'errors.ts', 'paths.ts', 'seed.ts', 'backoff.ts', 'in-order.ts'],
  ['machine', 'source-stack.ts', 'statistics'],
  ['json'],
  ['tensor', 'bus', 'nats-server', 'endpoints'],
  ['exchange', 'hub'],
  ['model', 'metrics', 'datasets.ts'],
  ['sources'],
  ['learning', 'ranking.ts'],
  ['actor', 'demo', 'alerts', 'anchor'],
  ['suites'],
  ['fleet'],
  ['data'],
  ['dashboard'],
  ['tables'],
  ['command'],
  ['bench'],
  ['library.ts'],
];
const levelOf = (name: string): number => levels.findIndex((level) => level.includes(name));
const runtimePart = (path: string): string => path.split('/')[1] ?? '';

test('Every folder of runtime has its place in the order', (t) => {
  const parts = new Set(
    files.filter(({path}) => topOf(path) === 'runtime').map(({path}) => runtimePart(path)),
  );
  t.deepEqual(
    [...parts].filter((part) => levelOf(part) < 0),
    [],
  );
});

test('Inside runtime, a lower folder never imports a higher one', (t) => {
  const wrong = violations((file, of) => {
    if (topOf(file.path) !== 'runtime' || topOf(of) !== 'runtime') return undefined;
    const [from, to] = [runtimePart(file.path), runtimePart(of)];
    return from === to || levelOf(from) > levelOf(to) ? undefined : `${file.path} imports ${of}`;
  });
  t.deepEqual(wrong, []);
});

/** The bare loop of the client library that our bus is measured against; only what measures imports it. */
const yardstick = 'runtime/bench/bus/bare.ts';

/** Package → the only places that may import it. */
const keepers: Readonly<Record<string, readonly string[]>> = {
  nats: ['runtime/bus/', yardstick],
  openai: ['runtime/endpoints/'],
  undici: ['runtime/endpoints/'],
  'onnxruntime-node': ['runtime/tensor/'],
  '@tensorflow/': ['runtime/tensor/', 'runtime/model/', 'runtime/learning/'],
  yaml: ['runtime/fleet/'],
  commander: ['runtime/command/', 'runtime/bench/'],
  'hyparquet-writer': ['runtime/data/'],
  hyparquet: ['runtime/sources/'],
  'hyparquet-compressors': ['runtime/sources/'],
  'apache-arrow': ['runtime/sources/'],
  '@huggingface/hub': ['runtime/hub/'],
};

test('Foreign libraries are met at their own place only', (t) => {
  const wrong = violations((file, of) => {
    if (topOf(file.path) === 'test') return undefined;
    const name = Object.keys(keepers).find(
      (key) => of === key || of.startsWith(key.endsWith('/') ? key : `${key}/`),
    );
    const places = name === undefined ? undefined : keepers[name];
    return places?.every((place) => !file.path.startsWith(place)) ? `${file.path} imports ${of}` : undefined;
  });
  t.deepEqual(wrong, []);
});

test('The clients of NATS, of model endpoints and of HTTP are each imported in one file', (t) => {
  for (const name of ['nats', 'openai', 'undici']) {
    const importers = files.filter(
      ({path, imports}) =>
        topOf(path) !== 'test' && path !== yardstick && imports.some(({of}) => of === name),
    );
    t.is(importers.length, 1, `${name}: ${importers.map(({path}) => path).join(', ')}`);
  }
});

test('zod is imported as a namespace, of which programs and test files hold what they use', (t) => {
  const wrong = files.filter(({code}) => /^import \{[^}]*\} from 'zod'/m.test(code));
  t.deepEqual(
    wrong.map(({path}) => path),
    [],
  );
});

test('The yardstick of the bus is imported by what measures alone', (t) => {
  const importers = files.filter(({imports}) => imports.some(({of}) => of === yardstick));
  t.deepEqual(
    importers.map(({path}) => path),
    ['runtime/bench/bus/worker.ts'],
  );
});

test('Scripts of tests, which node runs and not ava, load nothing that asks for ava', (t) => {
  const reached = new Set<string>();
  const follow = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    const imports = files.find((file) => file.path === path)?.imports ?? [];
    for (const {of, typeOnly} of imports) if (!typeOnly) follow(of);
  };
  follow('test/chaos/main.ts');
  t.true(reached.has('test/chaos/trial.ts'));
  t.false(reached.has('ava'));
});

/** What reaches outside the process, or holds what does. Types of them are no I/O. */
const outside =
  /^(node:(fs|net|http|https|http2|dgram|dns|tls|child_process|worker_threads|cluster|readline|process|timers)(\/|$)|runtime\/(bus|exchange|nats-server|endpoints|actor)\/)|^runtime\/model\/files\/checkpoint\.ts$/;

const isOutward = (path: string): boolean => /^actors\/\w+\/(actor|io\/[\w-]+)\.ts$/.test(path);

/** What stays in place on a terminal, what is said before anything is loaded, and what measures. */
const mayWrite = /^runtime\/(output\.ts|command\/(terminal|main)\.ts|bench\/.*)$/;

test('What a person is told goes through runtime/output.ts, which hides secrets and control characters', (t) => {
  const wrong = files.filter(
    ({path, code}) =>
      topOf(path) !== 'test' && !mayWrite.test(path) && /\bconsole\.|process\.std(out|err)\.write/.test(code),
  );
  t.deepEqual(
    wrong.map(({path}) => path),
    [],
  );
});

test('In an actor’s folder only actor.ts and its folder io do I/O; the other files are pure', (t) => {
  const wrong = violations((file, of, typeOnly) =>
    topOf(file.path) === 'actors' && !isOutward(file.path) && !typeOnly && outside.test(of)
      ? `${file.path} imports ${of}`
      : undefined,
  );
  t.deepEqual(wrong, []);
});

test('Every actor of the table has its folder, and every folder is an actor of the table', (t) => {
  const folders = readdirSync(join(packageRoot, 'actors'), {withFileTypes: true}).filter((each) =>
    each.isDirectory(),
  );
  t.deepEqual(folders.map(({name}) => name).toSorted(), Object.keys(actorTable).toSorted());
  for (const {entry} of Object.values(actorTable)) {
    t.true(existsSync(join(packageRoot, entry.replace(/\.js$/, '.ts'))), entry);
  }
});

test('Tests mirror the sources: the folder of each is one of theirs', (t) => {
  const strays = files
    .map(({path}) => path)
    .filter((path) => /^test\/(proto|runtime|actors)\//.test(path))
    .filter((path) => !existsSync(join(packageRoot, dirname(path).slice('test/'.length))));
  t.deepEqual(strays, []);
});

test('There are no import cycles', (t) => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const walk = (path: string, above: readonly string[]): string[] => {
    if (above.includes(path)) return [[...above.slice(above.indexOf(path)), path].join(' → ')];
    if (done.has(path)) return [];
    done.add(path);
    return (byPath.get(path)?.imports ?? []).flatMap(({of}) => walk(of, [...above, path]));
  };
  t.deepEqual(
    files.flatMap(({path}) => walk(path, [])),
    [],
  );
});

test('No file is longer than 400 lines', (t) => {
  const long = files.filter(({lines}) => lines > 400).map(({path, lines}) => `${path}: ${lines}`);
  t.deepEqual(long, []);
});

test('What git ignores is not linted: folders that scripts make in the checkout', (t) => {
  const ignored = readFileSync(join(packageRoot, '.gitignore'), 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('/') && line !== 'node_modules/');
  t.true(ignored.includes('.cache/'));
  const biome = readFileSync(join(packageRoot, 'biome.json'), 'utf8');
  t.deepEqual(
    ignored.filter((line) => !biome.includes(`"!${line.slice(0, -1)}"`)),
    [],
  );
});

test('Files are put in their places by one writer, which flushes them and the folder; folders by another', (t) => {
  const renaming = files.filter(
    ({path}) =>
      /^(runtime|actors)\//.test(path) &&
      /\brename(Sync)?\(/.test(readFileSync(join(packageRoot, path), 'utf8')),
  );
  t.deepEqual(renaming.map(({path}) => path).toSorted(), [
    'runtime/fleet/run/from-folder.ts', // what is set aside, not written
    'runtime/machine/whole-file.ts',
    'runtime/model/files/folder.ts',
    'runtime/nats-server/find-server.ts', // the server's binary, unpacked again where it is lost
  ]);
});
