/** What `npm pack` puts into the tarball: what the command and the library need where they are installed, and nothing else. */
import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {isBuiltin} from 'node:module';
import {join} from 'node:path';
import test from 'ava';
import {packageRoot} from '../runtime/paths.js';
import {load} from './runtime/setup/scripts.js';

const {programs} = await load<{programs(): string[]}>('bundle.mjs');
const {name: ours, dependencies} = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  name: string;
  dependencies: Readonly<Record<string, string>>;
};

const [{files}] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: packageRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
) as [{readonly files: readonly {readonly path: string}[]}];
const packed = new Set(files.map(({path}) => path));

const entries = [
  ...programs().map((path) => `dist/${path.replace(/\.ts$/, '.js')}`),
  'dist/library.js',
  'dist/runtime/library.d.ts',
];

/** What a file of the build imports, at once or later: files by their paths from the package's folder, packages by name. */
function importsIn(path: string): string[] {
  const code = readFileSync(join(packageRoot, path), 'utf8');
  const isTypes = path.endsWith('.d.ts');
  // esbuild quotes twice; what it kept of the packages' comments, once.
  const pattern = isTypes
    ? /(?:from |import\()['"]([^'"]+)['"]/g
    : /(?:^(?:import|export|\} from)\b[^;]*?|\bimport\()"([^"\n]+)"(?:;$|\))/gm;
  return [...code.matchAll(pattern)].map(([, name = '']) => {
    const of = name.startsWith('.') ? join(path, '..', name) : name;
    return isTypes && name.startsWith('.') ? of.replace(/\.js$/, '.d.ts') : of;
  });
}

const reached = new Set<string>();
const packages = new Set<string>();
const follow = (path: string): void => {
  if (reached.has(path)) return;
  reached.add(path);
  for (const name of importsIn(path)) {
    if (name.startsWith('dist/')) follow(name);
    else if (!isBuiltin(name)) packages.add(name);
  }
};
entries.forEach(follow);

test('All that the programs and the library import is packed, or a package that is installed with them', (t) => {
  t.deepEqual(
    [...reached].filter((path) => !packed.has(path)),
    [],
  );
  t.deepEqual(
    [...packages].filter(
      (name) => ![ours, ...Object.keys(dependencies)].some((each) => `${name}/`.startsWith(`${each}/`)),
    ),
    [],
  );
});

test('What they read is packed: the shipped fleets and the policy of the demonstration', (t) => {
  const read = [
    'runtime/fleet/demo.yaml',
    ...['runtime/demo/policy', 'deploy/fleets'].flatMap((folder) =>
      readdirSync(join(packageRoot, folder)).map((name) => `${folder}/${name}`),
    ),
  ];
  t.deepEqual(
    read.filter((path) => !packed.has(path)),
    [],
  );
});

test('Nothing else is packed: no test, benchmark, source or shared data, and of the build no file that nobody imports', (t) => {
  const isKnown = (path: string) =>
    reached.has(path) ||
    /^(runtime\/demo\/policy|deploy\/fleets|deploy\/grid)\//.test(path) ||
    /^dist\/(proto|runtime)\/(?!bench\/).*\.d\.ts$/.test(path);
  t.deepEqual([...packed].filter((path) => !isKnown(path)).toSorted(), [
    'LICENSE',
    'README.md',
    'package.json',
    'runtime/fleet/demo.yaml',
  ]);
});
