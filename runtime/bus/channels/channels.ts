/** The bus of one run: its channels of typed messages, on a connection. */
import {type Rejection, RejectionReason} from '../../../proto/messages.js';
import {messageOf} from '../../errors.js';
import type {Bus, BusOptions, ChannelState, LogStart} from '../bus.js';
import {exists, failureOf, tooLarge, unlessMissing} from '../connection/failures.js';
import type {Link, PubAck} from '../connection/link.js';
import {withRetries} from '../connection/retries.js';
import {openAnswers} from '../content/answers.js';
import {openBlobs} from '../content/blobs.js';
import {promptIdOf} from './doors.js';
import {keyValuesOf} from './key-values.js';
import {entriesOf, type LogSource, readLog} from './log.js';
import {type Newest, newestOf, unreadableAfter} from './newest.js';
import {codecOf, readMessage, UnreadableMessage} from './protocol.js';
import {type DeliverySource, deliveriesOf} from './queue.js';
import {
  blobsStreamOf,
  type ChannelName,
  channelNames,
  channels,
  type LogName,
  type MessageOf,
  streamOf,
  subjectOf,
} from './subjects.js';

/** The durable consumer by which all processes of a run share a queue. */
const QUEUE_DURABLE = 'readers';
/** Of entries of a log that are shared, as `subjects.ts` says it of queues; so much more often, as their work is longer, and killed more. */
const SHARED_LOG = {ackWaitMs: 30_000, maxDeliver: 50, maxAckPending: 256};
/**
 * As many of a queue may be ack pending as it holds, whatever room it was opened with: `max_ack_pending` then never keeps a message from
 * a free reader, as long as what a killed one had taken is pending.
 */
const UNBOUNDED = -1;
/** Room for the headers of a message: its id and its protocol's version. */
const HEADER_BYTES = 1_024;

const ensureQueueConsumer = (link: Link, run: string, channel: ChannelName): Promise<void> => {
  const definition = channels[channel];
  return definition.kind === 'queue'
    ? link.ensureDurableConsumer(streamOf(run, channel), QUEUE_DURABLE, definition.ackWaitMs, UNBOUNDED)
    : Promise.resolve();
};

/**
 * Makes what is missing of a run's streams; what is there stays.
 *
 * @param queueCapacity messages that each queue has room for, at least. A queue that has more keeps it.
 */
export const ensureStreams = async (link: Link, run: string, queueCapacity = 0): Promise<void> => {
  await Promise.all(
    channelNames.map(async (channel) => {
      const definition = channels[channel];
      const capacity = definition.kind === 'queue' ? Math.max(definition.capacity, queueCapacity) : undefined;
      await link.ensureStream(streamOf(run, channel), subjectOf(run, channel), capacity);
      await ensureQueueConsumer(link, run, channel);
    }),
  );
};

