/** Real processes: our own worker, and what is not there or ends too early. */
import test from 'ava';
import {startContender} from '../../../runtime/bench/contender.js';
import {ours} from '../../../runtime/bench/contenders.js';
import type {LearnerJob} from '../../../runtime/bench/job.js';
import {configOf} from '../../../runtime/bench/sizes.js';
import {makePairs} from '../../../runtime/bench/workload.js';
import {TerminalError} from '../../../runtime/errors.js';

const config = {...configOf('0.4M'), layerCount: 1};
const job: LearnerJob = {
  bench: 'learner',
  size: '0.4M',
  config,
  threads: 1,
  precision: 'float32',
  backend: 'onnx',
  pairs: makePairs({kind: 'plain', pairs: 1, tokens: 12, vocabSize: config.vocabSize}),
};

test('our process warms up, runs as often as it is told, and says what it holds and took', async (t) => {
  const contender = await startContender(ours('onnx'), job);
  if ('missing' in contender) throw new Error(contender.missing);
  const {seconds, memory} = await contender.run(3);
  t.is(seconds.length, 3);
  t.true(seconds.every((each) => each > 0));
  const again = await contender.run(1);
  t.is(again.memory?.tensors, memory?.tensors, 'a step leaves no tensor behind');
  const {peakMemoryBytes, about} = await contender.end();
  t.true(peakMemoryBytes > 30 * 2 ** 20 && peakMemoryBytes < 2 ** 31, `${peakMemoryBytes}`);
  // One layer less than 0.4M's two: 128·(2·128 + 2·64 + 3·352) + 2·128 parameters.
  t.deepEqual(about, {parameters: 402_048 - 184_576, learnedParameters: 402_048 - 184_576});
});

test('a probe counts about what the model’s own equation says', async (t) => {
  const contender = await startContender(ours('onnx'), {...job, bench: 'probe'});
  if ('missing' in contender) throw new Error(contender.missing);
  const {about} = await contender.end();
  t.true(Number(about.computedFlop) > 1e6 && Number(about.computedFlop) < 1e8, `${about.computedFlop}`);
  t.true(Number(about.peakFlopPerSecond) > 1e8, `${about.peakFlopPerSecond}`);
});

test('a command that is not there is missing, in one line', async (t) => {
  const started = await startContender({name: 'torch', command: 'no-such-python', args: []}, job);
  t.deepEqual(started, {name: 'torch', missing: 'no-such-python is not there'});
});

test('a process that ends instead of answering fails with what it last wrote', async (t) => {
  const command = {
    name: 'short',
    command: process.execPath,
    args: ['-e', 'console.error("no room"); process.exit(3)'],
  };
  await t.throwsAsync(startContender(command, job), {
    instanceOf: TerminalError,
    message: /^short ended by itself \(code 3\); it last wrote:\nno room/,
  });
});
