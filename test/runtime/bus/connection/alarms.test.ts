import test from 'ava';
import {alarmsOf, createAlarm} from '../../../../runtime/bus/connection/alarms.js';

test('an alarm calls whoever waits, once', (t) => {
  const alarm = createAlarm();
  let called = 0;
  alarm.wait(() => {
    called += 1;
  });
  alarm.ring();
  alarm.ring();
  t.is(called, 1);
});

test('who took its callback back is not called', (t) => {
  const alarm = createAlarm();
  const forget = alarm.wait(() => t.fail());
  forget();
  alarm.ring();
  t.pass();
});

test('who waits anew while an alarm rings is called by the next', (t) => {
  const alarm = createAlarm();
  let called = 0;
  const again = (): void => {
    called += 1;
    if (called < 3) alarm.wait(again);
  };
  alarm.wait(again);
  alarm.ring();
  t.is(called, 1);
  alarm.ring();
  t.is(called, 2);
});

test('a thing has one alarm, connected once', (t) => {
  let connected = 0;
  const alarms = alarmsOf(() => {
    connected += 1;
  });
  const [one, other] = [{}, {}];
  t.is(alarms(one), alarms(one));
  t.not(alarms(one), alarms(other));
  t.is(connected, 2);
});
