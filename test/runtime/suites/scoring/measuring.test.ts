import test from 'ava';
import {joinedTokens, windowsOf} from '../../../../runtime/suites/scoring/measuring.js';

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
  // Also one that the tokenizer does not put there by itself.
  t.deepEqual(joinedTokens({...tokenizer, beginTokenId: 7}, '', 'a bb'), {promptIds: [7], ids: [101, 103]});
  const bare = {...tokenizer, encode: (text: string) => tokenizer.encode(text, {specialTokens: false})};
  t.deepEqual(joinedTokens(bare, '', 'a bb'), {promptIds: [2], ids: [101, 103]});
});

test('A long text is parted, its last part after as much as fits, as lm-evaluation-harness rolls windows', (t) => {
  // Worked out by hand after get_rolling_token_windows([1..7], 0, 3, 1): each token once, windows of four with what is before.
  t.deepEqual(windowsOf({promptIds: [0], ids: [1, 2, 3, 4, 5, 6, 7]}, 4), {
    windows: [
      {promptIds: [0], ids: [1, 2, 3]},
      {promptIds: [3], ids: [4, 5, 6]},
      {promptIds: [4, 5, 6], ids: [7]},
    ],
    isCut: false,
  });
  t.deepEqual(windowsOf({promptIds: [0], ids: [1, 2, 3, 4]}, 4).windows[1], {promptIds: [1, 2, 3], ids: [4]});
});
