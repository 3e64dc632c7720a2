/** Every way in which a NATS server asks who comes, against a real one: what opens it, and that nothing else does. */
import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {nkeys} from 'nats';
import {listRuns} from '../../runtime/bus/connection/connection.js';
import {TerminalError} from '../../runtime/errors.js';
import {redacted} from '../../runtime/text/redact.js';
import {withBareServer} from '../helpers/bare-server.js';
import {type KeyPair, operatorMode} from '../helpers/nats-jwt.js';
import {temporaryFile, temporaryFolder} from '../helpers/temporary.js';

const names = ['CREDS', 'NKEY', 'TOKEN', 'USER', 'PASSWORD', 'CA', 'CERT', 'KEY'] as const;
type Variables = Partial<Record<`NATS_${(typeof names)[number]}`, string>>;

/** With these variables and none of the others; tests that use it are serial. */
const reach = async (url: string, variables: Variables = {}): Promise<string[]> => {
  for (const name of names) delete process.env[`NATS_${name}`];
  Object.assign(process.env, variables);
  return listRuns(url);
};

const refusal = async (
  t: ExecutionContext,
  url: string,
  variables: Variables,
  message: RegExp,
): Promise<void> => {
  const error = await t.throwsAsync(reach(url, variables), {instanceOf: TerminalError, message});
  for (const value of [variables.NATS_TOKEN, variables.NATS_PASSWORD])
    if (value !== undefined) t.false(error.message.includes(value));
};

const serverWith = (t: ExecutionContext, ...lines: string[]): Promise<string> =>
  withBareServer(t, [`jetstream { store_dir: ${JSON.stringify(temporaryFolder(t))} }`, ...lines]);
const at = (url: string, userInfo: string): string => url.replace('://', `://${userInfo}@`);
const refused = /refuses the credentials: put USER:PASSWORD@ or TOKEN@ before the host in NATS_URL/;

test.serial('A token, in the address or the environment', async (t) => {
  const url = await serverWith(t, 'authorization { token: "t/0k#n?" }');
  t.deepEqual(await reach(at(url, 't/0k#n?')), []);
  t.deepEqual(await reach(url, {NATS_TOKEN: 't/0k#n?'}), []);
  await refusal(t, url, {}, refused);
  await refusal(t, url, {NATS_TOKEN: 'another-token'}, refused);
  // What the address says is meant for this server; what the environment has may be another's.
  t.deepEqual(await reach(at(url, 't/0k#n?'), {NATS_TOKEN: 'another-token'}), []);
});

test.serial('A user and a password with every letter that means something in an address', async (t) => {
  const password = 'a%b#c/d?e,f@g:h';
  const url = await serverWith(t, `authorization { user: ann, password: ${JSON.stringify(password)} }`);
  t.deepEqual(await reach(url, {NATS_USER: 'ann', NATS_PASSWORD: password}), []);
  t.deepEqual(await reach(at(url, `ann:${encodeURIComponent(password)}`)), []);
  t.deepEqual(await reach(at(url, 'ann:a%25b#c/d?e%2Cf@g:h')), []);
  await refusal(t, at(url, `ann:${password}`), {}, /percent-encode/);
  await refusal(t, url, {NATS_USER: 'ann', NATS_PASSWORD: 'wrong-password'}, refused);
  await refusal(t, url, {NATS_USER: 'ann'}, /NATS_USER is set without NATS_PASSWORD/);
});

test.serial('The seed of an nkey', async (t) => {
  const [user, stranger] = [nkeys.createUser(), nkeys.createUser()];
  const fileOf = (pair: KeyPair) =>
    temporaryFile(t, 'user.nk', `# of the tests\n${Buffer.from(pair.getSeed()).toString()}\n`);
  const url = await serverWith(t, `authorization { users: [{nkey: ${user.getPublicKey()}}] }`);
  t.deepEqual(await reach(url, {NATS_NKEY: fileOf(user)}), []);
  await refusal(t, url, {NATS_NKEY: fileOf(stranger)}, refused);
  await refusal(t, url, {NATS_NKEY: temporaryFile(t, 'user.nk', 'nothing')}, /has no nkey seed/);
  await refusal(t, url, {NATS_NKEY: '/no/such.nk'}, /^NATS_NKEY: \/no\/such\.nk is not there$/);
  t.is(redacted(Buffer.from(user.getSeed()).toString()), '[hidden]');
});

