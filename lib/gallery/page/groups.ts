/** Pairs that hang together become groups (union-find). */

/** Which of n things hang together. The lowest of each group leads it, in whatever order they join. */
export function joining(n: number) {
  const parent = Int32Array.from({ length: n }, (_, i) => i);
  const leader = (i: number): number => {
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  return {
    leader,
    /** Whether the two were apart until now. */
    join(one: number, other: number): boolean {
      const [a, b] = [leader(one), leader(other)];
      parent[Math.max(a, b)] = Math.min(a, b);
      return a !== b;
    },
  };
}

/**
 * @param pairs [pairs, 2], flat.
 * @param n how many things there are; only those in a pair are grouped.
 * @returns groups of two or more, the largest first, then by their first member; members ascending.
 */
export function groupsOf(pairs: ArrayLike<number>, n: number): number[][] {
  const { leader, join } = joining(n);
  for (let p = 0; p < pairs.length; p += 2) join(pairs[p]!, pairs[p + 1]!);
  const members = new Map<number, Set<number>>();
  for (let p = 0; p < pairs.length; p++) {
    const first = leader(pairs[p]!);
    if (!members.has(first)) members.set(first, new Set());
    members.get(first)!.add(pairs[p]!);
  }
  return [...members.values()]
    .map((group) => [...group].sort((a, b) => a - b))
    .sort((a, b) => b.length - a.length || a[0]! - b[0]!);
}
