/** What is typed and was not meant is named, and not read as something else. */
import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {temporaryFolder} from '../../helpers/temporary.js';
import {typed} from '../../helpers/typed.js';

const train = ['train', '--model', 'm', '--pairs', 'p', '--out', 'o'];

test('An option that is mistyped is named beside the one that is missing for it', async (t) => {
  const {code, stderr} = await typed([...train, '--objektive', 'dpo']);
  t.is(code, 1);
  t.regex(stderr, /required option '--objective <name>' not specified\n/);
  t.regex(stderr, /unknown option '--objektive'\n\(Did you mean --objective\?\)\n/);
  const far = await typed([...train, '--colour=red']);
  t.regex(far.stderr, /unknown option '--colour'\n(?!\(Did)/);
  t.notRegex((await typed(train)).stderr, /unknown/);
});

test('An empty value is refused, of an option, of one of several, of the command above, and of an argument', async (t) => {
  const refused = async (args: readonly string[], what: string) => {
    const {code, stderr} = await typed(args);
    t.is(code, 1);
    t.is(
      stderr.split('\n')[0],
      `error: ${what} is given an empty value; give one, or set the variable that holds it`,
    );
  };
  await refused([...train, '--objective', 'dpo', '--metrics', ''], "option '--metrics <file>'");
  await refused(['up', '--set', 'a=1', '--set', ''], "option '--set <key=value>'");
  await refused(['objective', '--run', '', 'log'], "option '--run <id>'");
  await refused(['report', ''], "argument 'run'");
});

test('What is given for the folder of a run and is a file or a pipe is said to be none', async (t) => {
  const cwd = temporaryFolder(t);
  writeFileSync(join(cwd, 'file'), '');
  execFileSync('mkfifo', [join(cwd, 'pipe')]);
  for (const name of ['file', 'pipe']) {
    const {code, stderr} = await typed(['replay', name, '--objective', 'dpo'], {cwd});
    t.is(code, 1);
    t.is(stderr, `${name}: has no run.json, so it is no run's folder; runs lie under runs/\n`);
  }
});

test('The doctor says what a fleet is for: one without an objective makes pairs; one whose training is wrong is not taken for it', async (t) => {
  const cwd = temporaryFolder(t);
  const fleet = (more: string) =>
    writeFileSync(
      join(cwd, 'fleet.yaml'),
      `prompts: {demo: true, count: 8}
policy: {model: demo, format: plain, maxPromptTokens: 32, maxCompletionTokens: 32}
endpoints: {teacher: {demo: true}}
actors: {reviser: {endpoint: teacher, model: reviser}}
${more}`,
    );
  const line = async () => {
    const {stdout} = await typed(['doctor', 'fleet.yaml'], {cwd});
    return stdout.split('\n').find((each) => / fleet /.test(each));
  };
  fleet('');
  t.regex((await line()) ?? '', /^ok {4}fleet +fleet\.yaml is valid for `anchorage data make`; /);
  fleet('objective: {name: apo_zero, learningRate: 1.0e-5}\ntraining: {steps: 0}');
  t.regex((await line()) ?? '', /^FAILS fleet +fleet\.yaml/);
});
