import test from 'ava';
import {markedNumber, numberFrom, type Scale, verdictReader} from '../../../runtime/suites/verdict.js';

const rating: Scale<number> = {
  name: 'rating',
  values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  marked: markedNumber(1, 10),
  value: numberFrom(1, 10),
};

test('A plain verdict is the lines that are one and nothing else, where they agree', (t) => {
  const read = verdictReader(rating, {form: 'plain'});
  for (const [reply, wanted] of [
    ['7', 7],
    ['**7**', 7],
    ['[[7]]', 7],
    ['Rating: 7/10.', 7],
    ['My overall rating is 8 out of 10', 8],
    ['7.5', 7.5],
    ['The answer is good.\n\nRating: 6', 6],
    ['7\n7', 7],
    ['7\n8', undefined],
    ['I would say 7 of them', undefined],
    ['11', undefined],
    ['0', undefined],
    ['-5', undefined],
    ['5/5', undefined],
    ['', undefined],
  ] as const)
    t.is(read(reply), wanted, reply);
});

test('Of a plain verdict that was cut, half a line is none: 1 may have become 10', (t) => {
  const read = verdictReader(rating, {form: 'plain'});
  t.is(read('1', 'cut'), undefined);
  t.is(read('1\nThe answer is', 'cut'), 1);
});

test('Of an endpoint that holds to JSON its value is read, and of one that does not the form that was asked for', (t) => {
  const marked = verdictReader(rating, {structured: true});
  const plain = verdictReader(rating, {form: 'plain', structured: true});
  for (const reply of ['{"explanation": "It is [[3]].", "rating": 7}', '```json\n{"rating": "7"}\n```'])
    for (const read of [marked, plain]) t.is(read(reply), 7, reply);
  t.is(marked('Rating: [[6]]'), 6);
  t.is(plain('Rating: 6'), 6);
  for (const reply of ['{"rating": 11}', '{"rating": null}', '{"score": 7}', '{"rating": {"rating": 7}}'])
    t.is(plain(reply), undefined, reply);
  // Nobody asked for it.
  t.is(verdictReader(rating)('{"rating": 7}'), undefined);
});

test('A reply without end is read in time that grows with it alone', (t) => {
  const digits = '1'.repeat(1_000_000);
  t.is(verdictReader(rating)(`[[${digits}`), undefined);
  t.is(verdictReader(rating, {structured: true})(`{"rating": "${digits}x"}`), undefined);
});
