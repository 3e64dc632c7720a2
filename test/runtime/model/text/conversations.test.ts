/** What is answered, as messages of the bus have it, as a model is given it, and as a reader sees it. */
import test from 'ava';
import {channels} from '../../../../runtime/bus/channels/subjects.js';
import {askedOf, conversationOf, transcriptOf} from '../../../../runtime/model/text/conversations.js';

const history = [
  {role: 'system', content: 'Be brief.'},
  {role: 'user', content: 'Hi'},
  {role: 'assistant', content: ''},
];
const {message: codec} = channels.prompts;
const user = {role: 'user', content: 'And?'};

test('A prompt that is one user turn stays a text, which needs no template', (t) => {
  t.is(conversationOf({prompt: 'And?'}), 'And?');
  t.is(conversationOf({prompt: 'And?', history: []}), 'And?');
  t.deepEqual(askedOf({prompt: 'And?', history: []}), {prompt: 'And?'});
  t.is(transcriptOf('And?'), 'And?');
  t.is(transcriptOf([user]), 'And?');
});

test('Turns before it go before it as they are, also where they came by the bus and have no words', (t) => {
  const message = {promptId: '1', prompt: 'And?', history};
  const travelled = codec.decode(codec.encode(message).finish());
  for (const each of [message, travelled]) t.deepEqual(conversationOf(each), [...history, user]);
  t.deepEqual(askedOf(message), {prompt: 'And?', history});
});

test('A message without a history is encoded as it was before there were any, and is read', (t) => {
  // Field 1 "1", field 2 "And?".
  const before = Buffer.from('0a01311204416e643f', 'hex');
  t.deepEqual(Buffer.from(codec.encode({promptId: '1', prompt: 'And?'}).finish()), before);
  t.is(conversationOf(codec.decode(before)), 'And?');
});

test('A reader sees each turn under who speaks', (t) => {
  t.is(
    transcriptOf([...history, user]),
    '### System:\nBe brief.\n\n### User:\nHi\n\n### Assistant:\n\n\n### User:\nAnd?',
  );
});
