import { expect, test } from 'vitest';
import { placesOf, ticksOf } from '../src/components/ScatterChart';

test('ticks are round, include zero and reach beyond the values', () => {
    expect(ticksOf([0.07, 0.3], 5).map((t) => Math.round(t * 1000))).toEqual([0, 100, 200, 300]);
    expect(ticksOf([-0.05, 0.2], 5).map((t) => Math.round(t * 1000))).toEqual([-50, 0, 50, 100, 150, 200]);
    expect(ticksOf([], 5).length).toBeGreaterThan(1);
    expect(ticksOf([0], 5)[0]).toBe(0);
});

test('labels of points at one place are below one another, others keep their places', () => {
    const places = placesOf(
        [
            { x: 10, y: 50 },
            { x: 12, y: 50 },
            { x: 11, y: 52 },
            { x: 400, y: 50 },
        ],
        100,
    );
    expect(places[3]).toBe(50);
    const near = places.slice(0, 3).sort((a, b) => a - b);
    for (let i = 1; i < near.length; i++) expect((near[i] ?? 0) - (near[i - 1] ?? 0)).toBeGreaterThanOrEqual(14);
});
