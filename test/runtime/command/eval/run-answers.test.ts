import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {answerByEndpoint, answerByModel} from '../../../../runtime/command/eval/answering.js';
import {requirePrices} from '../../../../runtime/command/eval/endpoints.js';
import {evalCommand} from '../../../../runtime/command/eval/eval.js';
import type {EvalOptions} from '../../../../runtime/command/eval/eval-options.js';
import {evaluateAnswers} from '../../../../runtime/command/eval/evaluate.js';
import {inFolder} from '../../../../runtime/command/eval/finish.js';
import {runAnswers} from '../../../../runtime/command/eval/run-answers.js';
import {beginIn} from '../../../../runtime/command/eval/settings.js';
import {chosenSuite} from '../../../../runtime/command/eval/suite-options.js';
import type {Policy} from '../../../../runtime/command/offline/policy-options.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {holdRun} from '../../../../runtime/fleet/run/hold.js';
import {folderHold} from '../../../../runtime/fleet/run/hold-stores.js';
import {arithmetic} from '../../../../runtime/suites/arithmetic.js';
import type {AnswerOptions, AnswerSuite} from '../../../../runtime/suites/suite.js';
import {
  completion,
  html,
  modelList,
  type ScriptedReply,
  scriptedEndpoint,
} from '../../../helpers/scripted-endpoint.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const progress = {show: () => undefined, print: () => undefined, end: () => undefined};
const {signal} = new AbortController();

/** What is printed where that is typed. */
const linesOf = async (args: readonly string[]): Promise<string[]> => {
  const lines: string[] = [];
  await evaluated(args, (line) => lines.push(line));
  return lines;
};

/** Of a suite whose items are answered, as it is typed. */
const evaluated = (
  args: readonly string[],
  print: (line: string) => void = progress.print,
): Promise<boolean> => {
  const command = evalCommand().action(() => undefined);
  const options: EvalOptions = command.parse(args, {from: 'user'}).opts();
  const {suite, options: own} = chosenSuite(options.suite, {...options});
  return runAnswers(
    {options, progress: {...progress, print}, signal},
    suite as AnswerSuite,
    own as AnswerOptions,
  );
};

const scoreIn = (folder: string): unknown =>
  (JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as {score: {value: unknown}}).score.value;

test('A ceiling is refused where what it counts by has no price', (t) => {
  const price = {inputPerMillion: 0, outputPerMillion: 0};
  const endpoint = 'http://localhost:1/v1';
  t.throws(() => requirePrices({spendCeiling: 2, endpoint, judge: endpoint, judgePrice: price}), {
    instanceOf: TerminalError,
    message: '--spend-ceiling 2: counts by --price, which is missing; give it, 0,0 where it costs nothing',
  });
  t.throws(() => requirePrices({spendCeiling: 2, endpoint, price, judge: endpoint}), {
    instanceOf: TerminalError,
    message: /^--spend-ceiling 2: counts by --judge-price, /,
  });
  t.notThrows(() => requirePrices({spendCeiling: 2, endpoint, price, judge: endpoint, judgePrice: price}));
  t.notThrows(() => requirePrices({endpoint, judge: endpoint}));
});

const asked = (t: ExecutionContext) => {
  const folder = temporaryFolder(t);
  const responses = join(folder, 'responses.jsonl');
  const answer = (completion: string): void =>
    writeFileSync(responses, JSON.stringify({prompt: '1 + 1', completion}));
  answer('2');
  return {folder, answer, typed: ['--responses', responses, '--out', join(folder, 'out')]};
};

test('Grades of recorded answers are not taken for those of others in the same file', async (t) => {
  const {folder, answer, typed} = asked(t);
  writeFileSync(join(folder, 'gold.jsonl'), '{"prompt": "1 + 1", "answer": "2"}');
  const args = ['--suite', 'exact_match', '--file', join(folder, 'gold.jsonl'), ...typed];
  t.true(await evaluated(args));
  t.true(await evaluated(args));
  t.is(scoreIn(join(folder, 'out')), 1);
  answer('3');
  await t.throwsAsync(evaluated(args), {
    instanceOf: TerminalError,
    message: /^--out .*: holds an evaluation with another responses: /,
  });
});

