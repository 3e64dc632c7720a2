/** A meeting point: whoever calls waits until `count` callers have come; later ones pass at once. */
export const together = (count: number): (() => Promise<void>) => {
  let missing = count;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    missing -= 1;
    if (missing <= 0) open();
    return opened;
  };
};
