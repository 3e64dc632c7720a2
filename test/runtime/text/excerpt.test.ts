import test from 'ava';
import {excerpt} from '../../../runtime/text/excerpt.js';

test('A text that has room stays as it is; of a longer one the beginning stays, and its length is said', (t) => {
  t.is(excerpt('abcde', 5), 'abcde');
  t.is(excerpt('abcdef', 5), 'abcde … (6 characters in all)');
});

test('A character of two units is not cut in half', (t) => {
  t.is(excerpt('ab😀cd', 3), 'ab … (6 characters in all)');
  t.is(excerpt('ab😀cd', 4), 'ab😀 … (6 characters in all)');
});