/** @param openBulk opens another connection, on which content travels. */
export const busOf = (
  link: Link,
  {run, url}: Pick<BusOptions, 'run' | 'url'>,
  openBulk: () => Promise<Link>,
): Bus => {
  const {blobs, close: closeBulk} = openBlobs(run, openBulk, link.serverAwayMs);
  const ask = <T>(doing: string, work: () => Promise<T>): Promise<T> => withRetries(link, work, {doing});

  const mostBytes = (): number => link.maxPayloadBytes() - HEADER_BYTES;
  const encoded = <N extends ChannelName>(channel: N, message: MessageOf<N>, doing: string): Uint8Array => {
    const data = codecOf(channel).encode(message).finish();
    if (data.length <= mostBytes()) return data;
    throw tooLarge(link.address, doing, data.length, mostBytes());
  };

  const publish: Bus['publish'] = async (channel, message, id, signal) => {
    const doing = `publishing ${id} to ${channel}`;
    const data = encoded(channel, message, doing);
    const stream = streamOf(run, channel);
    const store = async (): Promise<PubAck> => {
      try {
        return await link.jetStreamPublish(subjectOf(run, channel), data, id);
      } catch (error) {
        if (failureOf(error) === 'full') await queueState(link, stream);
        throw error;
      }
    };
    return withRetries(link, store, {
      doing,
      signal,
      exists: () => exists(link, stream),
    });
  };

  const publishAfter: Bus['publishAfter'] = async (log, message, {id, after, signal}) => {
    const doing = `publishing ${id} to ${log}`;
    const data = encoded(log, message, doing);
    const stream = streamOf(run, log);
    const storeAfter = async (newest: number): Promise<PubAck | false> => {
      try {
        return await link.jetStreamPublish(subjectOf(run, log), data, id, newest);
      } catch (error) {
        if (failureOf(error) === 'conflict') return false;
        throw error;
      }
    };
    // A try whose answer got lost is repeated with the same id, which the server looks at first.
    const store = (newest: number): Promise<PubAck | false> =>
      withRetries(link, () => storeAfter(newest), {
        doing,
        signal,
        exists: () => exists(link, stream),
      });
    for (let newest = after; ; ) {
      const published = await store(newest);
      if (published !== false) return published;
      const unreadable = await unreadableAfter(link, newestSource(log), newest);
      if (unreadable === undefined) return false;
      newest = unreadable;
    }
  };

  /** Says in the run's rejections that a message is given up. */
  const reject = async (
    channel: ChannelName,
    sequence: number,
    promptId: string,
    why: string,
  ): Promise<void> => {
    const stream = streamOf(run, channel);
    const rejection: Rejection = {
      promptId,
      actor: channels[channel].consumers[0] ?? '',
      reason: RejectionReason.REJECTION_REASON_UNREADABLE,
      channel,
      detail: `message ${sequence} of ${stream} ${why}`,
    };
    await publish('rejections', rejection, `unreadable:${channel}:${sequence}`);
  };

  const passOver = (channel: ChannelName, sequence: number, error: unknown): Promise<void> => {
    const promptId = error instanceof UnreadableMessage ? error.promptId : '';
    return reject(channel, sequence, promptId, messageOf(error));
  };

  const deliverySource = <N extends ChannelName>(
    channel: N,
    settings: Pick<DeliverySource<unknown>, 'durable' | 'ackWaitMs' | 'maxDeliver' | 'ensureConsumer'>,
  ): DeliverySource<MessageOf<N>> => ({
    ...settings,
    stream: streamOf(run, channel),
    decode: (stamped) => readMessage(channel, stamped),
    setAside: (error, {streamSequence}) => passOver(channel, streamSequence, error),
    async giveUp(message, {streamSequence}, why) {
      const promptId = promptIdOf(message);
      // Of a message that names no prompt, such as a checkpoint, nobody waits for the end.
      if (promptId !== '') await reject(channel, streamSequence, promptId, why);
    },
  });

  const newestSource = <N extends LogName>(log: N): Newest<MessageOf<N>> => ({
    stream: streamOf(run, log),
    subject: subjectOf(run, log),
    decode: (stamped) => readMessage(log, stamped),
    passOver: (sequence, error) => passOver(log, sequence, error),
  });

  const logSource = <N extends LogName>(log: N, from: LogStart): LogSource<MessageOf<N>> => ({
    stream: streamOf(run, log),
    async first() {
      if (typeof from === 'object') return Math.max(1, from.sequence);
      const {lastSequence} = await link.streamState(streamOf(run, log));
      return from === 'latest' ? Math.max(1, lastSequence) : lastSequence + 1;
    },
    ...(typeof from === 'object' ? {after: Math.max(1, from.sequence) - 1, through: from.through} : {}),
    decode: (stamped) => readMessage(log, stamped),
    async passOver(sequence, error) {
      await passOver(log, sequence, error);
      if (typeof from === 'object') from.onUnreadable?.(sequence);
    },
  });

  return {
    run,
    url,
    kv: keyValuesOf(link),
    blobs,
    answers: openAnswers(link),
    mostBytes,
    publish,
    publishAfter,

    leaveOut: (log, sequence) =>
      ask(`leaving out message ${sequence} of ${log}`, async () => {
        const stream = streamOf(run, log);
        const {lastSequence} = await link.streamState(stream);
        // Only what is stored has a sequence.
        if (lastSequence < sequence)
          await link.jetStreamPublish(
            subjectOf(run, log),
            new Uint8Array(),
            `left-out-${sequence}`,
            sequence - 1,
          );
        await unlessMissing(link.deleteMessage(stream, sequence));
      }),

    report(row) {
      if (link.state() === 'connected')
        link.publishStamped(subjectOf(run, 'metrics'), codecOf('metrics').encode(row).finish());
    },

    deliveries(queue, options) {
      const {ackWaitMs, maxDeliver} = channels[queue];
      const source = deliverySource(queue, {
        durable: QUEUE_DURABLE,
        ackWaitMs,
        maxDeliver,
        ensureConsumer: () => ensureQueueConsumer(link, run, queue),
      });
      return deliveriesOf(link, source, options);
    },

    sharedEntries(log, {durable, ...options}) {
      const {maxAckPending, ...settings} = SHARED_LOG;
      const source = deliverySource(log, {
        ...settings,
        durable,
        ensureConsumer: () =>
          link.ensureDurableConsumer(streamOf(run, log), durable, settings.ackWaitMs, maxAckPending),
      });
      return deliveriesOf(link, source, options);
    },

    entries: (log, from) => entriesOf(link, logSource(log, from)),
    read: (log, from) => readLog(link, logSource(log, from)),

    last: (log) => newestOf(link, newestSource(log)),

    state: (channel) =>
      ask(`asking for the state of ${channel}`, async () => {
        const stream = streamOf(run, channel);
        if (channels[channel].kind === 'queue') return queueState(link, stream);
        const {messages, lastSequence} = await link.streamState(stream);
        return {messages, lastSequence, numAckPending: 0};
      }),

    async deleteRun() {
      for (const channel of channelNames) await unlessMissing(link.deleteStream(streamOf(run, channel)));
      await unlessMissing(link.deleteStream(blobsStreamOf(run)));
      await unlessMissing(link.bucket.delete());
    },

    async drain() {
      await closeBulk();
      await link.close();
    },
  };
};

/**
 * What a queue holds. A server that is killed may bring back messages at or below the consumer's ack floor (seen of 2.9.10): the
 * consumer does not deliver them again, and nothing else would ever remove them, so they are removed here.
 */
const queueState = async (link: Link, stream: string): Promise<ChannelState> => {
  const [streamState, {numAckPending, ackFloor}] = await Promise.all([
    link.streamState(stream),
    link.consumerState(stream, QUEUE_DURABLE),
  ]);
  let {messages, firstSequence, lastSequence} = streamState;
  // One by one: a purge up to there makes a 2.9 server forget all that is ack pending, beyond it too.
  while (messages > 0 && firstSequence <= ackFloor) {
    await unlessMissing(link.deleteMessage(stream, firstSequence));
    ({messages, firstSequence, lastSequence} = await link.streamState(stream));
  }
  return {messages, lastSequence, numAckPending};
};
