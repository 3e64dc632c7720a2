/**
 * Puts each program that is started as a process into one file, with all that it imports. Node.js takes longer to find and
 * open 600 files than to run what is in them: before, `anchorage --help` took a second of a core and each actor as much.
 *
 * Programs share what they share in `dist/chunks`. The library is one file too. Test files, which are processes as well, share
 * theirs in `dist/test/chunks`. The modules beside them, which scripts of tests import, stay as tsc made them; no process
 * has both.
 */
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {root} from './root.mjs';
import {testEntries} from './tests/entries.mjs';

/** What is started as a process, by a person or by a fleet: the sources' paths. */
export const programs = () => [
  ...readdirSync(join(root, 'actors'), {withFileTypes: true})
    .filter((entry) => entry.isDirectory())
    .map(({name}) => `actors/${name}/actor.ts`),
  'runtime/command/main.ts',
  'runtime/command/grid/job-main.ts',
  'runtime/nats-server/keeper.ts',
  'runtime/demo/teacher/main.ts',
  'runtime/model/trial/trial-process.ts',
  'runtime/model/trial/trial-thread.ts',
  'runtime/sources/tables/table-process.ts',
  'runtime/sources/tables/table-watch.ts',
];

/** CommonJS packages ask for Node's own modules so. Under a name that no source imports: twice in a file, it does not load. */
const REQUIRE =
  "import {createRequire as requireFrom} from 'node:module'; const require = requireFrom(import.meta.url);";

/** Native ones, and what TensorFlow.js would fetch models with. */
const FOREIGN = ['onnxruntime-node', '@tensorflow/tfjs-node-gpu', 'node-fetch'];

/** Replaces the programs and the test files in dist/, and puts the library beside them. Resolves to an exit code; what is wrong was said. */
export async function bundle() {
  const {build, stop} = await import('esbuild');
  const common = {
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  };
  const sharing = {
    ...common,
    outbase: '.',
    outdir: 'dist',
    splitting: true,
    // As modules, packages leave out what is not used of them; rxjs has them, but not for Node.
    mainFields: ['module', 'main'],
    alias: {rxjs: join(root, 'node_modules/rxjs/dist/esm/index.js')},
    banner: {js: REQUIRE},
  };
  try {
    await build({
      ...sharing,
      entryPoints: programs(),
      chunkNames: 'chunks/[name]-[hash]',
      external: FOREIGN,
    });
    await build({
      ...sharing,
      ...testEntries(root),
      chunkNames: 'test/chunks/[name]-[hash]',
      external: [...FOREIGN, 'esbuild'],
    });
    // Packages stay packages: whoever imports the library pipes its streams through an rxjs of their own.
    await build({
      ...common,
      entryPoints: ['runtime/library.ts'],
      outfile: 'dist/library.js',
      packages: 'external',
    });
    return 0;
  } catch {
    return 1;
  } finally {
    // Its process would stay as long as this one, and a moment longer.
    await stop();
  }
}
