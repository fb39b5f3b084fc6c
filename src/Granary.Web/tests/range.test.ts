import { describe, expect, it } from 'vitest';
import { rangeOf, searchOf, within } from '../src/api/range';
import { batchOn } from '../src/views/data/BarFiles';

describe('the range of a page', () => {
    it('stands in the address in whole seconds, and leads back to the same', () => {
        const range = { from: 1_650_000_000.7, to: 1_660_000_000.2 };
        const search = searchOf(range);
        expect(search).toEqual({ from: '2022-04-15T05:20:00Z', to: '2022-08-08T23:06:41Z' });
        expect(rangeOf(search)).toEqual({ from: 1_650_000_000, to: 1_660_000_001 });
        expect(searchOf(rangeOf(search))).toEqual(search);
    });

    it('is the whole time without times, with a wrong one or in the wrong order', () => {
        expect(searchOf(null)).toEqual({ from: '', to: '' });
        for (const search of [{}, { from: '2022-01-01' }, { from: 'x', to: '2022-01-01' }, { from: '2022-01-02', to: '2022-01-01' }])
            expect(rangeOf(search)).toBeNull();
    });

    it('leaves out what is before it and from its end on', () => {
        expect(within({ from: 2, to: 4 }, [1, 2, 3, 4], ['a', 'b', 'c', 'd'])).toEqual({ x: [2, 3], values: ['b', 'c'] });
        expect(within(null, [1, 2], ['a', 'b'])).toEqual({ x: [1, 2], values: ['a', 'b'] });
    });
});

it('a bar file begins a batch on its source, symbol and timeframe', () => {
    expect(batchOn({ source: 'csv:more/1h', symbol: 'A/B', timeframe: '1h' })).toBe(
        '/batches/new?source=csv%3Amore%2F1h&symbol=A%2FB&timeframe=1h',
    );
});
