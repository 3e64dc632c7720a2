/** How fast a run goes, what it takes of memory, and how long it will be. */
import {memoryUsage} from 'node:process';
import type {TrainingRow} from '../../../learning/offline.js';
import {gigabytes} from '../../../machine/memory-size.js';

/** Steps that the pace is taken over: the first ones compile. */
const WINDOW = 20;

/**
 * Says after each row: seconds a step, tokens of pairs a second, resident memory, and the time that the steps left will take,
 * all over the last steps.
 */
export const paceOf = (
  steps: number,
  now: () => number = () => performance.now(),
): ((row: Pick<TrainingRow, 'step' | 'num_tokens'>) => string) => {
  const begun = now();
  const seen: {readonly at: number; readonly step: number; readonly tokens: number}[] = [];
  return ({step, num_tokens: tokens}) => {
    const at = now();
    seen.push({at, step, tokens});
    if (seen.length > WINDOW + 1) seen.shift();
    const [first = {at, step, tokens}] = seen;
    // Of the first step nothing before it is known but when it began.
    const isFirst = first.step === step;
    const seconds = Math.max(1e-3, (at - (isFirst ? begun : first.at)) / 1000);
    const taken = isFirst ? 1 : step - first.step;
    const perStep = seconds / taken;
    return [
      `${perStep.toFixed(perStep < 10 ? 2 : 0)} s a step`,
      ...(isFirst ? [] : [`${Math.round((tokens - first.tokens) / seconds).toLocaleString('en')} tokens/s`]),
      gigabytes(memoryUsage.rss()),
      ...(step < steps ? [`${durationText(perStep * (steps - step))} left`] : []),
    ].join(', ');
  };
};

/** `45 s`, `12 min`, `3.5 h`. */
export const durationText = (seconds: number): string => {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
};
