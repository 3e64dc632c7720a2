/**
 * Puts each program that is started as a process into one file, with all that it imports. Node.js takes longer to find and
 * open 600 files than to run what is in them: before, `anchorage --help` took a second of a core and each actor as much.
 *
 * Programs share what they share in `dist/chunks`. The library is one file too. The modules beside them, which tests import,
 * stay as tsc made them; no process has both.
 */
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {root} from './root.mjs';

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

/** Replaces the programs in dist/, and puts the library beside them. Resolves to an exit code; what is wrong was said. */
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
  try {
    await build({
      ...common,
      entryPoints: programs(),
      outbase: '.',
      outdir: 'dist',
      chunkNames: 'chunks/[name]-[hash]',
      splitting: true,
      // As modules, packages leave out what is not used of them; rxjs has them, but not for Node.
      mainFields: ['module', 'main'],
      alias: {rxjs: join(root, 'node_modules/rxjs/dist/esm/index.js')},
      // Native ones, and what TensorFlow.js would fetch models with.
      external: ['onnxruntime-node', '@tensorflow/tfjs-node-gpu', 'node-fetch'],
      banner: {js: REQUIRE},
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
