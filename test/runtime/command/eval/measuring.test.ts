import test from 'ava';
import {joinedTokens} from '../../../../runtime/command/eval/measuring.js';

/** A token for each word with the space before it, and one that begins a text. */
const tokenizer = {
  encode: (text: string, {specialTokens} = {specialTokens: true}): number[] => [
    ...(specialTokens ? [1] : []),
    ...(text.match(/ ?[^ ]+| /g) ?? []).map((word) => 100 + word.length),
  ],
  endTokenIds: [2],
};

test('Prompt and continuation are parted where the tokens of the prompt end', (t) => {
  t.deepEqual(joinedTokens(tokenizer, 'a bb', ' ccc'), {promptIds: [1, 101, 103], ids: [104]});
});

test('White space at the end of a prompt belongs to the continuation', (t) => {
  t.deepEqual(joinedTokens(tokenizer, 'a bb ', 'ccc'), {promptIds: [1, 101, 103], ids: [104]});
});

test('Before an empty prompt stands what begins a text, or ends one where there is no such token', (t) => {
  t.deepEqual(joinedTokens(tokenizer, '', 'a bb'), {promptIds: [1], ids: [101, 103]});
  const bare = {...tokenizer, encode: (text: string) => tokenizer.encode(text, {specialTokens: false})};
  t.deepEqual(joinedTokens(bare, '', 'a bb'), {promptIds: [2], ids: [101, 103]});
});
