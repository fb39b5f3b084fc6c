import { expect, test } from 'vitest';
import { stepTo } from '../src/components/ChartFrame';
import { placesOf } from '../src/components/labels';
import { scaleAround, ticksOf } from '../src/components/scale';

test('an axis with zero has round ticks, zero included, and contains all values', () => {
    const ticks = (values: number[]) => {
        const scale = scaleAround('', [0, ...values], String);
        expect(scale.low).toBeLessThanOrEqual(Math.min(0, ...values));
        expect(scale.high).toBeGreaterThanOrEqual(Math.max(0, ...values));
        return ticksOf(scale, 5).map((t) => Math.round(t * 1000));
    };
    expect(ticks([0.07, 0.3])).toEqual([0, 100, 200, 300]);
    expect(ticks([-0.05, 0.2])).toEqual([-50, 0, 50, 100, 150, 200]);
    expect(ticks([0]).length).toBeGreaterThan(1);
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

test('keys visit the marks in their order and stop at the outermost', () => {
    const marks = [7, 3, 9, 1];
    expect(['ArrowRight', 'ArrowLeft', 'Home', 'End'].map((key) => stepTo(marks, null, key))).toEqual([7, 1, 7, 1]);
    expect(stepTo(marks, 3, 'ArrowRight')).toBe(9);
    expect(stepTo(marks, 3, 'ArrowLeft')).toBe(7);
    expect(stepTo(marks, 1, 'ArrowRight')).toBe(1);
    expect(stepTo(marks, 7, 'ArrowLeft')).toBe(7);
    expect(stepTo(marks, 3, 'x')).toBeNull();
    expect(stepTo([], null, 'ArrowRight')).toBeNull();
    const many = Array.from({ length: 200 }, (_, i) => i);
    expect(stepTo(many, 50, 'PageDown')).toBe(70);
    expect(stepTo(many, 5, 'PageUp')).toBe(0);
});
