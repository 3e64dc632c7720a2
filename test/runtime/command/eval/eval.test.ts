/** `anchorage eval` as a process, against endpoints that are played and a tiny model. */
import {once} from 'node:events';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import * as z from 'zod';
import {goldenPath} from '../../../helpers/goldens.js';
import {anchorage, startNode} from '../../../helpers/process.js';
import {
  completion,
  modelList,
  type SeenRequest,
  scriptedEndpoint,
} from '../../../helpers/scripted-endpoint.js';
import {temporaryFolder} from '../../../helpers/temporary.js';
import {typed} from '../../../helpers/typed.js';

const resultSchema = z.looseObject({
  score: z.looseObject({value: z.number()}).nullable(),
  metrics: z.record(z.string(), z.looseObject({value: z.number(), low: z.number(), high: z.number()})),
  unscored: z.record(z.string(), z.number()),
});
const resultIn = (folder: string) =>
  resultSchema.parse(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')));
const itemsIn = (folder: string): Record<string, unknown>[] =>
  readFileSync(join(folder, 'items.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line)));

const questions = Array.from({length: 6}, (_, at) => ({
  prompt: `What is ${at} + 1?`,
  answer: String(at + 1),
}));
const goldFile = (t: ExecutionContext): {readonly cwd: string; readonly file: string} => {
  const cwd = temporaryFolder(t);
  writeFileSync(join(cwd, 'gold.jsonl'), questions.map((each) => JSON.stringify(each)).join('\n'));
  return {cwd, file: 'gold.jsonl'};
};
const asked = ({body}: SeenRequest): string => body?.messages.at(-1)?.content ?? '';
/** Adds one, and gets the last question wrong. */
const sum = (request: SeenRequest): string => {
  const number = Number(/What is (\d+)/.exec(asked(request))?.[1]);
  return number === 5 ? '7' : String(number + 1);
};

test('A model behind an endpoint is scored, with an interval, each item, and what it took', async (t) => {
  const {cwd, file} = goldFile(t);
  const {baseUrl, requests} = await scriptedEndpoint(t, (request) =>
    request.method === 'GET' ? modelList('adder') : completion(`It is ${sum(request)}.`),
  );
  const args = ['eval', '--suite', 'gold_answers', '--file', file, '--match', 'numeric', '--out', 'out'];
  const policy = ['--endpoint', baseUrl, '--model', 'adder', '--price', '1,2'];
  const {code, stdout, stderr} = await anchorage(t, [...args, ...policy], {cwd});
  t.is(code, 0, stderr);
  const result = resultIn(join(cwd, 'out'));
  t.is(result.metrics.score?.value, 5 / 6);
  t.like(result, {usage: {requests: 6, promptTokens: 66, completionTokens: 42}});
  t.regex(stdout, /score +0\.8333 \(0\.4365 to 0\.9699; 6 items\)/);
  t.like(itemsIn(join(cwd, 'out'))[5], {item: 5, prompt: 'What is 5 + 1?', score: 0, answers: ['It is 7.']});
  const before = requests.filter(({method}) => method === 'POST').length;
  t.is(before, 6);
  const again = await typed([...args, ...policy], {cwd});
  t.is(again.code, 0, again.stderr);
  t.is(requests.filter(({method}) => method === 'POST').length, before);
  const other = await typed([...args, '--endpoint', baseUrl, '--model', 'other'], {cwd});
  t.is(other.code, 1);
  t.regex(
    other.stderr,
    /^--out out: holds an evaluation with another model: .*adder.* there, .*other.* now; give another folder\n$/,
  );
});

test('Killed at any moment, the same command goes on: what was answered is not asked again', async (t) => {
  const {cwd, file} = goldFile(t);
  let hangs = true;
  const {baseUrl, requests} = await scriptedEndpoint(t, (request) => {
    if (request.method === 'GET') return modelList('adder');
    const posts = requests.filter(({method}) => method === 'POST').length;
    return hangs && posts > 3 ? {kind: 'hang'} : completion(sum(request));
  });
  const args = ['eval', '--suite', 'gold_answers', '--file', file, '--out', 'out', '--endpoint', baseUrl];
  const all = [...args, '--model', 'adder', '--concurrency', '1'];
  const child = startNode(t, 'runtime/command/main.js', all, {cwd});
  const journal = join(cwd, 'out', 'answers.jsonl');
  const answers = () => (existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 1 : 0);
  while (answers() < 3) await sleep(10);
  child.kill('SIGKILL');
  await once(child, 'close');
  t.false(existsSync(join(cwd, 'out', 'result.json')));
  hangs = false;
  const {code, stderr} = await anchorage(t, all, {cwd});
  t.is(code, 0, stderr);
  t.is(resultIn(join(cwd, 'out')).metrics.score?.value, 5 / 6);
  const counts = questions.map(({prompt}) => requests.filter((each) => asked(each) === prompt).length);
  // One was under way at the kill, at most.
  t.true(counts.filter((count) => count === 1).length >= 5, counts.join());
  t.true(
    counts.every((count) => count === 1 || count === 2),
    counts.join(),
  );
});

const mixEval = (t: ExecutionContext): string => {
  const cwd = temporaryFolder(t);
  mkdirSync(join(cwd, 'data'));
  const free = {
    problem_type: 'free-form',
    context: null,
    prompt: 'Who?',
    target: ['Ann'],
    benchmark_name: 'TriviaQA',
  };
  const choice = {
    problem_type: 'multiple-choice',
    context: null,
    prompt: 'Which?',
    options: ['x', 'y'],
    target: [1],
    benchmark_name: 'MMLU',
  };
  writeFileSync(
    join(cwd, 'data', 'free-form.json'),
    JSON.stringify({'0': free, '1': free, '2': {...free, prompt: 'Whose?'}}),
  );
  writeFileSync(join(cwd, 'data', 'multiple-choice.json'), JSON.stringify({'0': choice, '1': choice}));
  const answered = [
    ...['0', '1', '2'].map((id) => ({
      ...free,
      prompt: id === '2' ? 'Whose?' : 'Who?',
      id,
      response: 'Ann, I think.',
    })),
    ...['0', '1'].map((id) => ({...choice, id, response: 'The answer is B.'})),
  ];
  writeFileSync(join(cwd, 'responses.jsonl'), answered.map((each) => JSON.stringify(each)).join('\n'));
  return cwd;
};

test('MixEval’s stored answers are judged once each, and a blocked judge leaves no score', async (t) => {
  const cwd = mixEval(t);
  const {baseUrl, requests} = await scriptedEndpoint(t, (request) => {
    if (request.method === 'GET') return modelList('judge');
    const question = asked(request);
    if (question.includes('Whose?')) return completion(null, 'content_filter');
    return completion(question.includes('Right answers') ? 'Agrees. [[0.9]]' : 'It says B. [[B]]');
  });
  const args = [
    'eval',
    '--suite',
    'mixeval',
    '--data',
    'data',
    '--responses',
    'responses.jsonl',
    '--out',
    'out',
  ];
  const rule = await typed(args, {cwd});
  t.is(rule.code, 0, rule.stderr);
  const first = resultIn(join(cwd, 'out'));
  t.is(first.metrics.multiple_choice?.value, 1);
  t.is(first.score, null);
  t.deepEqual(first.unscored, {'free-form: there is no judge': 3});
  // A judge may come later; then it reads what a rule read, too.
  const {code, stderr} = await anchorage(t, [...args, '--judge', baseUrl, '--judge-model', 'judge'], {cwd});
  t.is(code, 0, stderr);
  const result = resultIn(join(cwd, 'out'));
  t.is(result.metrics.free_form?.value, 0.9);
  t.is(result.metrics.overall?.value, 0.95);
  t.deepEqual(result.unscored, {'the judge was blocked': 1});
  t.is(requests.filter((each) => asked(each).includes('Who?')).length, 1);
});

test('A model in this process answers, and its log-probabilities choose', async (t) => {
  const {cwd, file} = goldFile(t);
  const model = ['--model', goldenPath('llama'), '--backend', 'eager'];
  const answers = await anchorage(
    t,
    [
      'eval',
      '--suite',
      'gold_answers',
      '--file',
      file,
      '--max-completion-tokens',
      '4',
      '--out',
      'answers',
      ...model,
    ],
    {cwd},
  );
  t.is(answers.code, 0, answers.stderr);
  t.is(itemsIn(join(cwd, 'answers')).length, 6);
  const rows = questions.map(({prompt}) => ({
    question: prompt,
    choices: ['one', 'two more', 'three'],
    answer: 1,
  }));
  writeFileSync(join(cwd, 'choices.jsonl'), rows.map((each) => JSON.stringify(each)).join('\n'));
  const chosen = await anchorage(
    t,
    ['eval', '--suite', 'multiple_choice', '--file', 'choices.jsonl', '--out', 'choices', ...model],
    {cwd},
  );
  t.is(chosen.code, 0, chosen.stderr);
  const {metrics} = resultIn(join(cwd, 'choices'));
  t.deepEqual(Object.keys(metrics), ['acc', 'acc_norm']);
});

test('Annotations of AlpacaEval are scored and written again', async (t) => {
  const cwd = temporaryFolder(t);
  const rows = Array.from({length: 30}, (_, at) => ({
    instruction: `Say ${at}`,
    output_1: 'x'.repeat(50 + at),
    generator_1: 'baseline',
    output_2: 'y'.repeat(80 - at),
    generator_2: 'mine',
    preference: 1 + (at % 4) / 4,
  }));
  writeFileSync(join(cwd, 'annotations.json'), JSON.stringify(rows));
  const args = ['eval', '--suite', 'alpaca_eval', '--annotations', 'annotations.json', '--out', 'out'];
  const {code, stdout, stderr} = await anchorage(t, args, {cwd});
  t.is(code, 0, stderr);
  t.regex(stdout, /^win_rate +35\.83 /m);
  t.regex(stdout, /^weights\.bias +-0\.5309$/m);
  const written = JSON.parse(readFileSync(join(cwd, 'out', 'annotations.json'), 'utf8')) as object[];
  t.is(written.length, 30);
});

test('What is wrong is said in one line that names it, and ends with 1', async (t) => {
  const {cwd, file} = goldFile(t);
  writeFileSync(join(cwd, 'torn.jsonl'), '{"prompt": "a", "answer": "b"}\n{"prompt": ');
  mkdirSync(join(cwd, 'full'));
  writeFileSync(join(cwd, 'full', 'mine.txt'), 'mine');
  const gold = ['--suite', 'gold_answers', '--file', file, '--out', 'out'];
  const model = ['--model', goldenPath('llama')];
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [gold, /^suite gold_answers: give --model with a folder/],
    [
      ['--suite', 'gold_answers', '--file', 'torn.jsonl', '--out', 'out', ...model],
      /^torn\.jsonl:2: not JSON/,
    ],
    [
      ['--suite', 'gold_answers', '--file', file, '--out', 'full', ...model],
      /^--out full: holds mine\.txt and no evaluation/,
    ],
    [[...gold, '--model', 'nowhere'], /^nowhere: no such folder/],
    [[...gold, '--responses', 'torn.jsonl', ...model], /^--model .*: answers that were given elsewhere/],
    [
      [...gold, '--model', 'm', '--endpoint', 'http://127.0.0.1:9/v1'],
      /^endpoint http:\/\/127\.0\.0\.1:9\/v1, model m: .*; start it, or correct --endpoint/,
    ],
    [[...gold, '--judge', 'http://127.0.0.1:9/v1', ...model], /^--judge http.*: give --judge-model/],
    [
      [
        '--suite',
        'perplexity',
        '--file',
        file,
        '--out',
        'out',
        '--endpoint',
        'http://127.0.0.1:9/v1',
        '--model',
        'm',
      ],
      /^--endpoint http:\S+: suite perplexity measures log-probabilities/,
    ],
  ];
  for (const [at, [args, message]] of refusals.entries()) {
    const own = args.map((each) => (each === 'out' ? `out-${at}` : each));
    const {code, stderr} = await typed(['eval', ...own], {cwd});
    t.is(code, 1, args.join(' '));
    t.regex(stderr, message);
    t.is(stderr.trim().split('\n').length, 1, stderr);
  }
});
