/** What a NATS server has written down of a consumer: it does so a moment after an acknowledgement, and a kill loses the rest. */
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {streamOf} from '../../runtime/bus/channels/subjects.js';
import type {TestServer} from './nats.js';

export interface WrittenConsumer {
  /** Sequence in the stream up to which all is acknowledged, and up to which messages were delivered. */
  readonly ackFloor: number;
  readonly delivered: number;
  /** Messages delivered and not acknowledged. */
  readonly ackPending: number;
}

/** Two bytes of a header, and then varints (nats-server 2.9 to 2.15: `encodeConsumerState`). */
const HEADER = [0x16, 0x02];

/** Undefined before anything is there. */
const writtenIn = (file: string): WrittenConsumer | undefined => {
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  if (bytes.length < HEADER.length) return undefined;
  if (!HEADER.every((byte, index) => bytes[index] === byte))
    throw new Error(`${file}: not as a server of version 2 writes it`);
  let at = HEADER.length;
  const next = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  const [, ackFloor = 0, , delivered = 0, ackPending = 0] = Array.from({length: 5}, next);
  return {ackFloor, delivered, ackPending};
};

/** Resolves when the file of a work queue's consumer says what is waited for. */
export const untilWritten = async (
  {storeFolder}: Pick<TestServer, 'storeFolder'>,
  channel: Parameters<typeof streamOf>[1],
  isWritten: (consumer: WrittenConsumer) => boolean,
): Promise<void> => {
  const stream = join(storeFolder, 'jetstream', '$G', 'streams', streamOf('run', channel));
  for (;;) {
    const written = writtenIn(join(stream, 'obs', 'readers', 'o.dat'));
    if (written !== undefined && isWritten(written)) return;
    await sleep(20);
  }
};
