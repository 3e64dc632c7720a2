import {appendFileSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import * as z from 'zod';
import {openAccount} from '../../../../runtime/command/eval/account.js';
import {openJournal} from '../../../../runtime/command/eval/journal.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const schema = z.object({answer: z.string()});

test('Half a line, as a kill leaves it, is taken away, and the whole ones are known', async (t) => {
  const path = join(temporaryFolder(t), 'answers.jsonl');
  const first = await openJournal(path, schema);
  await first.add(3, {answer: 'naïve'});
  await first.close();
  appendFileSync(path, '{"item":4,"answ');
  const second = await openJournal(path, schema);
  t.deepEqual([...second.known], [[3, {answer: 'naïve'}]]);
  await second.add(4, {answer: 'b'});
  await second.add(3, {answer: 'c'});
  await second.close();
  const third = await openJournal(path, schema);
  t.deepEqual(Object.fromEntries(third.known), {3: {answer: 'c'}, 4: {answer: 'b'}});
  await third.close();
});

test('A whole line of something else is named', async (t) => {
  const path = join(temporaryFolder(t), 'answers.jsonl');
  appendFileSync(path, '{"item":4,"answer":"a"}\n{"item":"x"}\n');
  await t.throwsAsync(openJournal(path, schema), {
    instanceOf: TerminalError,
    message: /answers\.jsonl:2: is no line/,
  });
});

const limits = {price: {inputPerMillion: 1e6, outputPerMillion: 1e6}};
const question = {characters: 4, maxTokens: 1};
const used = {requests: 1, characters: 4, promptTokens: 2, completionTokens: 1, cost: 3};

test('What was spent is known again, and a request that was open at a kill counts by its estimate', async (t) => {
  const path = join(temporaryFolder(t), 'requests.jsonl');
  const signal = new AbortController().signal;
  const budget = openAccount(path, {ceiling: undefined, setBy: '--spend-ceiling'}).budgetOf('judge', limits);
  (await budget.claim(question, signal)).settle(used);
  (await budget.claim(question, signal)).settle(undefined);
  const open = await budget.claim(question, signal);
  const {cost, requests} = openAccount(path, {ceiling: undefined, setBy: '--spend-ceiling'}).spent();
  t.is(requests, 2);
  t.is(cost, 3 + open.estimate.cost);
  appendFileSync(path, '{"request":');
  t.is(openAccount(path, {ceiling: undefined, setBy: '--spend-ceiling'}).spent().cost, cost);
  t.true(readFileSync(path, 'utf8').endsWith('\n'));
});

test('At the ceiling a request is refused with what to do', async (t) => {
  const path = join(temporaryFolder(t), 'requests.jsonl');
  const budget = openAccount(path, {ceiling: 20, setBy: '--spend-ceiling'}).budgetOf('judge', limits);
  const signal = new AbortController().signal;
  (await budget.claim(question, signal)).settle({...used, cost: 19});
  await t.throwsAsync(budget.claim(question, signal), {
    instanceOf: TerminalError,
    message: /^--spend-ceiling 20: is reached, with 19\.00 spent; raise it/,
  });
});
