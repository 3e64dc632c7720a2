/** `bench shards`: learners that train as one over NATS, beside one that trains alone, and the bytes that go between them. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {TerminalError} from '../../errors.js';
import {findServer} from '../../nats-server/find-server.js';
import {startServer} from '../../nats-server/server.js';
import {startContender, startTogether} from '../contenders/contender.js';
import {fitting, ours} from '../contenders/contenders.js';
import {type Measured, measureStarted} from '../contenders/field.js';
import type {LearnerJob, ShardJob, TransferJob} from '../contenders/job.js';
import {ratios} from '../contenders/rounds.js';
import {learnerJob, STEPS} from '../learner/bench.js';
import type {Backend, ShardsOptions} from '../options.js';
import {type Report, rounded} from '../report.js';
import type {Size} from '../workload/sizes.js';

const MEMBERS = 2;
const WIRES = ['float32', 'bfloat16'] as const;
/** As many bytes as the weights of 3M parameters. */
const TRANSFER_VALUES = 3 * 1024 * 1024;
const TRANSFERS = 10;

export async function benchShards(options: ShardsOptions, report: Report): Promise<void> {
  const {url, stop} = await server();
  try {
    await measureTransfer(options, url, report);
    for (const size of options.sizes) {
      const fit = fitting(options.backends, options.precision, (contender, reason) =>
        report.skip({bench: 'shards', size, contender}, reason),
      );
      for (const backend of fit) await measureSteps(options, {url, size, backend}, report);
    }
  } finally {
    await stop();
  }
}

/** The one that NATS_URL names, or one for as long as this takes. */
async function server(): Promise<{readonly url: string; stop(): Promise<void>}> {
  const found = await findServer(process.env, {say: (line) => console.error(line)});
  if (found.kind === 'none') throw new TerminalError(found.advice);
  if (found.kind === 'running') return {url: found.url, stop: async () => undefined};
  const storeFolder = mkdtempSync(join(tmpdir(), 'anchorage-bench-'));
  const running = await startServer({binary: found.path, storeFolder});
  return {
    url: running.url,
    async stop() {
      await running.stop();
      rmSync(storeFolder, {recursive: true, force: true});
    },
  };
}

const nameOfRun = (...of: readonly (string | number)[]): string =>
  `bench-${process.pid}-${of.join('-')}`.replaceAll('.', '_');
const numbered = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({length: count}, (_, index) => of(index));

async function measureTransfer({rounds}: ShardsOptions, url: string, report: Report): Promise<void> {
  report.say(`${TRANSFER_VALUES * 4} bytes each way between two processes`);
  const start = (name: string, raw: boolean) => () =>
    startTogether(
      name,
      numbered(MEMBERS, (self) => {
        const run = nameOfRun('transfer', name);
        const members = MEMBERS;
        const job: TransferJob = {
          bench: 'transfer',
          url,
          run,
          members,
          self,
          raw,
          threads: 1,
          length: TRANSFER_VALUES,
        };
        return {command: ours('onnx'), job};
      }),
    );
  const onMissing = (contender: string, reason: string) => report.skip({bench: 'shards', contender}, reason);
  const [exchange, raw] = await measureStarted(
    [start('exchange', false), start('raw', true)],
    {rounds, count: TRANSFERS},
    onMissing,
  );
  if (exchange === undefined || raw === undefined) return;
  for (const {name, timings} of [exchange, raw]) {
    const bytesPerSecond = rounded((TRANSFER_VALUES * 4) / timings.median);
    const bytesPerSecondBest = rounded((TRANSFER_VALUES * 4) / timings.min);
    report.row({kind: 'transfer', bench: 'shards', contender: name, bytesPerSecond, bytesPerSecondBest});
  }
  const {median, byRound} = ratios(exchange.timings, raw.timings);
  report.row({
    kind: 'ratio',
    bench: 'shards',
    contender: 'exchange',
    against: 'raw',
    median: rounded(median),
    byRound: byRound.map(rounded),
  });
}

interface Place {
  readonly url: string;
  readonly size: Size;
  readonly backend: Backend;
}

async function measureSteps(
  options: ShardsOptions,
  {url, size, backend}: Place,
  report: Report,
): Promise<void> {
  const {rounds, threads} = options;
  for (const lora of options.lora) {
    const what = {bench: 'shards', size, backend, lora, threads};
    report.say(`${size}, ${lora === 0 ? 'all weights' : `an adapter of rank ${lora}`}, ${backend}`);
    const {bench: _, ...job} = learnerJob({...options, lora}, size, 'plain', backend);
    const whole = (name: string, threads: number) => () => {
      const learner: LearnerJob = {...job, bench: 'learner', threads};
      return startContender({...ours(backend), name}, learner);
    };
    const shards = (name: string, member: Pick<ShardJob, 'wire' | 'url'>) => () => {
      const run = nameOfRun(size, backend, lora, name);
      const jobOf = (self: number): ShardJob => ({
        ...job,
        bench: 'shard',
        run,
        members: MEMBERS,
        self,
        ...member,
      });
      return startTogether(
        name,
        numbered(MEMBERS, (self) => ({command: ours(backend), job: jobOf(self)})),
      );
    };
    const measured = await measureStarted(
      [
        whole('one', threads),
        ...WIRES.map((wire) => shards(`two_${wire}`, {wire, url})),
        shards('two_free', {wire: 'float32'}),
        whole('one_of_twice_the_threads', 2 * threads),
      ],
      {rounds, count: options.steps ?? STEPS[size]},
      (contender, reason) => report.skip({...what, contender}, reason),
    );
    for (const row of rowsOf(measured)) report.row({...row, ...what});
  }
}

/** The exchange's share of a step is what the same step takes less where members hear themselves. */
function rowsOf(measured: readonly Measured[]): Readonly<Record<string, unknown>>[] {
  const free = measured.find(({name}) => name === 'two_free');
  const one = measured.find(({name}) => name === 'one');
  const rows: Record<string, unknown>[] = measured.map(({name, timings, about}) => ({
    kind: 'step',
    contender: name,
    secondsMedian: rounded(timings.median),
    stepsPerSecond: rounded(1 / timings.median),
    secondsByRound: timings.byRound.map(rounded),
    ...(free !== undefined &&
      name.startsWith('two_') && {exchangeShare: rounded(1 - ratios(timings, free.timings).median)}),
    ...about,
  }));
  for (const {name, timings} of measured) {
    if (one === undefined || name === 'one') continue;
    const {median, byRound} = ratios(timings, one.timings);
    rows.push({
      kind: 'ratio',
      contender: name,
      against: 'one',
      median: rounded(median),
      byRound: byRound.map(rounded),
    });
  }
  return rows;
}
