/** `anchorage data describe` and `rejected`, as they are typed. */
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {makePrompts, readPrompt, solve, writeAnswer} from '../../../../runtime/demo/task.js';
import {demoPolicyFolder} from '../../../../runtime/fleet/file/load.js';
import {type FleetFolder, openFleetFolder} from '../../../helpers/fleet-folder.js';
import {runFolderOf} from '../../../helpers/run-folder.js';
import {temporaryFile} from '../../../helpers/temporary.js';
import {typed} from '../../../helpers/typed.js';

const judge = `dataset: judge_on_policy
prompts: {demo: true, count: 8}
policy: {model: demo, format: plain, maxPromptTokens: 32, maxCompletionTokens: 32}
endpoints: {teacher: {demo: true}}
actors:
  judge: {endpoint: teacher, model: judge}
`;
const prompts = makePrompts({split: 'train', count: 30, seed: 3});
/** Pairs whose chosen answers are right, or worse than any policy's. */
const better = prompts.map((prompt) => ({
  prompt,
  chosen: writeAnswer((readPrompt(prompt) ?? []).map(solve), 'commas'),
  rejected: '1.',
}));
const worse = prompts.map((prompt) => ({prompt, chosen: '0,0,0,0.', rejected: '1.'}));

const folders: FleetFolder[] = [];
test.after.always(() => Promise.all(folders.map((folder) => folder.remove())));

