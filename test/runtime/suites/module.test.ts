import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import test from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {module} from '../../../runtime/suites/module.js';
import {temporaryFile, temporaryFolder} from '../../helpers/temporary.js';

const suiteOf = (file: string) => module.options.parse({suite: 'module', file});
const grading = {answers: ['x'], judge: undefined, policy: 'p'};

test('A user’s own module gives items and grades them', async (t) => {
  const options = suiteOf(
    temporaryFile(
      t,
      'own.mjs',
      `export const items = async () => [{prompt: 'Say hi', want: 'hi'}, {prompt: 'Say no', want: 'no', weight: 2}];
export const grade = ({want}, answer) => (answer === want ? 1 : {score: 0.25, details: {want}});`,
    ),
  );
  const [first, second] = await module.items(options);
  if (first === undefined || second === undefined) return t.fail('there are two items');
  t.is(second.weight, 2);
  t.is(await module.grade(first, 'hi', grading, options), 1);
  t.deepEqual(await module.grade(second, 'hi', grading, options), {score: 0.25, details: {want: 'no'}});
});

test('What is wrong with a module is said with its name', async (t) => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['export const items = [{prompt: "a"}];', /own\.mjs: exports no function grade/],
    ['export const grade = () => 1;', /own\.mjs: exports no items/],
    ['export const items = []; export const grade = () => 1;', /own\.mjs: items: is no list of items/],
    ['export const items = [{}]; export const grade = () => 1;', /own\.mjs: items: 1: prompt/],
    [
      'export const items = () => { throw new Error("no net"); }; export const grade = () => 1;',
      /own\.mjs: items: no net/,
    ],
    ['export const items = [', /own\.mjs: the module: /],
  ];
  for (const [text, message] of refusals)
    await t.throwsAsync(module.items(suiteOf(temporaryFile(t, 'own.mjs', text))), {
      instanceOf: TerminalError,
      message,
    });
  await t.throwsAsync(module.items(suiteOf('nowhere.mjs')), {message: 'nowhere.mjs: no such file'});
  const pipe = join(temporaryFolder(t), 'pipe.mjs');
  execFileSync('mkfifo', [pipe]);
  await t.throwsAsync(module.items(suiteOf(pipe)), {message: /pipe\.mjs: is a pipe or a device; /});
  const options = suiteOf(
    temporaryFile(t, 'own.mjs', 'export const items = [{prompt: "a"}]; export const grade = () => "good";'),
  );
  const [item] = await module.items(options);
  if (item === undefined) return t.fail('there is an item');
  await t.throwsAsync(async () => module.grade(item, 'x', grading, options), {
    message: /grade: gave "good"; it gives a number/,
  });
});
