/** How the teacher counts and cuts text: pieces of about a token's size. Pure. */

/** A word, up to three digits, or a run of signs, each with the space before it; or other white space. */
const PIECE = / ?\p{L}+| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+/gu;

/** The text in pieces that join to it again. */
export const piecesOf = (text: string): readonly string[] => text.match(PIECE) ?? [];

export interface CutText {
  readonly pieces: readonly string[];
  readonly finishReason: 'stop' | 'length';
}

/** The text up to the first stop sequence, and at most `maxTokens` pieces of it. */
export const cut = (text: string, maxTokens: number | undefined, stops: readonly string[]): CutText => {
  const ends = stops.map((stop) => text.indexOf(stop)).filter((index) => index >= 0);
  const pieces = piecesOf(text.slice(0, Math.min(text.length, ...ends)));
  if (maxTokens === undefined || pieces.length <= maxTokens) return {pieces, finishReason: 'stop'};
  return {pieces: pieces.slice(0, maxTokens), finishReason: 'length'};
};