const describe = async (t: ExecutionContext, pairs: readonly object[], ...more: string[]) => {
  const folder = openFleetFolder();
  folders.push(folder);
  writeFileSync(join(folder.path, 'judge.yaml'), judge);
  writeFileSync(join(folder.path, 'pairs.jsonl'), pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
  const {ended} = await folder.anchorage(['data', 'describe', 'pairs.jsonl', '--json', ...more]);
  const {stdout, stderr, code} = await ended;
  t.is(stderr, '');
  t.is(code, 0);
  t.deepEqual(folder.processes(), []);
  return JSON.parse(stdout);
};

test('Pairs that a judge puts above the policy’s own answers want apo_zero, and those below them apo_down', async (t) => {
  const options = ['--judge', 'judge.yaml', '--comparisons', '20'];
  const [up, down] = await Promise.all([describe(t, better, ...options), describe(t, worse, ...options)]);
  t.like(up.anchor, {objective: 'apo_zero', evidence: 'comparisons'});
  t.is(up.anchor.winners.trials + up.anchor.undecided, 20);
  t.like(down.anchor, {objective: 'apo_down', evidence: 'comparisons'});
});

test('Scores that were recorded tell the same for nothing, of the policy that is named', async (t) => {
  const rows = ['a', 'b', 'c', 'd', 'e', 'f'].map((instruction) => ({
    instruction,
    ...{output_1: `good ${instruction}`, generator_1: 'strong'},
    ...{output_2: `bad ${instruction}`, generator_2: 'weak', preference: 1.1},
  }));
  const place = temporaryFile(t, 'annotations.json', JSON.stringify(rows));
  const pairs = rows.map(({instruction, output_1, output_2}) => ({
    prompt: instruction,
    chosen: output_1,
    rejected: output_2,
  }));
  const better = await describe(t, pairs, '--recorded', place, '--policy', 'weak');
  t.like(better.anchor, {objective: 'apo_zero', evidence: 'comparisons', winners: {trials: 6, share: 1}});
  const swapped = pairs.map((pair) => ({...pair, chosen: pair.rejected, rejected: pair.chosen}));
  const worse = await describe(t, swapped, '--recorded', place, '--policy', 'strong');
  t.like(worse.anchor, {objective: 'apo_down', winners: {trials: 6, share: 0}});
});

test('Under a model, a file has its tokens, its log-probabilities, and rewards where the reference is known', async (t) => {
  const reference = {reference_chosen_logps: -10, reference_rejected_logps: -20};
  const pairs = [
    ...better.map((pair) => ({...pair, source: 'revision', ...reference})),
    {prompt: 'p', chosen: ' ', rejected: 'r'},
  ];
  const described = await describe(t, pairs, '--model', demoPolicyFolder, '--sample', '8', '--beta', '0.5');
  t.like(described, {pairs: 30, unit: 'tokens', rejections: null, refused: {'chosen is empty': 1}});
  const {model, likelihood} = described;
  t.is(model.pairs, 8);
  t.deepEqual(likelihood, {pairs: 30, chosen_logps: -10, rejected_logps: -20, chosen_likelier: 1});
  t.true(Math.abs(model.rewards.chosen - 0.5 * (model.chosen_logps + 10)) < 1e-9);
  t.true(Math.abs(model.rewards.rejected - 0.5 * (model.rejected_logps + 20)) < 1e-9);
});

test('Of a run, its own tokens are scored, of an answer that was cut without an end token; of tokens that are another model’s no reward is said', async (t) => {
  // log π of transformers, over the very tokens.
  const [chosen, rejected] = [-23.748941, -9.79605];
  const row = {
    ...{prompt: '12+34=', chosen: '46', rejected: '4', source: 'revision'},
    ...{reference_chosen_logps: chosen, reference_rejected_logps: rejected},
    ...{prompt_token_ids: [4, 5, 14, 6, 7, 20], chosen_token_ids: [7, 9], rejected_token_ids: [7]},
  };
  const foreign = {...row, prompt_token_ids: [14, 15, 24, 16, 17, 30]};
  const {model} = await describe(t, [row, foreign], '--model', demoPolicyFolder, '--plain');
  t.is(model.pairs, 2);
  t.is(model.rewards.pairs, 1);
  t.true(Math.abs(model.rewards.chosen) < 1e-5 && Math.abs(model.rewards.rejected) < 1e-5);
  // The other one is of its text, which ends.
  t.true(Math.abs(model.chosen_logps - (chosen - 37.933213) / 2) < 1e-3, `${model.chosen_logps}`);
});

test('A data folder is described by the split that is named, and a run has none', async (t) => {
  const folder = openFleetFolder();
  folders.push(folder);
  const data = join(folder.path, 'pairs');
  mkdirSync(data);
  const lines = (pairs: readonly object[]) => pairs.map((pair) => `${JSON.stringify(pair)}\n`).join('');
  writeFileSync(join(data, 'train.jsonl'), lines(better));
  writeFileSync(join(data, 'test.jsonl'), lines(worse.slice(0, 5)));
  const said = (...args: string[]) => typed(['data', 'describe', ...args], {cwd: folder.path});
  const {stdout} = await said('pairs', '--split', 'test', '--html', 'page.html', '--json');
  t.is(JSON.parse(stdout).pairs, 5);
  t.is(readFileSync(join(folder.path, 'page.html'), 'utf8').match(/\bline \d+\b/g)?.length, 5);
  t.regex((await said('pairs')).stderr, /^pairs: has the splits "test", "train"; name one by --split\n$/);
  const run = await runFolderOf(t, {info: {run: 'first'}, pairs: []});
  t.regex((await said(run, '--split', 'train')).stderr, /^--split train: .* is a run, which has no splits; /);
  t.regex((await said('pairs', '--html', '/proc/page.html')).stderr, /^--html \/proc\/page\.html: /);
});

test('Reasons of a run come with their share, what they mean, examples and a remedy, the commonest first; a pair is none', async (t) => {
  const told = {actor: 'filter', detail: 'chosen and rejected are the same 2 characters'};
  const run = await runFolderOf(t, {
    info: {run: 'first'},
    fleet: {actors: {reviser: {form: 'plain', structured: false}}},
    pairs: [{prompt_id: '0', prompt: 'p', chosen: 'c', rejected: 'r', source: 'revision'}],
    rejections: [
      {prompt_id: '0', ...told, reason: 'length', prompt: 'a pair all the same'},
      {prompt_id: '1', ...told, reason: 'unchanged', prompt: 'p1', completion: 'ab', reply: 'ab'},
      {prompt_id: '1', ...told, reason: 'unchanged', prompt: 'said again'},
      {
        prompt_id: '2',
        ...told,
        actor: 'reviser',
        detail: 'no line begins with {corrected_student_solution}',
        reason: 'format',
        prompt: 'p2',
        completion: 'x',
        reply: '\u001b[2Jno',
      },
      {prompt_id: '3', ...told, reason: 'unchanged', prompt: 'p3', prompt_line: 7},
    ],
  });
  const folder = openFleetFolder();
  folders.push(folder);
  const said = (...more: string[]) => typed(['data', 'rejected', run, ...more], {cwd: folder.path});
  const {stdout, code} = await said();
  t.is(code, 0);
  t.regex(stdout, /^unchanged: 2 prompts, 50\.0 %\n {2}the reviser sent .*\n {2}what to do: give prompts /);
  t.regex(stdout, /2\. by the filter, line 7 of the prompts: chosen and rejected/);
  t.regex(stdout, /^format: 1 prompts, 25\.0 %$/m);
  t.regex(stdout, /^ {2}what to do: ask for less \(actors\.reviser\.structured: true where /m);
  t.false(stdout.includes('said again') || stdout.includes('\u001b'));
  t.regex(stdout, /prompt {2}p1\n {5}answer {2}ab\n {5}reply {3}ab\n/);
  const described = await typed(['data', 'describe', run], {cwd: folder.path});
  t.regex(
    described.stdout,
    /^Rejected: unchanged +2 prompts \(50\.0 %\): .*\nRejected: format +1 prompts \(25\.0 %\): /m,
  );
  t.false(described.stdout.includes('Rejected: length'));
  const {reasons} = JSON.parse((await said('--json', '--reason', 'format')).stdout);
  t.like(reasons, [{reason: 'format', prompts: 1, share: 0.25}]);
  t.regex(
    (await said('--reason', 'length')).stderr,
    /no prompt of the run was rejected for it; there are unchanged, format/,
  );
});
