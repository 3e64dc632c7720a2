import test from 'ava';
import {RejectionReason} from '../../../proto/messages.js';
import type {Activity} from '../../../runtime/actor/context.js';
import {actorNames, actorTable} from '../../../runtime/actors.js';
import type {StepMetrics} from '../../../runtime/learning/metrics.js';
import {
  activityOf,
  metricComplaint,
  metricMeanings,
  rejectionsOf,
  rejectionWord,
  secondsOf,
} from '../../../runtime/metrics/names.js';

const activities: readonly Activity[] = [...actorNames.map((name) => actorTable[name].activity), 'saving'];

test('The seconds of an activity have a name, and the name the activity', (t) => {
  for (const activity of [...activities, 'waiting', 'starting']) {
    t.is(secondsOf(activity), `seconds/${activity}`);
    t.is(activityOf(`seconds/${activity}`), activity);
  }
  t.is(activityOf('loss'), undefined);
});

test('Every reason of a rejection has one word, without its prefix', (t) => {
  t.is(rejectionWord(RejectionReason.REJECTION_REASON_UNCHANGED), 'unchanged');
  t.is(rejectionsOf(RejectionReason.REJECTION_REASON_LENGTH), 'rejections/length');
  t.is(rejectionWord(99 as RejectionReason), '99');
});

test('What a step reports is explained', (t) => {
  // Does not compile where one is missing.
  const ofStep: Readonly<Record<keyof StepMetrics, string>> = metricMeanings;
  t.is(ofStep['rewards/margins'], 'rewards/chosen − rewards/rejected; nats');
});

test('A metric that nobody reports is named with the nearest that there is, and not one of the table, or by a word that a run brings', (t) => {
  t.is(
    metricComplaint('rewards/margin'),
    'no actor reports a metric rewards/margin that is known of; did you mean rewards/margins?',
  );
  t.is(metricComplaint('reward*'), undefined);
  t.regex(metricComplaint('throughput*') ?? '', /`anchorage watch --help` lists them$/);
  for (const metric of [
    'loss',
    'rewards/*',
    '*',
    'rejections/length',
    'score/mt_bench',
    'score/news/byte_perplexity',
  ])
    t.is(metricComplaint(metric), undefined, metric);
});
