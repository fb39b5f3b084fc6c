import { expect, test } from 'vitest';
import { asNumber } from '../src/views/live/digits';

test('A number of an order is not read where its comma has two meanings', () => {
    expect(['', '12.5', '12,5', '0,125', '1250'].map(asNumber)).toEqual([null, 12.5, 12.5, 0.125, 1250]);
    expect(['1,250', '12,500', '1,250,000', '-1', 'x'].map(asNumber)).toEqual(Array(5).fill(undefined));
});
