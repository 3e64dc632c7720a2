/** Bytes between two processes, to be measured: through an exchange, or as nothing but messages. */
import {openCoreLink} from '../../bus/connection/connection.js';
import type {CoreLink} from '../../bus/connection/link.js';
import {openExchange} from '../../exchange/exchange.js';
import {FLUSH_BYTES, MAX_CHUNK_BYTES, WINDOW_BYTES} from '../../exchange/sender.js';
import type {TransferJob} from '../contenders/job.js';
import type {Work} from '../contenders/work.js';

const TIMEOUT_MS = 60_000;

export async function openTransfer(job: TransferJob): Promise<Work> {
  const {url, run, self, members, raw} = job;
  if (url === undefined) throw new Error('a transfer needs a server');
  const half = Float32Array.from({length: job.length / 2}, Math.random);
  const [other, options] = [1 - self, {url, run, epoch: 0, self, members, timeoutMs: TIMEOUT_MS}];
  const exchange = await openExchange(options);
  const link = raw ? await openCoreLink({url, name: `${run}/raw-${self}`}) : undefined;
  const pass = link && (await plain(link, `${run}.raw`, self, half));
  // Both listen before either sends.
  await Promise.all([exchange.broadcast('0.ready', new Float32Array(1)), exchange.receive(other, '0.ready')]);
  let step = 0;
  return {
    async once() {
      step += 1;
      if (pass !== undefined) {
        await pass(`${other}`);
        return pass('all');
      }
      await Promise.all([
        exchange.send(other, `${step}.part`, half),
        exchange.receive(other, `${step}.part`),
      ]);
      await Promise.all([exchange.broadcast(`${step}.all`, half), exchange.receive(other, `${step}.all`)]);
    },
    about: async () => ({}),
    async close() {
      await link?.close();
      await exchange.close();
    },
  };
}

/** Sends the bytes and resolves when as many have come. */
async function plain(link: CoreLink, subject: string, self: number, values: Float32Array) {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let due = 0;
  let arrived: () => void = () => undefined;
  for (const to of [`${self}`, 'all']) {
    link.subscribe(`${subject}.${to}`, ({data}) => {
      due -= data.length;
      if (due <= 0) arrived();
    });
  }
  await link.flush();
  return async (to: string): Promise<void> => {
    const all = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    due += bytes.length;
    // It may all have come before it was waited for.
    if (due <= 0) arrived();
    const flushes: Promise<void>[] = [];
    for (let begin = 0; begin < bytes.length; begin += MAX_CHUNK_BYTES) {
      link.publish(`${subject}.${to}`, bytes.subarray(begin, begin + MAX_CHUNK_BYTES));
      if ((begin + MAX_CHUNK_BYTES) % FLUSH_BYTES > 0) continue;
      await flushes.at(-WINDOW_BYTES / FLUSH_BYTES);
      flushes.push(link.flush());
    }
    await all;
  };
}
