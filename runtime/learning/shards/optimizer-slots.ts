/** The optimizer's own tensors of one slice, and how they travel and stand in a checkpoint. */
import type {HostTensor} from '../../tensor/executor.js';
import {type Optimizer, weightOfSlot, zeros} from '../optimizers/optimizer.js';
import {type Piece, pieceIn, type Slice} from './slices.js';

/** By the names that the whole tensors have, `optimizer.<slot>.<name>`, each the piece that lies in the slice. */
export type Slots = ReadonlyMap<string, HostTensor>;

/** Before the first step. */
export const initialSlots = ({pieces}: Slice, optimizer: Optimizer): Slots =>
  new Map(optimizer.initial(new Map(pieces.map(({name, spec}) => [name, zeros(spec.shape)]))));

/** The names of a slice's slots, in their order, each with the piece of a weight that it belongs to. */
export function slotPieces({pieces}: Slice, optimizer: Optimizer): [string, Piece][] {
  const byName = new Map(pieces.map((piece) => [piece.name, piece]));
  // The names alone are wanted.
  const empty = new Map(pieces.map(({name}) => [name, zeros([0])]));
  return [...optimizer.initial(empty)].map(([slot]) => {
    const piece = byName.get(weightOfSlot(slot));
    if (piece === undefined) throw new Error(`${slot} is of no weight of its slice`);
    return [slot, piece];
  });
}

export const lengthOfSlots = (slice: Slice, optimizer: Optimizer): number =>
  slotPieces(slice, optimizer).reduce((sum, [, {length}]) => sum + length, 0);

/** One after the other. */
export function joinedSlots(slice: Slice, optimizer: Optimizer, slots: Slots): Float32Array {
  const all = new Float32Array(lengthOfSlots(slice, optimizer));
  let begin = 0;
  for (const [slot, {length}] of slotPieces(slice, optimizer)) {
    all.set(slots.get(slot)?.data ?? [], begin);
    begin += length;
  }
  return all;
}

/** A slice's slots from those of whole tensors. */
export const slotsFrom = (
  slice: Slice,
  optimizer: Optimizer,
  tensors: ReadonlyMap<string, HostTensor>,
): Slots =>
  new Map(
    slotPieces(slice, optimizer).map(([slot, piece]) => {
      const tensor = tensors.get(slot);
      if (tensor === undefined) throw new Error(`the optimizer's state lacks ${slot}`);
      return [slot, {...piece.spec, data: pieceIn(tensor.data, piece).slice()}];
    }),
  );
