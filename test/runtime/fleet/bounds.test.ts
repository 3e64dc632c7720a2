/** Numbers of a fleet that nobody can mean, whoever wrote them: a person, or a message. */
import {join} from 'node:path';
import test from 'ava';
import {requireRoom} from '../../../runtime/command/up/up-checks.js';
import {TerminalError} from '../../../runtime/errors.js';
import {messageOfSpec, specOf, specOfMessage} from '../../../runtime/fleet/control/spec.js';
import {readPrompts} from '../../../runtime/fleet/feed/prompts.js';
import {readFleet} from '../../../runtime/fleet/file/load.js';
import {scaled} from '../../../runtime/fleet/scale.js';
import {packageRoot} from '../../../runtime/paths.js';
import {temporaryFile} from '../../helpers/temporary.js';

const demo = join(packageRoot, 'runtime/fleet/demo.yaml');

test('A learning rate above 1 is refused, by --set and in a message, with what is usual', async (t) => {
  const error = await t.throwsAsync(readFleet(demo, ['objective.learningRate=5']), {
    instanceOf: TerminalError,
  });
  t.is(
    error?.message,
    '--set objective.learningRate=5: objective.learningRate: 5 is above 1, and no model is left after a step of it; usual are 1e-7 to 1e-3',
  );
  const spec = messageOfSpec(specOf(await readFleet(demo)));
  t.regex(
    String(specOfMessage({...spec, objective: {...spec.objective, learningRate: 5}})),
    /^objective\.learningRate: 5 is above 1/,
  );
});

test('A scale has no more than 256 processes of an actor', async (t) => {
  const fleet = await readFleet(demo);
  t.is(scaled(fleet, {sampler: 256}).actors.sampler.count, 256);
  t.throws(() => scaled(fleet, {sampler: 1_000_000_000}), {
    instanceOf: TerminalError,
    message: 'actors.sampler.count: 1000000000 is too large; at most 256',
  });
});

test('A prompt that no message has room for is named by file and line before the run begins', async (t) => {
  const file = temporaryFile(t, 'prompts.jsonl', `{"prompt": "short"}\n\n{"prompt": "${'x'.repeat(900)}"}\n`);
  const prompts = (await readPrompts({file})).choose(undefined, 0);
  t.notThrows(() => requireRoom(prompts, {mostBytes: () => 1_000}));
  t.throws(() => requireRoom(prompts, {mostBytes: () => 900}), {
    instanceOf: TerminalError,
    message: `${file}:3: prompt: has 900 bytes, and a message of the NATS server 900; shorten it, or raise the server's max_payload`,
  });
});

test('Where the answers of joined rows are what no message has room for, they are named, and not the prompt', async (t) => {
  const row = (letter: string) =>
    JSON.stringify({instruction: 'short', output: letter.repeat(300), generator: letter});
  const file = temporaryFile(t, 'answers.jsonl', ['a', 'b', 'c'].map(row).join('\n'));
  const prompts = (await readPrompts({file}, {wantsAnswers: true})).choose(undefined, 0);
  const bytes = ['a', 'b', 'c'].reduce(
    (sum, letter) =>
      sum + JSON.stringify([{text: letter.repeat(300), finishReason: 0, model: letter}]).length,
    0,
  );
  t.notThrows(() => requireRoom(prompts, {mostBytes: () => 1_100}));
  t.throws(() => requireRoom(prompts, {mostBytes: () => 1_000}), {
    instanceOf: TerminalError,
    message: `${file}:1: prompt and recorded answers: have 5 and ${bytes} bytes, joined of 3 rows that say the prompt, and a message of the NATS server 1000; take some of the answers away, or raise the server's max_payload`,
  });
});
