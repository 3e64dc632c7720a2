/** `npm run chaos -- --trials 100`: installs and builds what is missing, then kills what it started, again and again. */
import {join} from 'node:path';
import {requireSupportedNode} from './node-version.mjs';
import {packageJson, root} from './root.mjs';

requireSupportedNode(process.version, packageJson.engines.node);
const {run} = await import('./child.mjs');
const {install} = await import('./install.mjs');
const {compileIfStale} = await import('./compile.mjs');

const chaos = () => run(process.execPath, [join(root, 'dist/test/chaos/main.js'), ...process.argv.slice(2)]);
process.exitCode = (await install()) || (await compileIfStale()) || (await chaos());
