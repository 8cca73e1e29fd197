/** How names are shortened: those that fit stay as they are. */
export interface Shortening {
  /** Cuts at the end. */
  end: (name: string) => string;
  /** Cuts in the middle: what tells names apart is often at their ends. */
  middle: (name: string) => string;
}

/** Names shortened so that no two different ones look the same: cut in the middle where their ends differ, else numbered. */
export function distinctNames(names: readonly string[], { end, middle }: Shortening): string[] {
  const cut = replaceAlike(names.map(end), (i) => middle(names[i]!));
  return replaceAlike(cut, (i) => end(`${i + 1}: ${names[i]!}`));

  function replaceAlike(shortened: string[], other: (i: number) => string): string[] {
    const meant = new Map<string, Set<string>>();
    for (const [i, short] of shortened.entries())
      meant.set(short, (meant.get(short) ?? new Set()).add(names[i]!));
    return shortened.map((short, i) => (meant.get(short)!.size > 1 ? other(i) : short));
  }
}