test.serial('A credentials file of an operator’s user', async (t) => {
  const {lines, creds, seed} = operatorMode();
  const url = await serverWith(t, ...lines);
  t.deepEqual(await reach(url, {NATS_CREDS: temporaryFile(t, 'user.creds', creds)}), []);
  const other = temporaryFile(t, 'user.creds', operatorMode().creds);
  await refusal(t, url, {NATS_CREDS: other}, refused);
  await refusal(t, url, {NATS_CREDS: temporaryFile(t, 'user.creds', 'x')}, /is no credentials file/);
  await refusal(t, url, {NATS_CREDS: other, NATS_TOKEN: 'a-token'}, /^NATS_CREDS and NATS_TOKEN are set/);
  t.is(redacted(`the seed ${seed}`), 'the seed [hidden]');
});

test.serial('A pipe in the place of a file is refused in place of waiting for it', async (t) => {
  const pipe = join(temporaryFolder(t), 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const name of ['NATS_CREDS', 'NATS_NKEY'] as const)
    await refusal(
      t,
      'nats://127.0.0.1:1',
      {[name]: pipe},
      /^NATS_(CREDS|NKEY): .*pipe is a pipe or a device; /,
    );
  await refusal(t, 'tls://127.0.0.1:1', {NATS_CA: pipe}, /^NATS_CA: .*pipe is a pipe or a device; /);
});

/** A certificate authority, and what it signed: for 127.0.0.1, and for a client. */
const certificates = (t: ExecutionContext) => {
  const folder = temporaryFolder(t);
  const make = (...args: string[]) => execFileSync('openssl', args, {cwd: folder, stdio: 'ignore'});
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  make('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=authority', '-days', '2');
  for (const [name, usage] of [
    ['server', 'serverAuth'],
    ['client', 'clientAuth'],
  ]) {
    make(
      ...['req', '-x509', ...key, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-days', '2', '-subj', `/CN=${name}`],
      ...['-keyout', `${name}.key`, '-out', `${name}.pem`],
      ...['-addext', 'subjectAltName=IP:127.0.0.1', '-addext', `extendedKeyUsage=${usage}`],
      ...['-addext', 'basicConstraints=critical,CA:FALSE'],
    );
  }
  return (name: string) => join(folder, name);
};
const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], {stdio: 'ignore'});
    return true;
  } catch {
    return false;
  }
})();

(hasOpenssl ? test.serial : test.serial.skip)(
  'A certificate of the server’s and one of the client’s',
  async (t) => {
    const file = certificates(t);
    const [cert, key, ca] = ['server.pem', 'server.key', 'ca.pem'].map((name) => JSON.stringify(file(name)));
    const url = await serverWith(
      t,
      `tls { cert_file: ${cert}, key_file: ${key}, ca_file: ${ca}, verify: true }`,
    );
    const tls = url.replace(/^nats:/, 'tls:');
    const NATS_CA = file('ca.pem');
    const client = {NATS_CERT: file('client.pem'), NATS_KEY: file('client.key')};
    t.deepEqual(await reach(tls, {NATS_CA, ...client}), []);
    await refusal(t, tls, client, /is not trusted \(.+\): give its authority in NATS_CA$/);
    await t.throwsAsync(reach(tls, {NATS_CA}), {
      message:
        /^no NATS server answers at tls:.*; where it wants a certificate, give NATS_CERT and NATS_KEY$/,
    });
    await refusal(t, tls, {NATS_CA, NATS_CERT: client.NATS_CERT}, /^NATS_CERT and NATS_KEY belong together/);
    const plain = await serverWith(t);
    await refusal(t, plain.replace(/^nats:/, 'tls:'), {NATS_CA}, /speaks no TLS: give its address as nats:/);
    // A private server on this machine is meant by an address of this machine, whatever the environment is set up for.
    t.deepEqual(await reach(plain, {NATS_CA, ...client}), []);
  },
);