test('A price is asked for before a judge is', async (t) => {
  const {folder, typed} = asked(t);
  writeFileSync(join(folder, 'gold.jsonl'), '{"prompt": "1 + 1", "answer": "2"}');
  const judge = ['--judge', 'http://127.0.0.1:9/v1', '--judge-model', 'm', '--spend-ceiling', '1'];
  const args = ['--suite', 'exact_match', '--file', join(folder, 'gold.jsonl'), ...typed, ...judge];
  await t.throwsAsync(evaluated(args), {message: /^--spend-ceiling 1: counts by --judge-price/});
});

test('Grades by a module are not taken for those by other code', async (t) => {
  const {folder, typed} = asked(t);
  const file = join(folder, 'own.mjs');
  const code = (score: number) =>
    `export const items = [{prompt: '1 + 1'}]; export const grade = () => ${score};`;
  writeFileSync(file, code(1));
  const args = ['--suite', 'module', '--file', file, ...typed];
  t.true(await evaluated(args));
  writeFileSync(file, code(0));
  await t.throwsAsync(evaluated(args), {
    instanceOf: TerminalError,
    message: /^--out .*: holds an evaluation with another code: /,
  });
});

test('Recorded answers to some of the turns alone are not judged', async (t) => {
  const suite: AnswerSuite = {
    kind: 'answers',
    options: arithmetic.options,
    describe: () => 'turns',
    items: async () => items,
    grade: async () => 1,
  };
  const items = ['a', 'b', 'c'].map((prompt) => ({prompt, followUps: ['And then?']}));
  const options = {suite: 'turns', maxCompletionTokens: 8};
  const found = await evaluateAnswers({suite, options, folder: temporaryFolder(t), progress, signal}, items, {
    open: () => Promise.reject(new Error('nobody is asked')),
    recorded: {items, answers: [['x', 'y'], ['x'], undefined]},
    judge: undefined,
    policy: 'recorded',
  });
  if (found.kind !== 'done') return t.fail('it went to its end');
  t.deepEqual(
    found.graded.map(({grade}) => grade.score ?? grade.unscored),
    [1, 'there is no recorded answer to each turn', 'there is no recorded answer'],
  );
});

test('Where a judge comes later, all answers are graded anew', async (t) => {
  const folder = temporaryFolder(t);
  await beginIn(folder, {suite: 'x', judge: null});
  for (const name of ['grades.jsonl', 'answers.jsonl']) writeFileSync(join(folder, name), '{}\n');
  await beginIn(folder, {suite: 'x', judge: null});
  t.true(existsSync(join(folder, 'grades.jsonl')));
  await beginIn(folder, {suite: 'x', judge: {model: 'm'}});
  t.false(existsSync(join(folder, 'grades.jsonl')));
  t.true(existsSync(join(folder, 'answers.jsonl')));
  writeFileSync(join(folder, 'grades.jsonl'), '{}\n');
  await beginIn(folder, {suite: 'x', judge: {model: 'm'}});
  t.true(existsSync(join(folder, 'grades.jsonl')));
});

test('What a folder is of is written by who holds it alone', async (t) => {
  const out = join(temporaryFolder(t), 'out');
  mkdirSync(out);
  const hold = await holdRun(folderHold(out), 'of another');
  await t.throwsAsync(
    inFolder({out}, {suite: 'x'}, async () => true),
    {instanceOf: TerminalError, message: /is held by process/},
  );
  t.false(existsSync(join(out, 'eval.json')));
  await hold.release();
});

test('Items of several temperatures share the endpoint’s concurrency', (t) => {
  const endpoint = {
    baseUrl: 'http://127.0.0.1:9/v1',
    model: 'm',
    apiKey: undefined,
    apiKeyEnv: undefined,
    endpointKey: '--endpoint',
    askingKey: '-',
    maxTokens: 8,
    timeoutMs: 1000,
    concurrency: 4,
  };
  const items = [{prompt: 'a', temperature: 0.7}, {prompt: 'b'}];
  const aheadAt = (temperature: number | undefined): number => {
    const how = {temperature, maxCompletionTokens: 8, seed: 0, signal};
    return answerByEndpoint(endpoint, items, how, {folder: 'unused', warn: () => undefined}).ahead;
  };
  t.is(aheadAt(undefined), 4);
  t.is(aheadAt(1), 8);
});

