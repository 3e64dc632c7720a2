/** The two 16-bit floating formats, of weight files and of gradients on their way, to float32 and back. */

/** float32 values of bfloat16 ones, exact: the upper half of the word. Both have one length. */
export function widenBfloat16(halves: Uint16Array, values: Float32Array): void {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < halves.length; i++) words[i] = (halves[i] ?? 0) << 16;
}

/** float32 values of IEEE half precision ones, exact: sign, 5 exponent bits (bias 15), 10 fraction bits. */
export function widenFloat16(halves: Uint16Array, values: Float32Array): void {
  const table = float16Table();
  for (let i = 0; i < halves.length; i++) values[i] = table[halves[i] ?? 0] ?? 0;
}

/** Rounds to the nearest bfloat16, ties to even. Returns the first index whose finite value became infinite, or −1. */
export function narrowToBfloat16(values: Float32Array, halves: Uint16Array): number {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let overflowed = -1;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? 0;
    const magnitude = word & 0x7fff_ffff;
    // A NaN whose payload is in the lower half must not become an infinity.
    if (magnitude > 0x7f80_0000) halves[i] = (word >>> 16) | 0x40;
    else {
      const half = (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
      halves[i] = half;
      if (overflowed < 0 && (half & 0x7fff) === 0x7f80 && magnitude !== 0x7f80_0000) overflowed = i;
    }
  }
  return overflowed;
}

/** Rounds to the nearest IEEE half precision value, ties to even. Returns as `narrowToBfloat16` does. */
export function narrowToFloat16(values: Float32Array, halves: Uint16Array): number {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let overflowed = -1;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? 0;
    const magnitude = word & 0x7fff_ffff;
    const half = magnitudeToFloat16(magnitude, Math.abs(values[i] ?? 0));
    halves[i] = ((word >>> 16) & 0x8000) | half;
    if (overflowed < 0 && half === 0x7c00 && magnitude !== 0x7f80_0000) overflowed = i;
  }
  return overflowed;
}

/** Of a float32 without its sign, given as bits and as a number. */
function magnitudeToFloat16(bits: number, value: number): number {
  if (bits > 0x7f80_0000) return 0x7e00;
  if (bits >= 0x4780_0000) return 0x7c00;
  // The exponent's bias changes by 112; a carry out of the fraction moves into the exponent, and so to infinity.
  if (bits >= 0x3880_0000) return (bits + 0x0fff + ((bits >>> 13) & 1) - 0x3800_0000) >>> 13;
  const scaled = value * 2 ** 24;
  const below = Math.floor(scaled);
  const rest = scaled - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

let float16Values: Float32Array | undefined;
function float16Table(): Float32Array {
  float16Values ??= Float32Array.from({length: 0x1_0000}, (_, half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
  return float16Values;
}
