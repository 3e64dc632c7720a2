/**
 * A job of a grid: a command line of `anchorage`, in a process that the grid forked. Where the grid is gone, it is asked to end
 * as by Ctrl-C: nothing is left running, and the next grid goes on from what it saved.
 */
import {runProgram} from '../program.js';

process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
const code = await runProgram(process.argv);
process.exit(code);
