import test from 'ava';
import {messageOf, RetryableError, TerminalError} from '../../../runtime/errors.js';
import {hide, holdsSecret, redacted} from '../../../runtime/text/redact.js';

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

test('What stands between the secrets of a file, and in many others, is none', (t) => {
  hide(
    '-----BEGIN NATS USER JWT-----\neyJ0eXAiOiJKV1QifQ.c2VjcmV0\n************* IMPORTANT *************\n***************',
  );
  const text = '-----BEGIN NATS USER JWT----- *************** IMPORTANT';
  t.is(redacted(text), text);
  t.false(holdsSecret(text));
  t.true(holdsSecret('it is eyJ0eXAiOiJKV1QifQ.c2VjcmV0'));
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

test('A secret is hidden however an address, JSON, HTML or base64 writes its characters', (t) => {
  const secret = 'sk-9f/+x=K2~mQ7_vR4';
  hide(secret);
  const lower = [...secret].map((one) => (/\w/.test(one) ? one : `%${one.charCodeAt(0).toString(16)}`));
  const unicode = [...secret].map((one) =>
    /\w/.test(one) ? one : `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const html = [...secret].map((one) => (/\w/.test(one) ? one : `&#x${one.charCodeAt(0).toString(16)};`));
  for (const form of [lower, unicode, html].map((all) => all.join('')))
    t.is(redacted(`before ${form} after`), 'before [hidden] after');
  t.is(redacted(`before ${secret.replace('/', '\\/')} after`), 'before [hidden] after');
  for (const before of ['', 'a', 'ab', 'user:'])
    for (const kind of ['base64', 'base64url'] as const) {
      const form = Buffer.from(`${before}${secret}!`).toString(kind);
      // The first and last digits are its neighbours' as well.
      t.regex(redacted(`Basic ${form} after`), /^Basic .{0,8}\[hidden\].{0,4} after$/);
      t.true(holdsSecret(`it is ${form}`));
    }
});

test('A text that somebody made to be slow is read once', (t) => {
  // Read again from each scheme, it takes minutes, and this test with it.
  const text = `${'://'.repeat(300_000)} @`;
  t.is(redacted(text), text);
});

test('A message that repeats a value of megabytes keeps its beginning and its remedy', (t) => {
  const {message} = new TerminalError(`config.json: "${'x'.repeat(5_000_000)}"; correct it`);
  t.true(message.length < 10_000);
  t.regex(message, /^config\.json: "x+ … \(\d+ characters in all\) … x+"; correct it$/);
});
