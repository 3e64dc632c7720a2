/** A durable consumer of the scores with an ack wait of a few seconds. */
import type {EvaluationScore} from '../../../proto/messages.js';
import {codecOf} from '../../../runtime/bus/channels/protocol.js';
import type {DeliverySource} from '../../../runtime/bus/channels/queue.js';
import {streamOf} from '../../../runtime/bus/channels/subjects.js';
import type {Link} from '../../../runtime/bus/connection/link.js';

export const ACK_WAIT_MS = 4_000;

export const shortAckWaitSource = (link: Link, run: string): DeliverySource<EvaluationScore> => {
  const stream = streamOf(run, 'scores');
  const durable = 'short-ack-wait';
  return {
    stream,
    durable,
    ackWaitMs: ACK_WAIT_MS,
    maxDeliver: 5,
    decode: ({data}) => codecOf('scores').decode(data),
    ensureConsumer: () => link.ensureDurableConsumer(stream, durable, ACK_WAIT_MS, 16),
    setAside: () => Promise.reject(new Error('nothing here is to be set aside')),
    giveUp: () => Promise.reject(new Error('nothing here is to be given up')),
  };
};
