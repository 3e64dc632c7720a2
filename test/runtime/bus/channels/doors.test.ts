/** What a message may say, channel by channel. */
import test from 'ava';
import {wrongIn} from '../../../../runtime/bus/channels/doors.js';
import {codecOf} from '../../../../runtime/bus/channels/protocol.js';
import {type ChannelName, channels, type MessageOf} from '../../../../runtime/bus/channels/subjects.js';
import {absurdCheckpoints, absurdMessages, encoded, good} from '../../../helpers/absurd-messages.js';

/** What is wrong with a message as it comes out of its encoding. */
const wrongOf = (channel: ChannelName, data: Uint8Array): string | undefined =>
  wrongIn<ChannelName>(channel, codecOf(channel).decode(data) as MessageOf<ChannelName>);

test('A message of each channel as actors send it passes', (t) => {
  for (const channel of Object.keys(channels) as ChannelName[])
    t.is(wrongOf(channel, encoded({channel, message: good[channel]})), undefined, channel);
});

test('What cannot be is told, with what it says', (t) => {
  for (const each of [...absurdMessages, ...absurdCheckpoints({folder: '/home/victim', file: '/home/file'})])
    t.regex(wrongOf(each.channel, encoded(each)) ?? '', each.why, `${each.channel}: ${each.why}`);
});

test('A message of which nothing is given is no message of any channel', (t) => {
  for (const channel of Object.keys(channels) as ChannelName[]) {
    const wrong = wrongOf(channel, new Uint8Array());
    // A control without a command asks for nothing, and is refused where it is decided on.
    if (channel === 'controls') t.is(wrong, undefined);
    else t.truthy(wrong, channel);
  }
});
