import test from 'ava';
import {parseAddress} from '../../../../runtime/bus/connection/address.js';
import {TerminalError} from '../../../../runtime/errors.js';

test('an address may leave out its scheme and its port', (t) => {
  for (const url of [
    'nats://nats.example',
    'nats.example',
    'nats.example:4222',
    ' nats://nats.example:4222 ',
  ]) {
    t.deepEqual(parseAddress(url), {
      servers: ['nats.example:4222'],
      shown: 'nats://nats.example:4222',
      tls: false,
      credentials: undefined,
    });
  }
});

test('a cluster is several addresses, separated by commas', (t) => {
  const {servers, shown} = parseAddress('nats://a:1,b:2, nats://[::1]:3');
  t.deepEqual(servers, ['a:1', 'b:2', '[::1]:3']);
  t.is(shown, 'nats://a:1,nats://b:2,nats://[::1]:3');
});

test('credentials are taken out of what is shown', (t) => {
  t.deepEqual(parseAddress('tls://ann:p%40ss@host:1'), {
    servers: ['host:1'],
    shown: 'tls://host:1',
    tls: true,
    credentials: {user: 'ann', pass: 'p@ss'},
  });
  t.deepEqual(parseAddress('nats://s3cret@host').credentials, {token: 's3cret'});
});

for (const url of [
  '',
  ' , ',
  'http://host',
  'nats://',
  'nats://host:99999',
  'nats://ann:secret@host:port',
  'nats://ann:secret',
  'nats://ann:secret,nats://bob@host',
]) {
  test(`'${url}' is refused without showing a password`, (t) => {
    const error = t.throws(() => parseAddress(url), {instanceOf: TerminalError});
    t.regex(error.message, /give one such as nats:\/\/127\.0\.0\.1:4222$/);
    t.false(error.message.includes('secret'));
  });
}

for (const [password, meant] of [
  ['a/b', 'a/b'],
  ['a?b', 'a?b'],
  ['a#b', 'a#b'],
  ['1/x', '1/x'],
  ['a@b', 'a@b'],
  ['a:b', 'a:b'],
  ['a%2Cb%25', 'a,b%'],
] as const) {
  test(`The password ${password} is understood, wherever an address would end at it`, (t) => {
    const {credentials, shown} = parseAddress(`nats://ann:${password}@host:4222,other`);
    t.deepEqual(credentials, {user: 'ann', pass: meant});
    t.is(shown, 'nats://host:4222,nats://other:4222');
  });
}

for (const url of [
  'nats://ann:s3cr%t@host',
  'nats://ann:s3cret%@host',
  'nats://ann:1,s3cret@host',
  'ann:s3cret,1@host',
  'nats://s3cret,1@host',
]) {
  test(`${url} is refused, for it cannot be told what is meant`, (t) => {
    const error = t.throws(() => parseAddress(url), {instanceOf: TerminalError});
    t.regex(error.message, /percent-encode/);
    t.notRegex(error.message, /s3cr/);
  });
}

test('Servers of one cluster have the same credentials, given once or with each', (t) => {
  const same = parseAddress('nats://ann:p@a,b,nats://ann:p@c');
  t.deepEqual(same.servers, ['a:4222', 'b:4222', 'c:4222']);
  t.deepEqual(same.credentials, {user: 'ann', pass: 'p'});
  t.throws(() => parseAddress('nats://ann:p@a,nats://bob:q@b'), {message: /different credentials/});
});

test('A user without a colon is a token, and an empty password is one', (t) => {
  t.deepEqual(parseAddress('nats://ann:@host').credentials, {user: 'ann', pass: ''});
  t.throws(() => parseAddress('nats://:p@host'), {message: /nothing before its @/});
});
