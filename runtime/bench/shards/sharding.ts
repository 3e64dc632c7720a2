/** Training steps of one member of a sharded learner, to be measured. */
import {openExchange} from '../../exchange/exchange.js';
import type {Exchange} from '../../learning/shards/shard-exchange.js';
import {createShardLearner} from '../../learning/shards/shard-learner.js';
import type {Executor} from '../../tensor/executor.js';
import type {ShardJob} from '../contenders/job.js';
import type {Work} from '../contenders/work.js';
import {countOf, STEP, trainingOf} from '../learner/training.js';

const TIMEOUT_MS = 60_000;

export async function openSharding(job: ShardJob, executor: Executor): Promise<Work> {
  const {url, run, members, self, wire} = job;
  const {model, options, training} = trainingOf(job);
  const learner = await createShardLearner(model, executor, {...options, parts: members});
  const opened =
    url === undefined
      ? undefined
      : await openExchange({url, run, epoch: 0, self, members, wire, timeoutMs: TIMEOUT_MS});
  const exchange = opened ?? echo(members, self);
  let sentBytes = 0;
  let steps = 0;
  const counted: Exchange = {
    ...exchange,
    send(to, tag, values) {
      sentBytes += values.byteLength / (wire === 'bfloat16' ? 2 : 1);
      return exchange.send(to, tag, values);
    },
    broadcast(tag, values) {
      sentBytes += values.byteLength;
      return exchange.broadcast(tag, values);
    },
    share(tag, values) {
      sentBytes += values.byteLength / (wire === 'bfloat16' ? 2 : 1);
      return exchange.share(tag, values);
    },
  };
  return {
    async once() {
      await learner.step(training, STEP, counted);
      steps += 1;
    },
    about: async () => ({
      learnedParameters: countOf(learner.weights()),
      sentBytesPerStep: Math.round(sentBytes / steps),
    }),
    close: async () => opened?.close(),
  };
}

/** Members that hear themselves in place of each other, at no cost: the n-th values of a kind are their own n-th. */
export function echo(members: number, self: number): Exchange {
  const kinds = new Map<string, {sent: Float32Array[]; asked: ((values: Float32Array) => void)[]}>();
  const of = (tag: string) => {
    const kind = tag.split('.').slice(0, 2).join('.');
    const known = kinds.get(kind) ?? {sent: [], asked: []};
    kinds.set(kind, known);
    return known;
  };
  const put = async (tag: string, values: Float32Array): Promise<void> => {
    const {sent, asked} = of(tag);
    const next = asked.shift();
    if (next === undefined) sent.push(values);
    else next(values);
  };
  return {
    members,
    self,
    send: (_, tag, values) => put(tag, values),
    broadcast: put,
    share: put,
    receive: (_, tag) =>
      new Promise((resolve) => {
        const {sent, asked} = of(tag);
        const next = sent.shift();
        if (next === undefined) asked.push(resolve);
        else resolve(next);
      }),
  };
}
