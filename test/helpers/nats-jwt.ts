/** A NATS server's operator, account and user as signed tokens, for a server that trusts an operator alone. */
import {nkeys} from 'nats';

export type KeyPair = ReturnType<typeof nkeys.createUser>;

interface Claim {
  readonly issuer: KeyPair;
  readonly subject: KeyPair;
  readonly nats: Readonly<Record<string, unknown>>;
}

const signed = ({issuer, subject, nats}: Claim): string => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const sub = subject.getPublicKey();
  const iss = issuer.getPublicKey();
  const body = `${part({typ: 'JWT', alg: 'ed25519-nkey'})}.${part({jti: sub, iat: 0, iss, sub, name: 'test', nats})}`;
  return `${body}.${Buffer.from(issuer.sign(Buffer.from(body))).toString('base64url')}`;
};

const limits = Object.fromEntries(
  [
    ...['subs', 'data', 'payload', 'imports', 'exports', 'conn', 'leaf'],
    ...['mem_storage', 'disk_storage', 'streams', 'consumer'],
  ].map((name) => [name, -1]),
);

/** The lines of the server's configuration, and the contents of a user's credentials file. */
export const operatorMode = (): {readonly lines: string[]; readonly creds: string; readonly seed: string} => {
  const [operator, system, account, user] = [
    nkeys.createOperator(),
    nkeys.createAccount(),
    nkeys.createAccount(),
    nkeys.createUser(),
  ];
  const accountOf = (subject: KeyPair, nats: Claim['nats'] = {}) =>
    signed({issuer: operator, subject, nats: {type: 'account', version: 2, ...nats}});
  const preload = [
    `${system.getPublicKey()}: ${accountOf(system)}`,
    `${account.getPublicKey()}: ${accountOf(account, {limits: {...limits, wildcards: true}})}`,
  ];
  const jwt = signed({
    issuer: account,
    subject: user,
    nats: {type: 'user', version: 2, subs: -1, data: -1, payload: -1},
  });
  const seed = Buffer.from(user.getSeed()).toString();
  return {
    lines: [
      `operator: ${signed({issuer: operator, subject: operator, nats: {type: 'operator', version: 2}})}`,
      `system_account: ${system.getPublicKey()}`,
      'resolver: MEMORY',
      `resolver_preload: { ${preload.join(', ')} }`,
    ],
    creds: [
      '-----BEGIN NATS USER JWT-----',
      jwt,
      '------END NATS USER JWT------',
      '-----BEGIN USER NKEY SEED-----',
      seed,
      '------END USER NKEY SEED------',
      '',
    ].join('\n'),
    seed,
  };
};
