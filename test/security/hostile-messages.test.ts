/**
 * A run on whose every queue and log somebody who has its secret puts what is no message of it, or one that would have it
 * delete, read or write what is not its own, goes on: that is set aside with its reason, nothing outside of its folder is
 * touched, and every prompt still comes to its end once, also when the run is taken up again after it.
 */
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {PROTOCOL_HEADER, PROTOCOL_VERSION} from '../../runtime/bus/channels/protocol.js';
import {type ChannelName, channels, subjectOf} from '../../runtime/bus/channels/subjects.js';
import {type Absurd, absurdCheckpoints, absurdMessages, encoded} from '../helpers/absurd-messages.js';
import {checkpointMessage} from '../helpers/checkpoint-message.js';
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
  // What does not stay is deleted.
  'training.keep={last: 1, best: 0}',
];
const ours = {[PROTOCOL_HEADER]: PROTOCOL_VERSION};
const names = Object.keys(channels) as ChannelName[];

let folder: FleetFolder;
test.before(() => {
  folder = openFleetFolder();
});
test.after.always(() => folder?.remove());

/** What must be as it was when the run is over. */
interface Victims {
  readonly folder: string;
  readonly file: string;
}
const makeVictims = (): Victims => {
  const victims = {folder: join(folder.path, 'victim'), file: join(folder.path, 'victim-file')};
  mkdirSync(victims.folder);
  writeFileSync(join(victims.folder, 'kept'), 'kept');
  writeFileSync(victims.file, 'kept');
  return victims;
};
const areWhole = ({folder, file}: Victims): boolean =>
  existsSync(folder) &&
  readFileSync(join(folder, 'kept'), 'utf8') === 'kept' &&
  readFileSync(file, 'utf8') === 'kept';

/** Nobody reads them in the fleet of the demonstration. */
const UNREAD: readonly string[] = [
  'weaker_completions',
  'completion_pairs',
  'answer_sets',
  'unanswered',
  'recorded_answers',
  'anchor_prompts',
  'anchor_pairs',
];

/** Those of channels that the fleet of the demonstration reads. */
const hostileTo = (victims: Victims): readonly Absurd[] =>
  [...absurdMessages, ...absurdCheckpoints(victims)].filter(
    ({channel}) => !UNREAD.includes(channel) && channel !== 'held_out',
  );

const intrude = async (url: string, hostile: readonly Absurd[]): Promise<void> => {
  for (const channel of names) {
    const subject = subjectOf(RUN, channel);
    await publishAsStranger(url, subject, Uint8Array.of(0xff, 0xff), ours);
    await publishAsStranger(url, subject, new Uint8Array(), {[PROTOCOL_HEADER]: '3'});
  }
  for (const each of hostile) await publishAsStranger(url, subjectOf(RUN, each.channel), encoded(each), ours);
  // Nothing is wrong with it, but that nobody has its files.
  const ghost = checkpointMessage(900, {policyVersion: 900, folder: 'checkpoints/step-000900'});
  const bytes = encoded({channel: 'checkpoints', message: ghost});
  await publishAsStranger(url, subjectOf(RUN, 'checkpoints'), bytes, ours);
};

test('A run with intruders on every channel, drained and taken up again, loses no prompt', async (t) => {
  const up = await folder.up(sets);
  const bus = await folder.bus(up);
  await untilStep(bus, 2);
  const victims = makeVictims();
  const hostile = hostileTo(victims);
  await intrude(bus.url, hostile);
  await untilStep(bus, 4);
  // Those on the channels that the fleet reads.
  const isIntruder = ({detail}: {readonly detail: string}) =>
    /does not decode|protocol version 3/.test(detail);
  const said = new Set<string>();
  const reading = bus
    .entries('rejections', {sequence: 1})
    .subscribe(({message}) => isIntruder(message) && said.add(`${message.channel} ${message.detail}`));
  await until(
    'every intruder is set aside',
    async () => said.size >= 2 * (names.length - UNREAD.length) || undefined,
  );
  reading.unsubscribe();
  const details = new Set<string>();
  const following = bus
    .entries('rejections', {sequence: 1})
    .subscribe(({message: {channel, detail}}) =>
      details.add(`${channel}: ${detail.replace(/^message \d+ of \w+ /, '')}`),
    );
  for (const {channel, why} of hostile) {
    const isSaid = (said: string) =>
      said.startsWith(`${channel}: `) && why.test(said.slice(`${channel}: `.length));
    await until(`${channel}: ${why} is said`, async () => [...details].some(isSaid) || undefined);
  }
  following.unsubscribe();
  up.interrupt();
  const drained = await up.ended;
  t.is(drained.code, 0, drained.stderr);

  const again = await folder.up(sets);
  const {code, stderr} = await again.ended;
  t.is(code, 0, stderr);
  t.is(stderr, '');
  const trained = folder.lines('pairs').map(({prompt_id}) => String(prompt_id));
  // A comparison is of none of the run's prompts.
  const isOurs = (id: string) => id !== '' && !id.startsWith('anchor-') && !(Number(id) >= 900_000);
  const rejected = folder
    .lines('rejections')
    .map(({prompt_id}) => String(prompt_id))
    .filter(isOurs);
  const all = Array.from({length: PROMPTS}, (_, index) => String(index));
  t.deepEqual(
    [...trained, ...new Set(rejected)].sort((a, b) => Number(a) - Number(b)),
    all,
  );
  t.is(stepRows(folder).at(-1)?.pairs, trained.length);
  t.true(areWhole(victims));
  t.deepEqual(folder.processes(), []);
});
