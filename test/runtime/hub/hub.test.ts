import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {hubOf} from '../../../runtime/hub/hub.js';
import {redacted} from '../../../runtime/text/redact.js';
import {temporaryFolder} from '../../helpers/temporary.js';

test('The cache is where huggingface_hub has it', (t) => {
  const cacheIn = (environment: NodeJS.ProcessEnv) => hubOf({HOME: '/home/me', ...environment}).cache;
  t.is(cacheIn({}), '/home/me/.cache/huggingface/hub');
  t.is(cacheIn({XDG_CACHE_HOME: '/cache'}), '/cache/huggingface/hub');
  t.is(cacheIn({HF_HOME: '~/hf'}), '/home/me/hf/hub');
  t.is(cacheIn({HF_HOME: '/hf', HF_HUB_CACHE: '/other'}), '/other');
});

test('The token is the variable’s, or else the one that was logged in with, and stays hidden', (t) => {
  const home = temporaryFolder(t);
  writeFileSync(join(home, 'token'), 'hf_loggedInWithThis\n');
  t.is(hubOf({HF_HOME: home}).token, 'hf_loggedInWithThis');
  t.is(hubOf({HF_HOME: home, HF_TOKEN: ' hf_givenByVariable '}).token, 'hf_givenByVariable');
  t.notRegex(redacted('hf_loggedInWithThis hf_givenByVariable'), /hf_[a-z]/);
  t.is(hubOf({HF_HOME: join(home, 'none')}).token, undefined);
});

test('Offline is what Hugging Face’s libraries take for it', (t) => {
  for (const text of ['1', 'true', 'YES', 'on']) t.true(hubOf({HF_HUB_OFFLINE: text}).isOffline, text);
  for (const text of ['', '0', 'no']) t.false(hubOf({HF_HUB_OFFLINE: text}).isOffline, text);
});

test('An address that is none, or has a secret in it, is refused without being said', (t) => {
  t.is(hubOf({HF_ENDPOINT: 'https://hub.example/'}).endpoint, 'https://hub.example');
  for (const text of [
    'hub.example',
    'ftp://hub.example',
    'https://me:secretPassword@hub.example',
    'https://hub.example/?key=x',
  ]) {
    const error = t.throws(() => hubOf({HF_ENDPOINT: text}), {instanceOf: TerminalError});
    t.regex(error?.message ?? '', /^HF_ENDPOINT is no address of a Hub/);
    t.notRegex(error?.message ?? '', /secretPassword/);
  }
  t.throws(() => hubOf({HF_TOKEN: 'two words'}), {message: /^HF_TOKEN: holds no token/});
});
