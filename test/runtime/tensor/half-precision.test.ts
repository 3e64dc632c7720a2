/** 16-bit floats: rounding by hand-worked bits, and there and back over every value there is. */
import test from 'ava';
import {
  narrowToBfloat16,
  narrowToFloat16,
  widenBfloat16,
  widenFloat16,
} from '../../../runtime/tensor/half-precision.js';

const formats = {
  bfloat16: {widen: widenBfloat16, narrow: narrowToBfloat16},
  float16: {widen: widenFloat16, narrow: narrowToFloat16},
} as const;

/** Value → bits, around ties: half of the last place goes to the even neighbour. */
const rounded: Readonly<Record<keyof typeof formats, readonly (readonly [value: number, bits: number])[]>> = {
  bfloat16: [
    [1, 0x3f80],
    [-2, 0xc000],
    [0, 0],
    [-0, 0x8000],
    [1 + 2 ** -8, 0x3f80], // a tie, 1 is even
    [1 + 3 * 2 ** -8, 0x3f82], // a tie, 1 + 2/64 is even
    [1 + 2 ** -8 + 2 ** -20, 0x3f81],
    [Infinity, 0x7f80],
    [1e-40, 0x0001], // subnormal
  ],
  float16: [
    [1, 0x3c00],
    [-2.5, 0xc100],
    [-0, 0x8000],
    [65504, 0x7bff],
    [65519, 0x7bff], // below the middle of 65504 and 65536
    [1 + 2 ** -11, 0x3c00], // a tie, 1 is even
    [1 + 3 * 2 ** -11, 0x3c02], // a tie, 1 + 2/1024 is even
    [2 ** -14, 0x0400], // the least normal one
    [2 ** -14 - 2 ** -26, 0x0400], // rounds up into it
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000], // a tie, 0 is even
    [3 * 2 ** -25, 0x0002], // a tie, 2 is even
    [-Infinity, 0xfc00],
  ],
};

for (const name of ['bfloat16', 'float16'] as const) {
  const {widen, narrow} = formats[name];

  test(`${name}: values are rounded to the nearest, ties to even`, (t) => {
    for (const [value, bits] of rounded[name]) {
      const halves = new Uint16Array(1);
      t.is(narrow(Float32Array.of(value), halves), -1, `${value}`);
      t.is(halves[0], bits, `${value}`);
    }
  });

  test(`${name}: every value survives widening and narrowing`, (t) => {
    const halves = Uint16Array.from({length: 0x1_0000}, (_, i) => i);
    const values = new Float32Array(halves.length);
    widen(halves, values);
    const again = new Uint16Array(halves.length);
    t.is(narrow(values, again), -1);
    const wide = new Float32Array(halves.length);
    widen(again, wide);
    // A NaN stays one, whatever its payload.
    const changed = halves.findIndex((half, i) =>
      Number.isNaN(values[i]) ? !Number.isNaN(wide[i]) : again[i] !== half,
    );
    t.is(changed, -1);
  });

  test(`${name}: a finite value that becomes infinite is told by its index`, (t) => {
    const beyond = name === 'bfloat16' ? 3.4e38 : 65520;
    const halves = new Uint16Array(3);
    t.is(narrow(Float32Array.of(Infinity, 1, -beyond), halves), 2);
  });
}

test('a NaN whose payload is all in the lower half stays a NaN', (t) => {
  const values = new Float32Array(Uint32Array.of(0x7f80_0001).buffer);
  const halves = new Uint16Array(1);
  for (const {narrow, widen} of Object.values(formats)) {
    narrow(values, halves);
    const wide = new Float32Array(1);
    widen(halves, wide);
    t.true(Number.isNaN(wide[0]));
  }
});
