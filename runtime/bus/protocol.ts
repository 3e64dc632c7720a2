/**
 * The version of what travels on the channels. Every message says which one it was written in, so that what another version
 * of this project wrote, or nobody of it, is told apart from what merely looks like a message: protobuf decodes almost anything.
 */
import {messageOf} from '../errors.js';
import type {Stamped} from './link.js';
import {type ChannelName, type Codec, channels, type MessageOf} from './subjects.js';

/** To be raised where a reader of the version before would misread a message. */
export const PROTOCOL_VERSION = '1';
/** The header that carries it. */
export const PROTOCOL_HEADER = 'Anchorage-Protocol';

export const codecOf = <N extends ChannelName>(channel: N): Codec<MessageOf<N>> =>
  channels[channel].message as unknown as Codec<MessageOf<N>>;

/** @throws Error that says why the message cannot be read: what follows `message 7 of completions`. */
export const readMessage = <N extends ChannelName>(channel: N, stamped: Stamped): MessageOf<N> => {
  const version = stamped.protocol();
  if (version === '') throw new Error(`does not say its protocol version: it was not written by Anchorage`);
  if (version !== PROTOCOL_VERSION)
    throw new Error(`is of protocol version ${version}, and this is version ${PROTOCOL_VERSION}`);
  try {
    return codecOf(channel).decode(stamped.data);
  } catch (error) {
    throw new Error(`does not decode: ${messageOf(error)}`);
  }
};
