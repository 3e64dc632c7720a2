/** Real processes of ours on a random model's folder. */
import {existsSync} from 'node:fs';
import test from 'ava';
import {startContender} from '../../../../runtime/bench/contenders/contender.js';
import {ours} from '../../../../runtime/bench/contenders/contenders.js';
import type {RealJob} from '../../../../runtime/bench/real/job.js';
import {pairsOfLengths} from '../../../../runtime/bench/real/lengths.js';
import {neededTokens} from '../../../../runtime/bench/real/needed.js';
import {STEP} from '../../../../runtime/bench/real/paces.js';
import {type Subject, withRandomModel} from '../../../../runtime/bench/real/subject.js';

const LIMITS = {prompt: 24, completion: 24};
const lengths = [
  {prompt: 6, chosen: 14, rejected: 9, common: 0},
  {prompt: 9, chosen: 40, rejected: 20, common: 7},
];

/** What a process says of a job that it has done so often. */
async function aboutOf(job: RealJob, count: number): Promise<Readonly<Record<string, unknown>>> {
  const contender = await startContender(ours('onnx'), job);
  if ('missing' in contender) throw new Error(contender.missing);
  const {seconds} = await contender.run(count);
  const {about} = await contender.end();
  return {...about, times: seconds.length};
}

const common = ({folder}: Subject) =>
  ({model: folder, threads: 1, precision: 'float32', backend: 'onnx'}) as const;

test('training, scoring and answers of a model in a folder, which is removed at the end', async (t) => {
  let folder = '';
  await withRandomModel('0.4M', async (subject) => {
    folder = subject.folder;
    const pairs = pairsOfLengths(lengths, LIMITS, subject.config.vocabSize);
    const given = {...common(subject), batchSize: 2, pairs, warmUpPairs: pairs, peerMicroBatchSize: 2};

    const trained = await aboutOf({...given, ...STEP, bench: 'real-training', loraRank: 4}, 2);
    t.is(trained.times, 2);
    t.is(trained.neededTokens, 2 * neededTokens(pairs));
    t.true(Number(trained.neededShare) > 0.2 && Number(trained.neededShare) <= 1, `${trained.neededShare}`);
    // One at least is of the warm-up, whose pairs are the same.
    t.true(Number(trained.compilations) > 0);
    t.is(trained.compilationsAfterWarmUp, 0);

    const scored = await aboutOf({...given, bench: 'real-reference'}, 1);
    const logps = scored.logps as number[];
    t.is(logps.length, 4);
    // About as likely as any other: 14 tokens of 256.
    t.true(Math.abs((logps[0] ?? 0) + 14 * Math.log(256)) < 2, `${logps[0]}`);

    const prompts = pairs.map(({promptIds}) => promptIds);
    const answered = await aboutOf(
      {...common(subject), bench: 'real-sampling', prompts, maxNewTokens: 3, endTokenIds: [], padTokenId: 0},
      2,
    );
    t.is(answered.newTokens, 6);
    t.true((answered.answers as number[][]).every(({length}) => length === 3));
  });
  t.false(existsSync(folder));
});
