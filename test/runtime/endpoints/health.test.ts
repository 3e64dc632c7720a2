/** When an endpoint is told of as away, and when it counts as gone. */
import test from 'ava';
import {openHealth} from '../../../runtime/endpoints/health.js';

const opened = (toldAfterMs: number) => {
  const told: string[] = [];
  const at = {baseUrl: 'http://localhost:1/v1', model: 'm', timeoutMs: 60_000};
  return {told, health: openHealth(at, (line) => told.push(line), toldAfterMs)};
};
const began = performance.now();

test('Of one that is away a line says so once, and another that it answers again', (t) => {
  const {told, health} = opened(0);
  health.unanswered('refused', began);
  health.unanswered('refused again', began);
  t.deepEqual(told, ['refused; it is waited for, some 180 s']);
  health.answered();
  health.answered();
  t.deepEqual(told.slice(1), ['endpoint http://localhost:1/v1, model m answers again']);
  health.unanswered('away once more', performance.now());
  t.is(told.length, 3);
});

test('One try that fails is nobody’s concern, nor is a long one beside others that are answered', (t) => {
  const {told, health} = opened(3_600_000);
  health.unanswered('cut', began);
  health.answered();
  health.unanswered('too late', began - 3_600_000);
  t.deepEqual(told, []);
});

test('It is gone in the third deadline without an answer to anything', (t) => {
  const {health} = opened(0);
  t.false(health.everAnswered());
  t.false(health.isGone(149_999));
  t.true(health.isGone(150_000));
  t.true(health.silentFor(60_000) >= 60_000);
  health.answered();
  t.true(health.everAnswered());
  t.true(health.silentFor(0) < 60_000);
});

test('Time in which this process stood still, or asked nothing, is no silence of its', (t) => {
  const {health} = opened(0);
  t.is(health.silentFor(3_600_000), 60_000);
  const {now} = performance;
  performance.now = () => now.call(performance) + 3_600_000;
  t.teardown(() => {
    performance.now = now;
  });
  t.is(health.silentFor(60_000), 120_000);
});
