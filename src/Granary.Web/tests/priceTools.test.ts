import { expect, test } from 'vitest';
import { heikinAshi } from '../src/components/heikinAshi';
import { measureText, spanText } from '../src/components/measure';
import type { Prices } from '../src/components/PriceChart';
import { drawingAt } from '../src/components/useReplay';
import { aligned } from '../src/views/runs/CompareView';
import { dealOf } from '../src/views/runs/StrategyChart';

test('a Heikin-Ashi candle closes at the mean of its bar and opens in the middle of the one before', () => {
    // First: (10+14+8+12)/4 = 11, opens at (10+12)/2 = 11. Second: (12+13+6+9)/4 = 10, opens at (11+11)/2 = 11, so its high is 13.
    // Third: (9+9.5+9+9.5)/4 = 9.25, opens at (11+10)/2 = 10.5, which is above the bar's high of 9.5.
    const made = heikinAshi({ open: [10, 12, 9], high: [14, 13, 9.5], low: [8, 6, 9], close: [12, 9, 9.5] });
    expect(made).toEqual({ open: [11, 11, 10.5], high: [14, 13, 10.5], low: [8, 6, 9], close: [11, 10, 9.25] });
});

test('a measure says price, percent, bars and time of the way between two places', () => {
    const at = (bar: number, time: number, price: number) => ({ x: 0, y: 0, bar, time, price });
    expect(measureText(at(10, 0, 80), at(34, 97_200, 82), 1)).toBe('+2.00 · +2.50% · 24 bars · 1d 3h');
    // Backwards, over candles that join five bars each.
    expect(measureText(at(34, 1_800, 80), at(33, 0, 60), 5)).toBe('−20.00 · −25.00% · 5 bars · 30min');
    expect([spanText(0), spanText(59), spanText(3600), spanText(90_061)]).toEqual(['0min', '0min', '1h', '1d 1h']);
});

test('curves of different times share the times of all, each with its last value until its end', () => {
    const day = (n: number) => new Date(n * 86_400_000).toISOString();
    const made = aligned([
        { times: [day(0), day(2)], values: [1, 2] },
        { times: [day(1), day(3)], values: [5, 6] },
    ]);
    expect(made.x).toEqual([0, 86_400, 172_800, 259_200]);
    expect(made.values).toEqual([
        [1, 1, 2, null],
        [null, 5, 5, 6],
    ]);
});

test('the worst and the best price of a trade lie on the sides of its direction', () => {
    const trade = { symbol: 'A', quantity: 1, entryTime: '2024-01-01T00:00:00Z', entryPrice: 200, mae: 0.05, mfe: 0.1 };
    const prices = (side: 'long' | 'short') => {
        const { worst, best } = dealOf({ ...trade, side });
        return [worst, best].map((p) => Math.round(p ?? 0));
    };
    expect(prices('long')).toEqual([190, 220]);
    expect(prices('short')).toEqual([210, 180]);
    expect(dealOf({ symbol: 'A', quantity: 1, entryTime: trade.entryTime, entryPrice: 200, side: 'long' }).worst).toBeUndefined();
});

test('a replay shows what was known when a bar had closed', () => {
    const bar = (values: number[]) => ({ open: values, high: values, low: values, close: values, volume: values });
    const times = [0, 60, 120, 180];
    const bars = { ...bar([1, 2, 3, 4]), times: times.map(String), timeframe: '1m', rows: 4, joined: 1, prices: 'raw' as const };
    const deal = (from: number, to: number) => ({
        from,
        to,
        entryPrice: 1,
        exitPrice: 2,
        side: 'long' as const,
        profit: 1,
        name: 'long from 1',
        text: 'long from 1 +100%',
        best: 2,
    });
    const made = drawingAt(
        {
            prices: { bars, lines: [{ name: 'sma', colour: 's1', values: [5, 6, 7, 8] }] } as unknown as Prices,
            times,
            marks: [0, 119, 120].map((time) => ({ time, kind: 'buy', text: '' })),
            deals: [deal(0, 60), deal(60, 150), deal(120, 180)],
        },
        60,
    );
    // The bar of 60 lasts until 120: the mark at 119 is of it, the trade that ends at 150 is open, and the one that begins at 120 is not there.
    expect(made.times).toEqual([0, 60]);
    expect([made.prices.bars.close, made.prices.lines?.[0]?.values]).toEqual([
        [1, 2],
        [5, 6],
    ]);
    expect(made.marks.map((m) => m.time)).toEqual([0, 119]);
    expect(made.deals.map((d) => [d.to, d.profit, d.text])).toEqual([
        [60, 1, 'long from 1 +100%'],
        [undefined, undefined, 'long from 1, open'],
    ]);
    expect(made.deals[1]?.best).toBeUndefined();
});
