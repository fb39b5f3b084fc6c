import { describe, expect, it } from 'vitest';
import { faultAt, serverFaults } from '../src/api/jsonSchema';
import { scaleAround, shareOf, ticksOf, valueAt } from '../src/components/scale';
import { completed, gridSize } from '../src/views/batches/batch';
import { choicesJson, rangeJson, rangeOf, treatmentOf, usualSpace, withoutSearch, withSearch } from '../src/views/batches/space';
import {
    bestSoFar,
    byImportance,
    contourOf,
    edgesOf,
    isAboveLuck,
    isMinimised,
    objectiveOf,
    ranked,
    scaleOf,
    scoreOf,
    spread,
    valueOf,
    type ParameterSearch,
    type Trial,
} from '../src/views/runs/search';

const trial = (
    number: number,
    fast: number,
    exit: string,
    sharpe: number | null,
    state = 'finished',
    best: number | null = null,
): Trial => ({
    number,
    round: 1,
    strategy: `s${number}`,
    state,
    share: state === 'stopped' ? 0.25 : 1,
    values: { fast, exit },
    objectives: [sharpe],
    best,
});

const search: ParameterSearch = {
    strategy: 'A@B:1h',
    method: 'tpe',
    objectives: ['sharpe'],
    rounds: 1,
    finished: 4,
    failed: 1,
    stopped: 1,
    best: [4],
    luckBar: 1.1,
    bestSharpe: 1.2,
    conclusion: '',
    space: [
        { name: 'fast', from: 1, to: 100, log: true },
        { name: 'exit', log: false, values: ['a', 'b'] },
    ],
    importance: [
        { objective: 'sharpe', parameter: 'fast', share: 0.1, deviation: 0.01 },
        { objective: 'sharpe', parameter: 'exit', share: 0.6, deviation: 0.02 },
    ],
    trials: [
        trial(1, 2, 'a', 0.5, 'finished', 0.5),
        trial(2, 20, 'a', null, 'failed', 0.5),
        trial(3, 50, 'b', 0.9, 'finished', 0.9),
        trial(4, 60, 'b', 1.2, 'finished', 1.2),
        trial(5, 3, 'b', 9, 'stopped', 1.2),
        trial(6, 2.1, 'a', 0.3, 'finished', 1.2),
    ],
};

describe('a search', () => {
    it('ranks the trials that ran on all bars', () => {
        expect(ranked(search).map((t) => t.number)).toEqual([4, 3, 1, 6]);
        expect(scoreOf(search.trials[4] as Trial)).toBeNaN();
        const least = { ...search, objectives: ['-maxDrawdown'] };
        expect(ranked(least).map((t) => t.number)).toEqual([6, 1, 3, 4]);
    });

    it('is above luck only with both ratios', () => {
        expect(isAboveLuck(search)).toBe(true);
        expect(isAboveLuck({ ...search, bestSharpe: 1.1 })).toBe(false);
        expect(isAboveLuck({ ...search, luckBar: null })).toBe(false);
    });

    it('orders its parameters by importance', () => {
        expect(byImportance(search).map((p) => p.name)).toEqual(['exit', 'fast']);
        expect(byImportance({ ...search, importance: [] }).map((p) => p.name)).toEqual(['fast', 'exit']);
    });

    it('has a step for each trial that was better than all before', () => {
        expect(bestSoFar(search)).toEqual([
            { x: 1, y: 0.5 },
            { x: 3, y: 0.5 },
            { x: 3, y: 0.9 },
            { x: 4, y: 0.9 },
            { x: 4, y: 1.2 },
            { x: 6, y: 1.2 },
        ]);
    });

    it('averages cells of two parameters, and colours them by their rank', () => {
        const [fast, exit] = [search.space[0], search.space[1]] as [(typeof search.space)[0], (typeof search.space)[0]];
        expect(edgesOf(search, exit)).toEqual([-0.5, 0.5, 1.5]);
        expect(edgesOf(search, fast)).toHaveLength(13);
        const cells = contourOf(search, fast, exit);
        // 2 and 2.1 lie in the second twelfth of the logarithm of 1 to 100, 50 and 60 in the eleventh.
        expect(cells.map((c) => [c.count, Number(c.mean.toFixed(6)), c.colour])).toEqual([
            [2, 0.4, 'loss'],
            [2, 1.05, 'gain'],
        ]);
        expect(valueOf(search.trials[2] as Trial, exit)).toBe(1);
        expect(Math.abs(spread(search.trials[2] as Trial, exit) - 1)).toBeLessThanOrEqual(0.25);
    });

    it('names its objectives as the catalogue does', () => {
        const known = [{ key: 'maxDrawdown', name: 'Maximum drawdown', unit: 'fraction', better: 'lower', formula: '' }];
        expect(objectiveOf('-maxDrawdown', known).name).toBe('Maximum drawdown');
        expect(objectiveOf('-maxDrawdown', known).text(0.125)).toBe('12.50%');
        expect(objectiveOf('sharpe - maxDrawdown', known).name).toBe('sharpe - maxDrawdown');
        expect([isMinimised('-maxDrawdown'), isMinimised('-(a+b)'), isMinimised('sharpe')]).toEqual([true, false, false]);
    });
});

