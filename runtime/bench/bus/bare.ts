/**
 * The yardstick: the client library alone, on a stream and a reader with the settings of ours. The same bytes go out,
 * encoded once before anything is timed, and what comes back is not decoded. Every acknowledgement is confirmed, as ours.
 */
import {AckPolicy, connect, DeliverPolicy, DiscardPolicy, nanos, RetentionPolicy, StorageType} from 'nats';
import {Completion} from '../../../proto/messages.js';
import {channels} from '../../bus/channels/subjects.js';
import type {BusJob, Loop} from './job.js';
import {idOf, messageOf} from './message.js';
import {windowOf} from './window.js';

const STREAM = 'BARE';
const READER = 'readers';
const ID_MEMORY_MS = 2 * 60_000;
const {capacity, ackWaitMs} = channels.completions;

export const openBare = async ({url, bytes, window: size}: BusJob): Promise<Loop> => {
  // As ours: a stack trace for every request would be most of what the bare loop costs.
  const {host, username: token} = new URL(url);
  const connection = await connect({servers: host, token, noAsyncTraces: true});
  const jsm = await connection.jetstreamManager();
  await jsm.streams.add({
    name: STREAM,
    subjects: ['bare'],
    storage: StorageType.File,
    duplicate_window: nanos(ID_MEMORY_MS),
    retention: RetentionPolicy.Workqueue,
    discard: DiscardPolicy.New,
    max_msgs: capacity,
  });
  await jsm.consumers.add(STREAM, {
    durable_name: READER,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ackWaitMs),
    max_ack_pending: capacity,
  });
  const jetstream = connection.jetstream();
  const data = Completion.encode(messageOf(0, bytes)).finish();
  const window = windowOf(size, (index) => jetstream.publish('bare', data, {msgID: idOf(index)}));
  const consumer = await jetstream.consumers.get(STREAM, READER);
  const messages = await consumer.consume({
    max_messages: size,
    callback(message) {
      message.ackAck().then(
        () => window.done(),
        (error) => window.fail(error),
      );
    },
  });
  let moved = 0;
  return {
    async move(count) {
      const from = moved;
      moved += count;
      await window.move(from, count);
    },
    async close() {
      await messages.close();
      await jsm.streams.delete(STREAM);
      await connection.close();
    },
  };
};
