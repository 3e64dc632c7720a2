#!/usr/bin/env node
/**
 * The command `anchorage`. Everything else is imported after the check, because it may not load on a Node that is not
 * supported.
 */
import {nodeComplaint} from './node-version.js';

const complaint = nodeComplaint();
if (complaint === undefined) {
  const {runProgram} = await import('./program.js');
  process.exit(await runProgram(process.argv));
} else {
  process.stderr.write(`${complaint}\n`);
  process.exit(1);
}
