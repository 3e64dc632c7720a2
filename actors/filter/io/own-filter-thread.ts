/** The thread of a user's filter: loads the module that it is given, and says of each pair what the module says. */
import {pathToFileURL} from 'node:url';
import {parentPort, workerData} from 'node:worker_threads';

const {default: filter} = (await import(pathToFileURL(String(workerData)).href)) as {default?: unknown};
if (typeof filter !== 'function') throw new Error('has no default export that is a function');
parentPort?.postMessage({kind: 'ready'});
parentPort?.on('message', (pair: unknown) => {
  Promise.resolve(pair)
    .then((given) => filter(given) as unknown)
    .then(
      (said) => parentPort?.postMessage({kind: 'said', said: typeof said === 'string' ? said : undefined}),
      (error: unknown) => parentPort?.postMessage({kind: 'failed', message: String(error)}),
    );
});
