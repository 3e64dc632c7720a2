import test from 'ava';
import {parseAddress} from '../../../runtime/bus/address.js';
import {TerminalError} from '../../../runtime/errors.js';

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

for (const url of ['', ' , ', 'http://host', 'nats://', 'nats://host:99999', 'nats://ann:secret@host:port']) {
  test(`'${url}' is refused without showing a password`, (t) => {
    const error = t.throws(() => parseAddress(url), {instanceOf: TerminalError});
    t.regex(error.message, /give one such as nats:\/\/127\.0\.0\.1:4222$/);
    t.false(error.message.includes('secret'));
  });
}
