import test from 'ava';
import {filledIn, matchIn} from '../../../runtime/text/own-words.js';

test('blanks are filled in once: what a text has of them stays', (t) => {
  t.is(filledIn('{{a}} and {{b}}, {{c}} {a}', {a: '{{b}}', b: '$1'}), '{{b}} and $1, {{c}} {a}');
});

test('a pattern gives its groups, over line ends too', (t) => {
  t.deepEqual(matchIn('<a>(?<one>.*)</a>(?<two>x)?', '<a>1\n2</a>'), {
    kind: 'groups',
    groups: {one: '1\n2', two: undefined},
  });
  t.deepEqual(matchIn('^(?<one>a)$', 'b'), {kind: 'malformed', detail: 'replyPattern does not match'});
});

test('a pattern that would look for ever is ended', (t) => {
  const found = matchIn('^(?<one>(a+)+)$', `${'a'.repeat(60)}b`);
  t.is(found.kind, 'malformed');
  t.regex(found.kind === 'malformed' ? found.detail : '', /^replyPattern: .*timed out/);
});
