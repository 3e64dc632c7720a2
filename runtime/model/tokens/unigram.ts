/** The Unigram model of SentencePiece: of all ways to write a text in pieces, the one with the greatest sum of scores. */
import {prefixTreeOf} from './prefix-tree.js';

/** What an unknown character costs beyond the piece of the lowest score. */
const UNKNOWN_PENALTY = 10;

export interface UnigramPiece {
  readonly text: string;
  /** Written by no piece of the vocabulary; neighbours of this kind are one. */
  readonly isUnknown: boolean;
}

interface Path {
  readonly score: number;
  readonly start: number;
  readonly isUnknown: boolean;
}

/**
 * @param vocabulary pieces with their scores, the logarithms of probabilities; of a piece that comes twice the last counts
 * @param unknownId of the piece that stands for what is unknown
 */
export function unigramOf(
  vocabulary: readonly (readonly [string, number])[],
  unknownId: number | undefined,
): (text: string) => UnigramPiece[] {
  const scores = new Map(vocabulary);
  const unknown = unknownId === undefined ? undefined : vocabulary[unknownId]?.[0];
  const tree = prefixTreeOf(scores.keys());
  let lowest = Number.POSITIVE_INFINITY;
  for (const [, score] of vocabulary) lowest = Math.min(lowest, score);
  const unknownScore = lowest - UNKNOWN_PENALTY;

  return (text) => {
    /** By where a path ends; a place inside a character has none. */
    const best: (Path | undefined)[] = new Array(text.length + 1);
    const offer = (end: number, path: Path): void => {
      const known = best[end];
      if (known === undefined || path.score > known.score) best[end] = path;
    };
    for (let start = 0; start < text.length; ) {
      const soFar = best[start]?.score ?? 0;
      const next = start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
      let hasSingle = false;
      for (const end of tree.endsAt(text, start)) {
        const piece = text.slice(start, end);
        offer(end, {score: (scores.get(piece) ?? 0) + soFar, start, isUnknown: piece === unknown});
        hasSingle ||= end === next;
      }
      if (!hasSingle) offer(next, {score: unknownScore + soFar, start, isUnknown: true});
      start = next;
    }
    return piecesOf(text, best);
  };
}

function piecesOf(text: string, best: readonly (Path | undefined)[]): UnigramPiece[] {
  const pieces: UnigramPiece[] = [];
  for (let end = text.length; end > 0; ) {
    const path = best[end];
    if (path === undefined) break;
    const piece = text.slice(path.start, end);
    const later = pieces.at(-1);
    if (path.isUnknown && later?.isUnknown)
      pieces[pieces.length - 1] = {text: piece + later.text, isUnknown: true};
    else pieces.push({text: piece, isUnknown: path.isUnknown});
    end = path.start;
  }
  return pieces.reverse();
}
