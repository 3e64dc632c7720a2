import test from 'ava';
import {accept} from '../../../actors/filter/accept.js';
import {
  type CandidatePair,
  FinishReason,
  PreferenceSource,
  RejectionReason,
} from '../../../proto/messages.js';

const {PREFERENCE_SOURCE_REVISION, PREFERENCE_SOURCE_JUDGMENT} = PreferenceSource;
const limits = {minLengthRatio: 0.5, maxLengthRatio: 2};
const candidate = (chosen: string, rejected: string, fields: Partial<CandidatePair> = {}): CandidatePair => ({
  promptId: '1',
  prompt: 'x',
  chosen,
  rejected,
  chosenIds: [],
  rejectedIds: [7],
  source: PREFERENCE_SOURCE_REVISION,
  rationale: '',
  policyVersion: 0,
  model: 'gpt-4',
  requestId: '',
  finishReason: FinishReason.FINISH_REASON_STOP,
  ...fields,
});
const text = (length: number, letter = 'a'): string => letter.repeat(length);
const reasonOf = (pair: CandidatePair): string => {
  const verdict = accept(pair, limits);
  return verdict.kind === 'accepted'
    ? 'accepted'
    : RejectionReason[verdict.reason].replace('REJECTION_REASON_', '');
};

for (const [chosen, rejected, expected] of [
  [100, 100, 'accepted'],
  [50, 100, 'accepted'],
  [49, 100, 'LENGTH'],
  [200, 100, 'accepted'],
  [201, 100, 'LENGTH'],
  [2, 1, 'accepted'],
  [3, 1, 'LENGTH'],
] as const) {
  test(`a revision of ${chosen} characters to ${rejected} is ${expected}`, (t) => {
    t.is(reasonOf(candidate(text(chosen), text(rejected, 'b'))), expected);
  });
}

test('a judgment may pick answers of any lengths', (t) => {
  t.is(reasonOf(candidate(text(1000), 'b', {source: PREFERENCE_SOURCE_JUDGMENT})), 'accepted');
  t.is(reasonOf(candidate('a', text(1000, 'b'), {source: PREFERENCE_SOURCE_JUDGMENT})), 'accepted');
});

test('the detail of a length holds its numbers', (t) => {
  t.deepEqual(accept(candidate(text(1554), text(324, 'b')), limits), {
    kind: 'rejected',
    reason: RejectionReason.REJECTION_REASON_LENGTH,
    detail: 'length ratio 4.796, outside 0.5 to 2: chosen has 1554 characters, rejected 324',
  });
});

test('outer space is no text, no change and no length', (t) => {
  t.is(reasonOf(candidate(' \n', 'b')), 'EMPTY');
  t.is(reasonOf(candidate('a', '\t')), 'EMPTY');
  t.is(reasonOf(candidate('same\n', ' same')), 'UNCHANGED');
  t.is(reasonOf(candidate('same', 'Same')), 'accepted');
  t.is(reasonOf(candidate(`aa${text(100, ' ')}`, 'b')), 'accepted');
});

test('a judged pair of the same text is unchanged too', (t) => {
  t.is(reasonOf(candidate('same', 'same', {source: PREFERENCE_SOURCE_JUDGMENT})), 'UNCHANGED');
});

test('the first broken rule gives the reason: empty, truncated, unchanged, length', (t) => {
  const finishReason = FinishReason.FINISH_REASON_LENGTH;
  t.is(reasonOf(candidate('', '', {finishReason})), 'EMPTY');
  t.is(reasonOf(candidate('a', 'a', {finishReason})), 'TRUNCATED');
  t.is(reasonOf(candidate(text(500), 'b', {finishReason})), 'TRUNCATED');
  t.is(reasonOf(candidate('a', 'b', {finishReason, source: PREFERENCE_SOURCE_JUDGMENT})), 'TRUNCATED');
  t.is(reasonOf(candidate('a', 'b', {finishReason: FinishReason.FINISH_REASON_UNSPECIFIED})), 'accepted');
});

test('what differs in hardly a character is a near duplicate, where the fleet asks for more', (t) => {
  const pair = candidate(`${text(99)}b`, text(100));
  const verdict = (minEditRatio: number) => accept(pair, {...limits, minEditRatio});
  t.deepEqual(verdict(0), {kind: 'accepted'});
  t.deepEqual(verdict(0.01), {kind: 'accepted'});
  t.deepEqual(verdict(0.02), {
    kind: 'rejected',
    reason: RejectionReason.REJECTION_REASON_NEAR_DUPLICATE,
    detail: '1 characters differ, a share of 0.0100, below 0.02',
  });
});

test('a revision that speaks of being one is an allusion; a judged answer may', (t) => {
  const said = 'In my revised answer it is 4.';
  t.is(reasonOf(candidate(said, 'I think that it is 5.')), 'ALLUSION');
  t.is(reasonOf(candidate(said, 'I think that it is 5.', {source: PREFERENCE_SOURCE_JUDGMENT})), 'accepted');
});

test('what a turn before the prompt says is the topic too, and its language is one of the prompt', (t) => {
  const turns = (content: string) => ({history: [{role: 'user', content}]});
  const [said, was] = ['In my revised answer it is 4.', 'I think that it is 5.'];
  t.is(reasonOf(candidate(said, was, turns('Where is your revised answer?'))), 'accepted');
  const english = 'The sum of two and two is four, and this is what you have to know of it.';
  const german = 'Die Summe von zwei und zwei ist vier, und das ist auch nicht zu ändern.';
  const asked = turns('Wie groß ist die Summe, und was wird aus der Zahl?');
  t.is(reasonOf(candidate(german, english, {prompt: 'Ja?', ...asked})), 'accepted');
});

test('a revision in another language than answer and prompt is one of its own reason', (t) => {
  const english = 'The sum of two and two is four, and this is what you have to know of it.';
  const german = 'Die Summe von zwei und zwei ist vier, und das ist auch nicht zu ändern.';
  t.is(reasonOf(candidate(german, english)), 'LANGUAGE');
  t.is(
    reasonOf(candidate(german, english, {prompt: 'Wie groß ist die Summe, und was wird aus der Zahl?'})),
    'accepted',
  );
  t.is(reasonOf(candidate(german, english, {source: PREFERENCE_SOURCE_JUDGMENT})), 'accepted');
});

test('a rule that the fleet does without is not applied, and an answer that was cut off is kept where it says so', (t) => {
  const english = 'The sum of two and two is four, and this is what you have to know of it.';
  const german = 'Die Summe von zwei und zwei ist vier, und das ist auch nicht zu ändern.';
  t.is(accept(candidate(german, english), {...limits, without: ['language']}).kind, 'accepted');
  const cut = candidate('It is 4.', 'It is 5', {finishReason: FinishReason.FINISH_REASON_LENGTH});
  t.is(reasonOf(cut), 'TRUNCATED');
  t.is(accept(cut, {...limits, truncated: 'keep'}).kind, 'accepted');
});
