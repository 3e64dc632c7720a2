/**
 * The version of what travels on the channels. Every message says which one it was written in, so that what another version
 * of this project wrote, or nobody of it, is told apart from what merely looks like a message: protobuf decodes almost anything.
 */
import {messageOf} from '../../errors.js';
import type {Stamped} from '../connection/link.js';
import {promptIdOf, wrongIn} from './doors.js';
import {type ChannelName, type Codec, channels, type MessageOf} from './subjects.js';

/** To be raised where a reader of the version before would misread a message. */
export const PROTOCOL_VERSION = '2';
/** The header that carries it. */
export const PROTOCOL_HEADER = 'Anchorage-Protocol';

export const codecOf = <N extends ChannelName>(channel: N): Codec<MessageOf<N>> =>
  channels[channel].message as unknown as Codec<MessageOf<N>>;

/** Why a message is set aside: what follows `message 7 of completions`. */
export class UnreadableMessage extends Error {
  override name = 'UnreadableMessage';
  /** The prompt that it is about; empty where it names none. */
  readonly promptId: string;

  constructor(message: string, promptId = '') {
    super(message);
    this.promptId = promptId;
  }
}

/** @throws UnreadableMessage where it is not one of ours, does not decode, or says what cannot be. */
export const readMessage = <N extends ChannelName>(channel: N, stamped: Stamped): MessageOf<N> => {
  const version = stamped.protocol();
  if (version === '')
    throw new UnreadableMessage(`does not say its protocol version: it was not written by Anchorage`);
  if (version !== PROTOCOL_VERSION)
    throw new UnreadableMessage(`is of protocol version ${version}, and this is version ${PROTOCOL_VERSION}`);
  let message: MessageOf<N>;
  try {
    message = codecOf(channel).decode(stamped.data);
  } catch (error) {
    throw new UnreadableMessage(`does not decode: ${messageOf(error)}`);
  }
  const wrong = wrongIn(channel, message);
  if (wrong === undefined) return message;
  // A prompt that nobody of this project put there is no prompt of the run, whatever it is called.
  throw new UnreadableMessage(wrong, channel === 'prompts' ? '' : promptIdOf(message));
};
