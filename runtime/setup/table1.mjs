/**
 * `npm run table1`: installs and builds what is missing, then runs the paper's Table 1 in small and prints it beside the paper's.
 * Further arguments go to `anchorage grid`: `npm run table1 -- --out grids/again`.
 */
import {join} from 'node:path';
import {requireSupportedNode} from './node-version.mjs';
import {packageJson, root} from './root.mjs';

requireSupportedNode(process.version, packageJson.engines.node);
const {run} = await import('./child.mjs');
const {install} = await import('./install.mjs');
const {compileIfStale} = await import('./compile.mjs');

const grid = () =>
  run(process.execPath, [
    join(root, packageJson.bin.anchorage),
    ...['grid', join(root, 'deploy/grid/table1.yaml'), '--paper', ...process.argv.slice(2)],
  ]);
process.exitCode = (await install()) || (await compileIfStale()) || (await grid());
