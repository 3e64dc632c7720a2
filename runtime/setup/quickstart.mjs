/**
 * `npm run quickstart`: installs and builds what is missing, then runs the shipped fleet. Further arguments go to
 * `anchorage up`: `npm run quickstart -- --run first --set objective.name=dpo`.
 */
import {join} from 'node:path';
import {requireSupportedNode} from './node-version.mjs';
import {packageJson, root} from './root.mjs';

requireSupportedNode(process.version, packageJson.engines.node);
const {run} = await import('./child.mjs');
const {install} = await import('./install.mjs');
const {compileIfStale} = await import('./compile.mjs');

const up = () => {
  const args = ['up', ...process.argv.slice(2)];
  console.log(`Starting the fleet (anchorage ${args.join(' ')}) ...`);
  return run(process.execPath, [join(root, packageJson.bin.anchorage), ...args]);
};
process.exitCode = (await install()) || (await compileIfStale()) || (await up());