describe('a scale', () => {
    it('maps logarithms and names, and back', () => {
        const log = scaleOf({ name: 'x', from: 1, to: 100, log: true });
        expect(shareOf(log, 10)).toBeCloseTo(0.5, 12);
        expect(valueAt(log, shareOf(log, 7))).toBeCloseTo(7, 12);
        const names = scaleOf({ name: 'x', log: false, values: ['a', 'b'] });
        expect([shareOf(names, 0), shareOf(names, 1), ticksOf(names, 5)]).toEqual([0.25, 0.75, [0, 1]]);
    });

    it('has round ticks within it', () => {
        const scale = scaleAround('y', [-0.31, 1.27], String);
        expect(scale.low).toBeLessThanOrEqual(-0.31);
        expect(scale.high).toBeGreaterThanOrEqual(1.27);
        expect(ticksOf(scale, 4).map((t) => Number(t.toFixed(9)))).toEqual([-0.5, 0, 0.5, 1, 1.5]);
        expect(ticksOf(scaleOf({ name: 'x', from: 20, to: 300, log: true }), 3)).toEqual([20, 50, 100, 200]);
    });
});

describe('the form of a search', () => {
    it('makes ranges and choices of a grid, and keeps what is fixed', () => {
        const entry = { class: 'A', params: { fast: [10, 20, 30], mode: ['x', 'y'], stop: 3 }, sides: 'long' };
        expect(withSearch(entry)).toEqual({
            class: 'A',
            sides: 'long',
            params: { stop: 3 },
            search: { method: 'tpe', trials: 200, objective: 'sharpe', space: { fast: { values: [10, 20, 30] }, mode: ['x', 'y'] } },
        });
        // What was typed is there again.
        expect(withoutSearch(withSearch(entry))).toEqual({
            class: 'A',
            sides: 'long',
            params: { stop: 3, fast: [10, 20, 30], mode: ['x', 'y'] },
        });
        // Two values are the ends of a range.
        const pair = { class: 'A', params: { fast: [10, 50] } };
        expect(withSearch(pair).search).toMatchObject({ space: { fast: [10, 50] } });
        expect(withoutSearch(withSearch(pair))).toEqual(pair);
    });

    it('varies numbers around their defaults within the range of their class where there is no grid', () => {
        const parameter = { name: 'fast', kind: 'int', default: 10, minimum: 6, maximum: 500 };
        expect(withSearch({ class: 'A' }, [parameter]).search).toMatchObject({ space: { fast: [6, 20] } });
        expect(usualSpace(undefined, { name: 'b', kind: 'bool', default: true })).toEqual([true, false]);
    });

    it('writes a range as two numbers, and as an object where it is logarithmic, stepped or not complete', () => {
        expect(rangeJson({ from: 5, to: 50, log: false }, [5, 40])).toEqual([5, 50]);
        expect(rangeJson({ from: 5, to: 50, log: true }, [5, 50])).toEqual({ from: 5, to: 50, log: true });
        expect(rangeJson({ from: 5, to: undefined, log: false }, [5, 50])).toEqual({ from: 5 });
        expect(rangeJson({ from: 5, to: 60, log: false }, { from: 5, to: 50, step: 5 })).toEqual({ from: 5, to: 60, step: 5 });
        expect(rangeOf({ from: 5, to: 50, log: true })).toEqual({ from: 5, to: 50, log: true });
    });

    it('tells choices of numbers from a range', () => {
        expect(choicesJson([0, 3])).toEqual({ values: [0, 3] });
        expect(choicesJson(['a', 'b'])).toEqual(['a', 'b']);
        expect([treatmentOf([5, 50]), treatmentOf({ values: [0, 3] }), treatmentOf(['a', 'b']), treatmentOf(undefined)]).toEqual([
            'range',
            'choices',
            'choices',
            'fixed',
        ]);
    });

    it('counts the trials, and gives the first strategy a search where the job needs one', () => {
        const batch = { strategies: [{ class: 'A', params: { fast: [10, 20] } }] };
        const { batch: next, added } = completed(batch, 'optimise');
        expect(added).toHaveLength(1);
        expect(gridSize(next)).toBe(200);
        expect(gridSize({ strategies: [{ class: 'A', search: { space: {} } }] })).toBe(100);
        expect(completed(next, 'optimise').added).toEqual([]);
    });

    it('shows a refused key at its field', () => {
        const faults = serverFaults('batch.json, line 9, strategies[0].search.space.fast: the range from 50 to 5 is empty');
        expect(faultAt(faults, 'strategies[0].search.space.fast')).toBe('the range from 50 to 5 is empty');
        expect(faultAt(faults, 'strategies[0].search.method')).toBeUndefined();
    });
});
