/**
 * A run on whose every queue and log somebody puts what is no message of it goes on: that is set aside with its reason, and
 * every prompt still comes to its end once, also when the run is taken up again after it.
 */
import test from 'ava';
import {PROTOCOL_HEADER, PROTOCOL_VERSION} from '../../runtime/bus/protocol.js';
import {type ChannelName, channels, subjectOf} from '../../runtime/bus/subjects.js';
import {type FleetFolder, openFleetFolder, RUN, stepRows, until, untilStep} from '../helpers/fleet-folder.js';
import {publishAsStranger} from '../helpers/stranger.js';

const PROMPTS = 160;
const sets = [
  'training.steps=10',
  'training.warmupSteps=1',
  'training.checkpointEverySteps=3',
  `prompts.count=${PROMPTS}`,
  'maxOutstandingPrompts=48',
  'evaluation.count=16',
];
const names = Object.keys(channels) as ChannelName[];

let folder: FleetFolder;
test.before(() => {
  folder = openFleetFolder();
});
test.after.always(() => folder?.remove());

const intrude = async (url: string): Promise<void> => {
  for (const channel of names) {
    const subject = subjectOf(RUN, channel);
    await publishAsStranger(url, subject, Uint8Array.of(0xff, 0xff), {[PROTOCOL_HEADER]: PROTOCOL_VERSION});
    await publishAsStranger(url, subject, new Uint8Array(), {[PROTOCOL_HEADER]: '2'});
  }
};

test('A run with intruders on every channel, drained and taken up again, loses no prompt', async (t) => {
  const up = await folder.up(sets);
  const bus = await folder.bus(up);
  await untilStep(bus, 2);
  await intrude(bus.url);
  await untilStep(bus, 4);
  // Those on the channels that the fleet reads; nobody reads `completion_pairs` in it.
  const isIntruder = ({detail}: {readonly detail: string}) =>
    /does not decode|protocol version 2/.test(detail);
  const said = new Set<string>();
  const reading = bus
    .entries('rejections', {sequence: 1})
    .subscribe(({message}) => isIntruder(message) && said.add(`${message.channel} ${message.detail}`));
  await until('every intruder is set aside', async () => said.size >= 2 * (names.length - 1) || undefined);
  reading.unsubscribe();
  up.interrupt();
  const drained = await up.ended;
  t.is(drained.code, 0, drained.stderr);

  const again = await folder.up(sets);
  const {code, stderr} = await again.ended;
  t.is(code, 0, stderr);
  t.is(stderr, '');
  const trained = folder.lines('pairs').map(({prompt_id}) => String(prompt_id));
  const rejected = folder.lines('rejections').flatMap(({prompt_id}) => (prompt_id === '' ? [] : [prompt_id]));
  const all = Array.from({length: PROMPTS}, (_, index) => String(index));
  t.deepEqual(
    [...trained, ...new Set(rejected.map(String))].sort((a, b) => Number(a) - Number(b)),
    all,
  );
  t.is(stepRows(folder).at(-1)?.pairs, trained.length);
  t.deepEqual(folder.processes(), []);
});
