/** The account of what models are asked: estimates, rates and ceilings. */
import test from 'ava';
import {
  type Account,
  type Ceilings,
  claimIn,
  costOf,
  type EndpointLimits,
  emptyAccount,
  estimateOf,
  settleIn,
  spentIn,
  takeOver,
  type Use,
} from '../../../runtime/endpoints/usage.js';

const question = {endpoint: 'teacher', characters: 400, maxTokens: 1000};
const price = {inputPerMillion: 10, outputPerMillion: 30};
const unlimited: Ceilings = {run: undefined, actor: undefined};

const claim = (
  account: Account,
  {
    process = 'reviser-0',
    limits = {},
    ceilings = unlimited,
    nowMs = 0,
  }: {process?: string; limits?: EndpointLimits; ceilings?: Ceilings; nowMs?: number} = {},
) => claimIn(account, process, question, {limits, ceilings, nowMs});
const used = (promptTokens: number, completionTokens: number): Use => ({
  requests: 1,
  characters: question.characters,
  promptTokens,
  completionTokens,
  cost: costOf({promptTokens, completionTokens}, price),
});

test('Tokens cost by the million, those of the question and of the answer by their own price', (t) => {
  t.is(costOf({promptTokens: 653, completionTokens: 667}, price), 0.02654);
  t.is(costOf({promptTokens: 653, completionTokens: 667}, undefined), 0);
});

test('An estimate begins at four characters a token, and comes to what requests of the actor took', (t) => {
  const account = emptyAccount();
  t.like(estimateOf(account, 'reviser-0', question, price), {promptTokens: 108, completionTokens: 108});
  for (let answer = 0; answer < 200; answer += 1) {
    const granted = claim(account, {process: `reviser-${answer % 2}`});
    if (granted.kind !== 'granted') return t.fail(granted.kind);
    settleIn(
      account,
      `reviser-${answer % 2}`,
      {question, estimate: granted.estimate, used: used(200, 50)},
      {},
    );
  }
  const {promptTokens, completionTokens} = estimateOf(account, 'reviser-7', question, price);
  t.true(Math.abs(promptTokens - 200) <= 1 && Math.abs(completionTokens - 50) <= 1);
  t.like(estimateOf(account, 'reviser-7', {...question, maxTokens: 20}, price), {completionTokens: 20});
  // Another actor asks otherwise.
  t.like(estimateOf(account, 'judge-0', question, price), {promptTokens: 108, completionTokens: 108});
});

test('What is sent in any minute keeps to both limits, by whichever processes, and comes near to them', (t) => {
  for (const limits of [{requestsPerMinute: 600}, {tokensPerMinute: 216 * 600}]) {
    const account = emptyAccount();
    const sentMs: number[] = [];
    for (let nowMs = 0; nowMs < 300_000; nowMs += 100)
      for (let process = 0; process < 3; process += 1)
        for (;;) {
          const claimed = claim(account, {process: `reviser-${process}`, limits, nowMs});
          if (claimed.kind !== 'granted') break;
          sentMs.push(claimed.atMs);
        }
    t.deepEqual(
      sentMs,
      sentMs.toSorted((one, other) => one - other),
    );
    for (const from of sentMs.filter((atMs) => atMs < 200_000)) {
      const inMinute = sentMs.filter((atMs) => atMs >= from && atMs < from + 60_000).length;
      t.true(inMinute <= 600 && inMinute >= 0.97 * 600, `${inMinute} from ${from} ms on`);
    }
  }
});

test('What an answer took beyond its estimate is taken from the minute, and what it did not take is given back', (t) => {
  const limits = {tokensPerMinute: 60_000 / 0.98};
  const account = emptyAccount();
  const first = claim(account, {limits});
  if (first.kind !== 'granted') return t.fail(first.kind);
  // 216 tokens at one a millisecond.
  t.deepEqual(account.endpoints.teacher, {requestsFromMs: 0, tokensFromMs: 216});
  settleIn(account, 'reviser-0', {question, estimate: first.estimate, used: used(300, 16)}, limits);
  t.is(account.endpoints.teacher?.tokensFromMs, 316);
  settleIn(account, 'reviser-0', {question, estimate: first.estimate, used: undefined}, limits);
  t.is(account.endpoints.teacher?.tokensFromMs, 100);
});

test('Nothing is handed out that would exceed a ceiling, with what is under way counted; it is said once for all', (t) => {
  const account = emptyAccount();
  const ceilings = {run: 0.01, actor: undefined};
  const asked = (process: string) => claim(account, {process, limits: {price}, ceilings});
  // A request costs 108 · 10 + 108 · 30 millionths.
  const first = asked('reviser-0');
  const second = asked('reviser-1');
  t.deepEqual(asked('judge-0'), {kind: 'over', reached: undefined, spent: undefined});
  for (const [process, each] of [
    ['reviser-0', first],
    ['reviser-1', second],
  ] as const) {
    if (each.kind !== 'granted') return t.fail(each.kind);
    settleIn(account, process, {question, estimate: each.estimate, used: used(108, 108)}, {price});
  }
  t.is(spentIn(account).cost, 0.00864);
  const spent = {key: 'spend.ceiling', ceiling: 0.01, spent: 0.00864};
  t.deepEqual(asked('judge-0'), {kind: 'over', reached: spent, spent});
  t.deepEqual(asked('reviser-1'), {kind: 'over', reached: undefined, spent});
  t.is(claim(account, {limits: {price}, ceilings: {run: 0.02, actor: undefined}}).kind, 'granted');
  t.is(claim(account, {ceilings}).kind, 'granted', 'what costs nothing is under no ceiling');
});

test('The ceiling of an actor is for its own requests', (t) => {
  const account = emptyAccount();
  const ceilings = {run: 1, actor: 0.005};
  t.is(claim(account, {process: 'judge-0', limits: {price}, ceilings}).kind, 'granted');
  t.is(claim(account, {process: 'reviser-0', limits: {price}, ceilings}).kind, 'granted');
  t.is(claim(account, {process: 'reviser-1', limits: {price}, ceilings}).kind, 'over');
});

test('What a killed process left under way is spent', (t) => {
  const account = emptyAccount();
  claim(account, {limits: {price}});
  t.is(spentIn(account).cost, 0);
  takeOver(account, 'reviser-0');
  t.like(spentIn(account), {requests: 1, promptTokens: 108, completionTokens: 108, cost: 0.00432});
  takeOver(account, 'reviser-0');
  t.is(spentIn(account).requests, 1);
});
