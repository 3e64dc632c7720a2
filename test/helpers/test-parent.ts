/** A process that supervises the one command given as JSON, and says the process ids of what it starts. */
import {supervise} from '../../runtime/actor/supervise.js';

supervise([JSON.parse(process.argv[2] ?? '')]).events$.subscribe((event) => {
  if (event.kind === 'started') console.log(event.pid);
});
