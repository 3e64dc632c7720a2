/** A fleet that comes from the bus decides neither which of a machine's secrets is sent, nor where to. */
import test from 'ava';
import {TerminalError} from '../../runtime/errors.js';
import {checkAllowed, readAllowedEndpoint} from '../../runtime/fleet/file/allowed-endpoints.js';
import {checkedFleet} from '../../runtime/fleet/file/load.js';
import {fleetOf} from '../helpers/actor-process.js';
import {startTestServer, type TestServer, withBus} from '../helpers/nats.js';
import {anchorage} from '../helpers/process.js';
import {modelList, scriptedEndpoint} from '../helpers/scripted-endpoint.js';
import {temporaryFolder} from '../helpers/temporary.js';

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

const inputAt = (baseUrl: string, apiKeyEnv?: string) =>
  fleetOf({
    dataset: 'clair',
    endpoints: {teacher: {baseUrl, ...(apiKeyEnv === undefined ? {} : {apiKeyEnv})}},
    actors: {reviser: {endpoint: 'teacher', model: 'gpt'}},
  });

test('A worker sends no variable of its environment where only the bus says so', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => modelList('gpt'));
  const bus = await withBus(t, server, 'taken-over');
  await bus.kv.put('fleet', inputAt(baseUrl, 'AWS_SECRET_ACCESS_KEY'));
  const start = (...allowed: string[]) =>
    anchorage(t, ['start', 'reviser', '--run', 'taken-over', '--nats', server.url, ...allowed], {
      cwd: temporaryFolder(t),
      env: {AWS_SECRET_ACCESS_KEY: 'the-crown-jewels', OPENAI_API_KEY: 'sk-for-openai-alone'},
    });
  const refused = await start();
  t.is(refused.code, 1);
  t.is(
    refused.stderr,
    `endpoints.teacher of the run would send this machine's AWS_SECRET_ACCESS_KEY to ${baseUrl}: ` +
      `where that is meant, add --allow-endpoint ${baseUrl}=AWS_SECRET_ACCESS_KEY, or give your own --fleet\n`,
  );
  t.is((await start('--allow-endpoint', 'https://api.openai.com/v1=OPENAI_API_KEY')).code, 1);
  t.is((await start('--allow-endpoint', baseUrl)).code, 1);
  t.deepEqual(requests, []);
});

const allows = (allowed: string, baseUrl: string, apiKeyEnv?: string): boolean => {
  try {
    const fleet = checkedFleet('the fleet of the run', inputAt(baseUrl, apiKeyEnv));
    checkAllowed(fleet, 'reviser', [readAllowedEndpoint(allowed)]);
    return true;
  } catch (error) {
    if (error instanceof TerminalError && error.message.includes('--allow-endpoint')) return false;
    throw error;
  }
};

test('What is allowed is one variable to one address and what lies under it', (t) => {
  t.true(allows('https://host/v1=KEY', 'https://host/v1', 'KEY'));
  t.true(allows('https://host=KEY', 'https://host/v1', 'KEY'));
  t.true(allows('https://host/v1', 'https://host/v1/'));
  t.true(allows('https://host/v1=KEY', 'https://host/v1'));
  t.true(allows('https://api.openai.com', 'https://api.openai.com/v1'));
  t.true(allows('https://api.openai.com', 'https://api.openai.com/v1', 'OPENAI_API_KEY'));
  t.false(allows('https://api.openai.com', 'https://host/v1'));
  t.false(allows('https://host/v1', 'https://host/v1/', 'OPENAI_API_KEY'));
  t.false(allows('https://host/v1=KEY', 'https://host/v1', 'OTHER'));
  t.false(allows('https://host/v1=KEY', 'http://host/v1', 'KEY'));
  t.false(allows('https://host/v1=KEY', 'https://host:8443/v1', 'KEY'));
  t.false(allows('https://host/v1=KEY', 'https://host.evil/v1', 'KEY'));
  t.false(allows('https://host/v1=KEY', 'https://host/v10', 'KEY'));
  t.false(allows('https://host/v1=KEY', 'https://host/v1/../admin', 'KEY'));
});

test('The demo teacher of this machine is asked with its own key, which goes nowhere else', (t) => {
  t.true(allows('https://host', 'http://127.0.0.1:4000/v1', 'ANCHORAGE_TEACHER_KEY'));
  t.false(allows('https://host', 'http://10.0.0.7:4000/v1', 'ANCHORAGE_TEACHER_KEY'));
  t.false(allows('https://host', 'http://127.0.0.1.evil/v1', 'ANCHORAGE_TEACHER_KEY'));
});

test('An actor that asks nobody needs nothing allowed', (t) => {
  const fleet = checkedFleet('the fleet of the run', inputAt('https://host/v1', 'KEY'));
  t.notThrows(() => checkAllowed(fleet, 'sampler', []));
});

test('What is no address is one line', (t) => {
  for (const text of ['api.openai.com', 'OPENAI_API_KEY', 'ftp://host=KEY'])
    t.throws(() => readAllowedEndpoint(text), {message: /^--allow-endpoint .*: not URL or URL=VARIABLE/});
});
