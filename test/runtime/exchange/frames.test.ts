import test from 'ava';
import {frameOf, type Header, headerBytes, isIntact, readFrame} from '../../../runtime/exchange/frames.js';

const header: Header = {
  kind: 'values',
  epoch: 7,
  from: 2,
  tag: '12.gradient.0.1',
  type: 'float32',
  length: 5,
  chunk: 1,
  chunks: 2,
  first: 2,
};
const values = Float32Array.of(1.5, -2, Number.NaN);

test('A frame says what it was made of, with the values’ bytes after a header of whole words', (t) => {
  const message = frameOf(header, values);
  const frame = readFrame(message);
  t.true(frame !== undefined && isIntact(message, frame));
  const {payload, ...rest} = frame ?? {};
  t.deepEqual(rest, header);
  t.deepEqual(Buffer.from(payload ?? []), Buffer.from(values.buffer));
  t.is(headerBytes(header.tag), 52);
  t.is(message.length, 52 + 12);
  t.is(Buffer.from(message).toString('hex', 0, 4), Buffer.from('ANX\x01').toString('hex'));
});

test('It is read wherever a message begins in memory', (t) => {
  const message = frameOf(header, values);
  const shifted = new Uint8Array(message.length + 3).subarray(3);
  shifted.set(message);
  const frame = readFrame(shifted);
  t.true(frame !== undefined && isIntact(shifted, frame));
});

test('bfloat16 takes half the room and rounds to the nearest, ties to even', (t) => {
  // 1 + 2⁻⁸ lies between 0x3f80 and 0x3f81, 1 + 3·2⁻⁸ between 0x3f81 and 0x3f82; 1/3 is 0x3eaa_aaab.
  const between = Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 / 3, -0);
  const message = frameOf({...header, type: 'bfloat16'}, between);
  t.is(Buffer.from(readFrame(message)?.payload ?? []).toString('hex'), '803f' + '823f' + 'ab3e' + '0080');
});

test('Any byte that changes after the magic is noticed, as is a chunk that lies outside its values', (t) => {
  const message = frameOf(header, values);
  for (let at = 4; at < message.length; at++) {
    const flipped = Uint8Array.from(message);
    flipped[at] = (flipped[at] ?? 0) ^ 0x10;
    const frame = readFrame(flipped);
    t.false(frame !== undefined && isIntact(flipped, frame), `byte ${at}`);
  }
  for (const wrong of [{first: 3}, {chunk: 2}, {length: 4}]) {
    const outside = frameOf({...header, ...wrong}, values);
    const frame = readFrame(outside);
    t.false(frame !== undefined && isIntact(outside, frame), JSON.stringify(wrong));
  }
});

test('What is no frame, or one of another version, is nobody’s', (t) => {
  t.is(readFrame(new Uint8Array()), undefined);
  t.is(readFrame(Buffer.from('a message of somebody else, longer than a header')), undefined);
  const later = frameOf(header, values);
  later[3] = 2;
  t.is(readFrame(later), undefined);
});
