import { expect, test } from 'vitest';
import { requestOf, sentenceOf, type Study, type StudyFields } from '../src/views/studies/study';

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
