/** A process that owns a server, for `server.test.ts` to end in several ways. */
import {startServer} from '../../../runtime/nats-server/server.js';

const [binary = '', storeFolder = ''] = process.argv.slice(2);
const {url, pid} = await startServer({binary, storeFolder});
process.on('message', () => undefined); // keeps this process alive: its server does not
process.on('SIGINT', () => process.send?.('interrupted'));
process.send?.({url, pid});
