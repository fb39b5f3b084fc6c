import { describe, expect, it } from 'vitest';
import { eventName, eventsOf, probabilityOf, quantileName, sizeText } from '../src/views/runs/pathText';
import type { ResampledMethod } from '../src/views/runs/run';

const method = (name: string, events: ResampledMethod['events']): ResampledMethod => ({
    method: name,
    title: name,
    meaning: '',
    unit: 'day',
    returns: 100,
    paths: 1000,
    cautions: [],
    figures: [],
    events,
    sizes: [],
});

describe('what could have happened', () => {
    const days = method('periods', [
        { event: 'ruin', probability: 0.1 },
        { event: 'goal', probability: 0.2 },
        { event: 'loss', probability: 0.3, months: 1 },
        { event: 'loss', probability: 0.4, months: 12 },
    ]);
    const order = method('order', [{ event: 'ruin', probability: 0.05 }]);

    it('lists each event once, losses by their horizon', () => {
        expect(eventsOf([order, days]).map((e) => eventName(e, { goal: 1, ruin: 0.5 }))).toEqual([
            'Ruin: equity down to 50.0% of the start at any time',
            'Goal: a profit of 100.0% at any time',
            'Loss after 1 month',
            'Loss after 12 months',
        ]);
    });

    it('has no probability of an event that a method does not count', () => {
        expect(probabilityOf(days, { event: 'loss', months: 12 })).toBe(0.4);
        expect(probabilityOf(order, { event: 'loss', months: 12 })).toBeUndefined();
    });

    it('says where a size ends', () => {
        const blocks = { meanBlock: 1.2 };
        expect(sizeText(blocks, 2.3456)).toBe('2.35 times the actual one');
        expect(sizeText(blocks, 123.456)).toBe('more than 10 times');
        expect(sizeText(blocks, null)).toBe('more than 10 times');
        expect(sizeText(blocks, 1 / 1024)).toBe('below 1/1,024 of the actual one');
        // A shuffle of the same trades says nothing of other sizes.
        expect(sizeText({}, 413)).toBe('–');
        expect(quantileName(0.05)).toBe('5%');
    });
});
