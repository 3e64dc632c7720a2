/** A reader for `queue.test.ts` to kill: takes three scores, acknowledges the first, and holds the others. */
import {firstValueFrom, NEVER, take, toArray} from 'rxjs';
import {deliveriesOf} from '../../../runtime/bus/channels/queue.js';
import {openLink} from '../../../runtime/bus/connection/connection.js';
import {shortAckWaitSource} from './short-ack-wait.js';

const [url = '', run = ''] = process.argv.slice(2);
const link = await openLink({url, run, name: 'doomed'});
const deliveries = deliveriesOf(link, shortAckWaitSource(link, run), {maxInFlight: 3, drain$: NEVER});
const [first, ...held] = await firstValueFrom(deliveries.pipe(take(3), toArray()));
await first?.ack();
process.send?.(
  `acknowledged ${first?.message.step}, holding ${held.map(({message}) => message.step).join(' and ')}`,
);
