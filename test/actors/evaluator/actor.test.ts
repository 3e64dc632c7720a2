/** The evaluator in a process of its own: which checkpoints it scores, by what, and what it says of them. */
import {join} from 'node:path';
import test from 'ava';
import {type Checkpoint, PreferenceSource, RejectionReason} from '../../../proto/messages.js';
import {policyFiles} from '../../../runtime/fleet/checkpoints/content.js';
import {demoPolicyFolder} from '../../../runtime/fleet/file/load.js';
import {createPairScorer} from '../../../runtime/learning/pair-scorer.js';
import {loadCheckpoint, saveCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import {encodePair} from '../../../runtime/model/text/encode.js';
import {openEagerExecutor} from '../../../runtime/tensor/eager.js';
import '../../../runtime/tensor/cpu.js';
import {checkpointMessage} from '../../helpers/checkpoint-message.js';
import {limits, openEvaluatedRun, policyAt} from '../../helpers/evaluated-run.js';

const ITEMS = 5;
const arithmetic = {suite: 'arithmetic', maxCompletionTokens: limits.maxCompletionTokens} as const;

/** The shipped policy with zeros for weights: to it all tokens are alike, and the first of them is none that is written. */
const blankAt = async (runFolder: string, step: number): Promise<Checkpoint> => {
  const message = checkpointMessage(step);
  const folder = join(runFolder, message.folder);
  const model = await loadCheckpoint(demoPolicyFolder);
  const weights = new Map(
    [...model.weights].map(([name, tensor]) => [
      name,
      {...tensor, data: new Float32Array(tensor.data.length)},
    ]),
  );
  const {weightsSha256} = await saveCheckpoint(folder, model, weights);
  return {...message, weightsSha256, files: await policyFiles(folder)};
};

/** Such as `238,30,32,119.` of `34*7 21+9 40-8 17*7>`. */
const rightAnswer = (prompt: string): string => {
  const values = prompt
    .slice(0, -1)
    .split(' ')
    .map((item) => {
      const [, left, operator, right] = /^(\d+)([*+-])(\d+)$/.exec(item) ?? [];
      const [a, b] = [Number(left), Number(right)];
      return operator === '*' ? a * b : operator === '+' ? a + b : a - b;
    });
  return `${values.join(',')}.`;
};

test('Each checkpoint is scored by what its policy answers, in the order of their publication', async (t) => {
  const {bus, runFolder, publish, start, firstScores} = await openEvaluatedRun(t, {
    ...arithmetic,
    count: ITEMS,
  });
  await publish(await policyAt(runFolder, 0));
  await publish(await blankAt(runFolder, 7));
  const actor = start();
  const [shipped, blank] = await firstScores(actor, 2);
  t.like(shipped, {step: 0, policyVersion: 0, suite: 'arithmetic', items: ITEMS});
  const answers = shipped?.answers ?? [];
  t.is(answers.length, ITEMS);
  for (const {prompt, completion, grade} of answers)
    t.is(grade, completion.trim() === rightAnswer(prompt) ? 1 : 0, `${prompt} ${completion}`);
  const right = answers.filter(({grade}) => grade === 1).length;
  t.is(shipped?.score, right / ITEMS);
  t.like(blank, {step: 7, policyVersion: 7, score: 0, items: ITEMS});
  t.deepEqual(
    blank?.answers?.map(({prompt}) => prompt),
    answers.map(({prompt}) => prompt),
  );
  actor.drain();
  t.deepEqual(await actor.ended, {code: 0, message: undefined});
  t.is((await bus.state('scores')).lastSequence, 2);
});

test('A policy is scored once, and one whose files nobody has is passed over with a warning', async (t) => {
  const {bus, runFolder, publish, start, firstScores} = await openEvaluatedRun(t, {...arithmetic, count: 1});
  const scored = {step: 1, policyVersion: 1, suite: 'arithmetic', score: 1, items: 1, seconds: 1};
  await bus.publish('scores', {...scored, weightsSha256: '', answers: []}, 'arithmetic-1');
  await publish(await policyAt(runFolder, 1));
  await publish(checkpointMessage(2));
  await publish(await policyAt(runFolder, 3));
  await publish(await policyAt(runFolder, 3, {final: true}), 'version-3-final');
  await publish(await policyAt(runFolder, 4));
  const actor = start();
  const scores = await firstScores(actor, 3);
  t.deepEqual(
    scores.map(({step}) => step),
    [1, 3, 4],
  );
  actor.drain();
  t.deepEqual(await actor.ended, {code: 0, message: undefined});
  t.is(actor.warnings().filter((line) => /^the checkpoint of step 2 is not scored: /.test(line)).length, 1);
});

test('Pairs that are held back are waited for, and score a checkpoint by the rewards that it gives to them', async (t) => {
  const {bus, runFolder, publish, start, firstScores} = await openEvaluatedRun(t, {
    suite: 'heldout',
    holdOut: 3,
  });
  const policy = await loadCheckpoint(demoPolicyFolder);
  // Operation by operation in plain JavaScript: another way to the same numbers.
  const scorer = createPairScorer(policy, openEagerExecutor('cpu'), 64);
  t.teardown(() => scorer.dispose());
  /** @param ratios what log π − log π_ref is to be, of the chosen answer and of the rejected one */
  const pairOf = async (promptId: string, ratios: readonly [number, number]) => {
    const texts = {prompt: '34*7 21+9 40-8 17*7>', chosen: '238,30,32,119.', rejected: '218,30,32,119.'};
    const {promptIds, chosenIds, rejectedIds} = encodePair(policy.tokenizer, texts, limits);
    const tokens = {promptIds: [...promptIds], chosenIds: [...chosenIds], rejectedIds: [...rejectedIds]};
    const {chosen, rejected} = await scorer.logps(tokens);
    const source = PreferenceSource.PREFERENCE_SOURCE_REVISION;
    return {
      ...{promptId, ...texts, ...tokens, source, policyVersion: 0},
      referenceChosenLogps: chosen - ratios[0],
      referenceRejectedLogps: rejected - ratios[1],
    };
  };
  await publish(await policyAt(runFolder, 0));
  await publish(await policyAt(runFolder, 10, {beta: 0.5}));
  const actor = start();
  await bus.publish('held_out', await pairOf('1', [-0.25, 0.15]), '1');
  await bus.publish('held_out', await pairOf('0', [0.5, -0.25]), '0');
  t.is((await bus.state('scores')).lastSequence, 0);
  const reason = RejectionReason.REJECTION_REASON_LENGTH;
  await bus.publish('rejections', {promptId: '2', actor: 'filter', reason, detail: 'too long'}, '2');
  const [reference, trained] = await firstScores(actor, 2);
  t.like(reference, {step: 0, suite: 'heldout', score: 0, margin: 0, items: 2});
  // β times 0.75, where the chosen answer is ahead, and β times −0.4, where it is not.
  t.like(trained, {step: 10, score: 0.5, items: 2});
  t.true(Math.abs((trained?.margin ?? Number.NaN) - (0.375 - 0.2) / 2) < 1e-4, String(trained?.margin));
  actor.drain();
  t.deepEqual(await actor.ended, {code: 0, message: undefined});
});
