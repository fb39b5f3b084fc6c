import { axisOf } from '../src/components/PairBars';
import { quantileStyle } from '../src/views/studies/quantiles';
import { expect, test } from 'vitest';
import { quantilesFor, requestOf, sentenceOf, type Study, type StudyFields } from '../src/views/studies/study';

const fields: StudyFields = {
    source: ' store:bars ',
    symbols: '',
    timeframe: '1d',
    from: '',
    to: '',
    factors: 'roc(20); macd(12,26,9).signal;',
    horizons: '1, 5',
};

test('the fields of the bars become the data section of the request', () => {
    expect(requestOf(fields, { quantiles: 4 })).toEqual({
        quantiles: 4,
        data: { source: 'store:bars', symbols: ['*'], timeframe: '1d' },
        factors: ['roc(20)', 'macd(12,26,9).signal'],
        horizons: [1, 5],
    });
    expect(requestOf({ ...fields, symbols: 'A, B', from: '2020-01-01', to: '2021-01-01', horizons: '1,x' }, {})).toMatchObject({
        data: { symbols: ['A', 'B'], from: '2020-01-01', to: '2021-01-01' },
        horizons: [1, 'x'],
    });
});

test('the sentence names the discoveries', () => {
    const horizon = (bars: number, isDiscovery: boolean) => ({ horizon: bars, isDiscovery });
    const study = {
        tests: 2,
        level: 0.1,
        factors: [{ factor: 'roc(20)', horizons: [horizon(1, false), horizon(5, true)] }],
    } as unknown as Study;
    expect(sentenceOf(study)).toBe('1 of 2 tests are discoveries at q 10%: roc(20) over 5.');
    expect(sentenceOf({ ...study, factors: [] })).toBe('None of 2 tests is a discovery at q 10%.');
});

test('bars of quantiles keep their sign: losses lie to the left of zero', () => {
    // The case that was reported: -0.181 and 0.115 percent.
    const { zero, share } = axisOf([0.00115, -0.00181]);
    expect(zero).toBeCloseTo(0.181 / (0.181 + 0.115), 9);
    expect(zero - share(-0.00181)).toBeCloseTo(0, 9);
    expect(zero + share(0.00115)).toBeCloseTo(1, 9);
    expect(axisOf([1, 2]).zero).toBe(0);
    expect(axisOf([0, 0]).share(0)).toBe(0);
});

test('the lines of two to five quantiles differ in colour, and in dashes for print', () => {
    for (const count of [2, 3, 4, 5]) {
        const styles = Array.from({ length: count }, (_, q) => quantileStyle(q, count));
        expect(new Set(styles.map((s) => s.colour)).size).toBe(count);
        expect(new Set(styles.map((s) => String(s.dashed))).size).toBe(count);
    }
});

test('the sample markets are six symbols, and make three quantiles of two', () => {
    expect([6, 4, 3, 10, 500].map(quantilesFor)).toEqual([3, 2, 2, 5, 5]);
});
