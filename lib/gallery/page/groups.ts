/** Pairs that hang together become groups (union-find). */

/**
 * @param pairs [pairs, 2], flat.
 * @param n how many things there are; only those in a pair are grouped.
 * @returns groups of two or more, the largest first, then by their first member; members ascending.
 */
export function groupsOf(pairs: ArrayLike<number>, n: number): number[][] {
  const parent = Int32Array.from({ length: n }, (_, i) => i);
  const root = (i: number): number => {
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  for (let p = 0; p < pairs.length; p += 2) {
    const [a, b] = [root(pairs[p]!), root(pairs[p + 1]!)];
    // The lower index leads, so that the outcome does not depend on the order of the pairs.
    parent[Math.max(a, b)] = Math.min(a, b);
  }
  const members = new Map<number, Set<number>>();
  for (let p = 0; p < pairs.length; p++) {
    const leader = root(pairs[p]!);
    if (!members.has(leader)) members.set(leader, new Set());
    members.get(leader)!.add(pairs[p]!);
  }
  return [...members.values()]
    .map((group) => [...group].sort((a, b) => a - b))
    .sort((a, b) => b.length - a.length || a[0]! - b[0]!);
}