test('Several turns are refused before anything is answered where texts are joined as they are', async (t) => {
  const policy = {format: 'plain', model: {config: {maxPositions: 64}, tokenizer: {encode: () => [1]}}};
  const items = [{prompt: 'One.'}, {prompt: 'One.', followUps: ['Two.']}];
  const sampled = {temperature: 0, maxCompletionTokens: 8, seed: 0, signal};
  await t.throwsAsync(
    answerByModel(policy as unknown as Policy, items, sampled, {batch: 1, print: () => undefined}),
    {
      instanceOf: TerminalError,
      message:
        /^item 2: has several turns, which need the chat template: leave --plain out, or add chat_template/,
    },
  );
});

test('Without a judge it is said at once that nothing will have a score', async (t) => {
  const {folder, typed} = asked(t);
  const file = join(folder, 'question.jsonl');
  writeFileSync(file, '{"question_id": 1, "category": "writing", "turns": ["1 + 1"]}');
  const lines = await linesOf(['--suite', 'mt_bench', '--file', file, ...typed]);
  t.regex(lines[1] ?? '', /^note {7}there is no judge: answers are kept, and have no score until/);
});

test('What is answered and waits for its grade is in the line of progress', async (t) => {
  const lines: string[] = [];
  const items = [{prompt: 'a'}];
  const suite: AnswerSuite = {
    kind: 'answers',
    options: arithmetic.options,
    describe: () => 'waits',
    items: async () => items,
    grade: async () => 1,
  };
  const shown = {...progress, show: (line: string) => lines.push(line)};
  const options = {suite: 'waits', maxCompletionTokens: 8};
  await evaluateAnswers({suite, options, folder: temporaryFolder(t), progress: shown, signal}, items, {
    open: async () => ({
      ahead: 1,
      answer: async () => ({kind: 'answered', answers: ['x'], finishReasons: ['stop']}),
      pace: () => '9 tokens a second',
      dispose: async () => undefined,
    }),
    recorded: undefined,
    judge: undefined,
    policy: 'p',
  });
  t.deepEqual(lines, [
    'answered and graded 0 of 1; 9 tokens a second',
    'answered and graded 0 of 1, 1 more are answered; 9 tokens a second',
    'answered and graded 1 of 1; 9 tokens a second',
  ]);
});

