import { describe, expect, it } from 'vitest';
import { conditionsOf } from '../src/views/runs/Conditions';
import { lackOf } from '../src/views/runs/trades';

describe('the conditions of one strategy', () => {
    it('keep the order of their rows, each with the trades of all its values behind it', () => {
        const rows = [
            { condition: 'weekday', importance: 0.2, trades: 3 },
            { condition: 'weekday', importance: 0.2, trades: 7 },
            { condition: 'hour', importance: 0.01, trades: 4 },
            { condition: 'hour', importance: 0.01, trades: 6 },
            { condition: 'exit', trades: 10 },
        ];
        expect(conditionsOf(rows)).toEqual([
            { condition: 'weekday', importance: 0.2, trades: 10 },
            { condition: 'hour', importance: 0.01, trades: 10 },
            { condition: 'exit', importance: null, trades: 10 },
        ]);
    });
});

describe('a chart that cannot load all trades', () => {
    it('says which ones it has', () => {
        expect(lackOf('trades', { rows: new Array(3), total: 3, first: 0 })).toBeUndefined();
        expect(lackOf('trades', undefined)).toBeUndefined();
        expect(lackOf('trades', { rows: new Array(50_000), total: 125_000, first: 20_000 })).toBe(
            'The chart has the trades 20,001 to 70,000 of 125,000. Choose a range or one of the trades to see others.',
        );
    });
});
