import test from 'ava';
import {messageOf, RetryableError, TerminalError} from '../../runtime/errors.js';
import {hide, holdsSecret, redacted} from '../../runtime/redact.js';

test('A secret is hidden wherever it stands, also as an address or JSON would have it', (t) => {
  hide('p%ss/word"1');
  for (const form of ['p%ss/word"1', 'p%25ss%2Fword%221', JSON.stringify({key: 'p%ss/word"1'})])
    t.notRegex(redacted(`before ${form} after`), /word/);
  t.is(redacted('Bearer p%ss/word"1.'), 'Bearer [hidden].');
});

test('What is left of the beginning of a long one is hidden too', (t) => {
  hide('sk-proj-0123456789abcdef0123456789');
  t.is(redacted('Incorrect key sk-proj-01234567…'), 'Incorrect key [hidden]…');
  t.is(redacted('a key begins with sk-proj-'), 'a key begins with sk-proj-');
});

test('A short one is hidden as a word, and one of three letters is no secret', (t) => {
  hide('none');
  hide('key');
  t.is(redacted('none of nonesuch: the key'), '[hidden] of nonesuch: the key');
});

test('Each line of a secret of several lines is one', (t) => {
  hide('-----BEGIN-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\nAASCBKcwggSjAgEAAoIBAQC7');
  t.is(redacted('found AASCBKcwggSjAgEAAoIBAQC7 there'), 'found [hidden] there');
});

test('The credentials of an address are hidden though nobody said that they are secret', (t) => {
  t.is(
    redacted("'https://ann:p@ss/w?rd@host/v1' and nats://t0ken@a,nats://b:c@d:1"),
    "'https://[hidden]@host/v1' and nats://[hidden]@d:1",
  );
  t.is(
    redacted('https://host/v1?alt=json&api-key=s3cret&v=2'),
    'https://host/v1?alt=json&api-key=[hidden]&v=2',
  );
  t.is(redacted('mail ann@host about http://host/v1'), 'mail ann@host about http://host/v1');
});

test('No error of ours says a secret, whatever it is made from', (t) => {
  hide('hunter2hunter2');
  for (const error of [new TerminalError('no hunter2hunter2'), new RetryableError('no hunter2hunter2')])
    t.is(error.message, 'no [hidden]');
  t.is(messageOf(new TypeError('no hunter2hunter2')), 'no [hidden]');
  t.is(messageOf('no hunter2hunter2'), 'no [hidden]');
});

test('A text that is carried as it is may have words in it that are somebody’s key, but no key', (t) => {
  hide('dummy-key');
  hide('sk-abcdefghijklmnop');
  t.false(holdsSecret('a dummy-key'));
  t.true(holdsSecret('use sk-abcdefghijklmnop.'));
});
