/** GPT-2's alphabet of bytes: each byte is one printable character. */

const isPrintable = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);

/** Bytes that are no printable Latin-1 character take those from U+0100 on, in order. */
const characters: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({length: 256}, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
})();
const bytes: ReadonlyMap<string, number> = new Map(characters.map((character, byte) => [character, byte]));

const encoder = new TextEncoder();

export const bytesAsCharacters = (text: string): string => {
  let encoded = '';
  for (const byte of encoder.encode(text)) encoded += characters[byte];
  return encoded;
};

/** The bytes that a token stands for: its own where a character is not of the alphabet. */
export const tokenBytes = (token: string): readonly number[] => {
  const own: number[] = [];
  for (const character of token) {
    const byte = bytes.get(character);
    if (byte === undefined) return [...encoder.encode(token)];
    own.push(byte);
  }
  return own;
};
