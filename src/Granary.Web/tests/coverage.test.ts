import { expect, it } from 'vitest';
import { daysOf } from '../src/views/data/Calendar';

it('tells full days from those with fewer bars, missing ones and those on which the market was closed', () => {
    const years = daysOf({
        symbol: 'A',
        timeframe: '1h',
        zone: 'UTC',
        from: '2021-12-30',
        counts: [24, 5, 0, 0, 30],
        usual: 24,
        short: ['2021-12-31'],
        missing: ['2022-01-01'],
    });
    expect([...years.keys()]).toEqual([2021, 2022]);
    expect(years.get(2021)?.map((d) => d.kind)).toEqual(['full', 'part']);
    expect(years.get(2022)?.map((d) => d.kind)).toEqual(['none', 'closed', 'full']);
});
