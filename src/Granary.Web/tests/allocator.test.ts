import { expect, it } from 'vitest';
import { curvesOf, millisecondsOfTicks } from '../src/views/reinforcement/allocator';

it('reads the ticks of .NET as milliseconds since 1970', () => {
    expect(millisecondsOfTicks(637_943_040_000_000_000)).toBe(Date.UTC(2022, 6, 25));
});

it('brings curves of seeds to the same steps', () => {
    const point = (steps: number, entropy: number) => ({
        steps,
        entropy,
        reward: null,
        kl: null,
        clipFraction: null,
        explainedVariance: null,
    });
    const curves = [
        { seed: 1, points: [point(10, 1), point(20, 2)] },
        { seed: 2, points: [point(20, 3)] },
    ];
    expect(curvesOf(curves, 'entropy')).toEqual({
        x: [10, 20],
        lines: [
            { name: 'Seed 1', values: [1, 2] },
            { name: 'Seed 2', values: [null, 3] },
        ],
    });
});