/** Thirty answers that were given elsewhere, to be judged. */
const judged = (t: ExecutionContext) => {
  const cwd = temporaryFolder(t);
  const rows = Array.from({length: 30}, (_, at) => ({prompt: `What is ${at}?`, answer: `${at}`}));
  writeFileSync(join(cwd, 'gold.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  const given = rows.map(({prompt, answer}) => JSON.stringify({prompt, completion: answer}));
  writeFileSync(join(cwd, 'given.jsonl'), given.join('\n'));
  const from = [
    '--file',
    join(cwd, 'gold.jsonl'),
    '--match',
    'judged',
    '--responses',
    join(cwd, 'given.jsonl'),
  ];
  const folder = join(cwd, 'out');
  return {folder, args: ['--suite', 'gold_answers', ...from, '--out', folder, '--judge-model', 'gpt']};
};
const judgeSaying = async (t: ExecutionContext, say: (posts: number) => ScriptedReply) => {
  const posted = () => requests.filter(({method}) => method === 'POST');
  const {baseUrl, requests} = await scriptedEndpoint(t, ({method}) =>
    method === 'GET' ? modelList('gpt') : say(posted().length),
  );
  return {url: ['--judge', baseUrl], posted};
};

test('A judge that cannot be read is given up before all is paid, and may be asked in another form in the same folder', async (t) => {
  const {folder, args} = judged(t);
  const {url, posted} = await judgeSaying(t, () => completion('1.0'));
  const typed = [...args, ...url, '--judge-concurrency', '1'];
  await t.throwsAsync(evaluated(typed), {
    instanceOf: TerminalError,
    message:
      /^none of the first 16 verdicts of gpt can be read: 16 × the judge cannot be read; the last one begins: 1\.0; ask for less \(--judge-form plain, /,
  });
  // Two tries each, of those that came before and of one that was under way.
  t.true(posted().length <= 36, String(posted().length));
  t.false(existsSync(join(folder, 'result.json')));
  t.true(await evaluated([...typed, '--judge-form', 'plain']));
  t.is(scoreIn(folder), 1);
  t.regex(posted().at(-1)?.body?.messages.at(-1)?.content ?? '', /Answer with the score and nothing else/);
  await t.throwsAsync(evaluated(typed), {message: /holds an evaluation with another judge: .*plain.* there/});
});

test('A judge is held to JSON where that is asked for, and read as before where its endpoint knows no such thing', async (t) => {
  const {folder, args} = judged(t);
  const held = await judgeSaying(t, () => completion('{"score": 0.5}'));
  t.true(await evaluated([...args, ...held.url, '--judge-structured', '--judge-form', 'plain']));
  t.is(scoreIn(folder), 0.5);
  t.like(held.posted()[0]?.body?.response_format, {type: 'json_schema', json_schema: {name: 'score'}});
  const other = judged(t);
  const {url} = await judgeSaying(t, () => completion('Score: 0.5'));
  t.true(await evaluated([...other.args, ...url, '--judge-structured', '--judge-form', 'plain']));
  t.is(scoreIn(other.folder), 0.5);
});

test('Verdicts that are cut are said with what to raise, and are asked for again where that is raised', async (t) => {
  const {folder, args} = judged(t);
  let isCut = true;
  const {url, posted} = await judgeSaying(t, (posts) =>
    isCut && posts > 20 ? completion('It says the', 'length') : completion('[[1.0]]'),
  );
  const typed = [...args, ...url, '--judge-concurrency', '1'];
  const lines: string[] = [];
  t.true(await evaluated(typed, (line) => lines.push(line)));
  t.regex(
    lines.join('\n'),
    /^not scored +10: the judge's answer is cut; raise --judge-max-tokens, or ask for less \(--judge-form plain/m,
  );
  t.is(posted().length, 30);
  isCut = false;
  t.true(await evaluated([...typed, '--judge-max-tokens', '2048']));
  t.is(posted().length, 40);
  const {unscored} = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as {unscored: object};
  t.deepEqual(unscored, {});
});

test('A judge behind a page, that says nothing or without end, or nothing in time is one line, and the same command goes on', async (t) => {
  const giant: ScriptedReply = completion('x'.repeat(40 * 2 ** 20));
  const cases: readonly (readonly [ScriptedReply, RegExp])[] = [
    [html, /^endpoint .*, model gpt: .*; correct --judge, which usually ends in \/v1$/],
    [
      completion(''),
      /^none of the first 16 verdicts of gpt can be read: 16 × the judge's answer is empty; raise/,
    ],
    [giant, /^none of the first 16 verdicts of gpt can be read|^endpoint .* is over \d+ MiB/],
    [{kind: 'hang'}, /^endpoint .*, model gpt: no answer .*, raise --judge-timeout-ms, or correct --judge$/],
  ];
  await Promise.all(
    cases.map(async ([reply, message]) => {
      const {folder, args} = judged(t);
      let isWell = false;
      const {url} = await judgeSaying(t, () => (isWell ? completion('[[1.0]]') : reply));
      const typed = [...args, ...url, '--judge-timeout-ms', reply.kind === 'hang' ? '50' : '60000'];
      const error = await t.throwsAsync(evaluated(typed), {instanceOf: TerminalError, message});
      t.notRegex(error?.message ?? '', /\n/);
      t.true((error?.message.length ?? 0) < 1000);
      isWell = true;
      t.true(await evaluated([...typed, '--judge-timeout-ms', '60000']));
      t.is(scoreIn(folder), 1);
    }),
  );
});
