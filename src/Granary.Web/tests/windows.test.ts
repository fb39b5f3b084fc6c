import { expect, test } from 'vitest';
import { rowsOf } from '../src/format/csv';
import { modelOf, payOf, type CostModel } from '../src/views/costs/costs';
import { chosenNumbers, windowsOf } from '../src/views/runs/windows';

const text = `group,from,chosen_at,to,strategy,objective,in_sample_return,out_of_sample_return,trades,out_of_sample_objective,trials,fast,mode
A@X:1d,2022-01-01T00:00:00Z,2022-07-02T00:00:00Z,2022-08-13T00:00:00Z,"A(fast=10,mode=""a"")@X:1d",-1.5,-0.07,0.02,3,,9,10,a
A@X:1d,2022-02-12T00:00:00Z,2022-08-13T00:00:00Z,2022-09-24T00:00:00Z,,,,,0,,9,,
`;

test('windows.csv is read with its quotes and its empty cells, and its numbers are drawn by choice', () => {
    const rows = windowsOf(rowsOf(text));
    expect(rows.map((r) => r.strategy)).toEqual(['A(fast=10,mode="a")@X:1d', '']);
    expect(rows[0]).toMatchObject({ inSample: -0.07, outOfSample: 0.02, trials: 9, params: { fast: '10', mode: 'a' } });
    expect(rows[0]?.outOfSampleObjective).toBeUndefined();
    expect(rows[1]?.params).toEqual({});
    expect(chosenNumbers(rows)).toEqual([{ name: 'fast', values: [10, null] }]);
});

test('a turnover pays the cost in basis points, and nothing for a cost below zero', () => {
    // 10 bp of 420 are 0.42, and -3 bp count as none.
    const { mean, low, high } = payOf(420, { mean: 10, low: -3, high: 20, upper: 15 });
    expect(mean).toBeCloseTo(0.42, 12);
    expect(low).toBe(0);
    expect(high).toBeCloseTo(0.84, 12);
});

test('a batch pays the costs against the price at which its orders fill', () => {
    const models = ['open', 'close', 'stop'].map((reference) => ({ reference }) as CostModel);
    expect(modelOf(models)?.reference).toBe('open');
    expect(modelOf(models, 'same-close')?.reference).toBe('close');
    expect(modelOf(models.slice(0, 1), 'same-close')?.reference).toBe('open');
    expect(modelOf(models.slice(2))).toBeUndefined();
});
