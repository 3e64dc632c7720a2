/** A run on a NATS cluster: how many copies there are of what it keeps, and what the loss of nodes costs it. */
import test, {type ExecutionContext} from 'ava';
import {
  blobsStreamOf,
  type ChannelName,
  channels,
  kvBucketOf,
  streamOf,
} from '../../../runtime/bus/channels/subjects.js';
import {openLink} from '../../../runtime/bus/connection/connection.js';
import type {Link} from '../../../runtime/bus/connection/link.js';
import {openBus} from '../../../runtime/bus/open-bus.js';
import {RetryableError, TerminalError} from '../../../runtime/errors.js';
import {type Cluster, startCluster} from '../../helpers/cluster.js';
import {score} from './score.js';

let cluster: Cluster;
test.before(async () => {
  cluster = await startCluster();
});
test.after.always(() => cluster?.remove());

const streamsOf = (run: string): string[] => [
  ...(Object.keys(channels) as ChannelName[]).map((channel) => streamOf(run, channel)),
  blobsStreamOf(run),
  `KV_${kvBucketOf(run)}`,
];

const withLink = async (t: ExecutionContext, run: string): Promise<Link> => {
  const link = await openLink({url: cluster.url, run, name: 'onlooker'});
  t.teardown(() => link.close());
  return link;
};

const request = async (link: Link, subject: string, payload: unknown = '') =>
  JSON.parse(
    Buffer.from(await link.request(subject, payload === '' ? '' : JSON.stringify(payload))).toString(),
  );

/** How many copies there are of each of a run's streams. */
const copiesOf = async (link: Link, run: string): Promise<number[]> => {
  const copies = new Set<number>();
  for (const stream of streamsOf(run)) {
    const {config} = await request(link, `$JS.API.STREAM.INFO.${stream}`);
    copies.add(config.num_replicas);
  }
  return [...copies];
};

const withBlobs = async (t: ExecutionContext, run: string, replicas?: number) => {
  const bus = await openBus({url: cluster.url, run, name: 'test', replicas, serverAwayMs: 60_000});
  t.teardown(() => bus.drain());
  await bus.blobs.put({sha256: EMPTY_SHA256, sizeBytes: 0}, '/dev/null');
  return bus;
};
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

test.serial('all that a run keeps has three copies in a cluster, or as many as were asked for', async (t) => {
  await withBlobs(t, 'three');
  await withBlobs(t, 'one', 1);
  t.deepEqual(await copiesOf(await withLink(t, 'three'), 'three'), [3]);
  t.deepEqual(await copiesOf(await withLink(t, 'one'), 'one'), [1]);
});

test.serial('copies that somebody has asked for by hand stay, whoever opens the run', async (t) => {
  await withBlobs(t, 'raised', 1);
  const link = await withLink(t, 'raised');
  for (const stream of streamsOf('raised')) {
    const {config} = await request(link, `$JS.API.STREAM.INFO.${stream}`);
    await request(link, `$JS.API.STREAM.UPDATE.${stream}`, {...config, num_replicas: 3});
  }
  const again = await withBlobs(t, 'raised', 1);
  t.deepEqual(await copiesOf(link, 'raised'), [3]);
  t.is((await again.publish('scores', score(1), '1')).sequence, 1);
});

test.serial('more copies than the cluster has nodes are one line with the remedy', async (t) => {
  const error = await t.throwsAsync(openBus({url: cluster.url, run: 'five', name: 'test', replicas: 5}), {
    instanceOf: TerminalError,
  });
  t.regex(
    error.message,
    /^the NATS server at \S+ cannot keep so many copies of a stream \(.+\) while preparing the run five: .+`replicas`/,
  );
});

test.serial(
  'a run goes on when a node is lost; without a majority the line names the nodes, not a disk',
  async (t) => {
    const bus = await withBlobs(t, 'lost');
    const impatient = await openBus({url: cluster.url, run: 'lost', name: 'impatient', serverAwayMs: 2_000});
    t.teardown(() => impatient.drain());
    t.is((await bus.publish('scores', score(1), '1')).sequence, 1);
    await cluster.lose(0);
    t.is((await bus.publish('scores', score(2), '2')).sequence, 2);
    t.is((await bus.last('scores'))?.message.step, 2);
    t.true(await bus.blobs.has(EMPTY_SHA256));
    await cluster.lose(1);
    const asked = {
      instanceOf: RetryableError,
      message: /^the NATS cluster at .+: too many of its nodes are away/,
    };
    await t.throwsAsync(impatient.publish('scores', score(3), '3'), asked);
  },
);
