import { expect, it } from 'vitest';
import { differences, rebase } from '../src/views/portfolio/weights';

it('lists the weights that a change adds, replaces and removes', () => {
    expect(differences({ a: 1, b: 2, c: 3 }, { a: 1, b: 4, d: 5 })).toEqual([
        { strategy: 'b', before: 2, after: 4 },
        { strategy: 'c', before: 3, after: null },
        { strategy: 'd', before: null, after: 5 },
    ]);
});

it('makes my changes on top of what somebody else saved', () => {
    const base = { a: 1, b: 1, c: 1 };
    const mine = { a: 0, b: 1, d: 2 };
    const theirs = { a: 1, b: 0.5, c: 1, e: 3 };
    expect(rebase(base, mine, theirs)).toEqual({ a: 0, b: 0.5, d: 2, e: 3 });
});
