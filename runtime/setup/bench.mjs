/** `npm run bench -- NAME`: installs and builds what is missing, then measures; `--help` shows the names. */
import {join} from 'node:path';
import {requireSupportedNode} from './node-version.mjs';
import {packageJson, root} from './root.mjs';

requireSupportedNode(process.version, packageJson.engines.node);
const {run} = await import('./child.mjs');
const {install} = await import('./install.mjs');
const {compileIfStale} = await import('./compile.mjs');

// Standard output is for the figures alone.
console.log = console.error;
const measure = () =>
  run(process.execPath, [join(root, 'dist/runtime/bench/main.js'), ...process.argv.slice(2)]);
process.exitCode = (await install()) || (await compileIfStale()) || (await measure());
