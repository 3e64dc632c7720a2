/** Whether this process runs on a Node that package.json names. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {packageRoot} from '../paths.js';
import {unsupportedNode} from '../setup/node-version.mjs';

/** One line for a person where it does not; undefined where it does. */
export const nodeComplaint = (): string | undefined => {
  const {engines} = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    engines: {node: string};
  };
  return unsupportedNode(process.versions.node, engines.node);
};
