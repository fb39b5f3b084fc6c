import { describe, expect, it } from 'vitest';
import { at, example, formatBatch, gridSize, parseBatch, placeOf, put, textOf, valuesOf } from '../src/views/batches/batch';

describe('a batch file', () => {
    it('may have comments and trailing commas, and texts that look like them', () => {
        const { value, fault } = parseBatch('{ // name\n "name": "a//b, }", /* two */ "data": { "symbols": ["A", "B",], }, }');
        expect(fault).toBeUndefined();
        expect(value).toEqual({ name: 'a//b, }', data: { symbols: ['A', 'B'] } });
    });

    it('says what is wrong with its text', () => {
        expect(parseBatch('{ "name": }').fault).toContain('not valid JSON');
        expect(parseBatch('[1]').fault).toContain('object');
    });

    it('is the same after the form wrote it', () => {
        const { value } = parseBatch(example);
        expect(value).toBeDefined();
        if (value) expect(parseBatch(formatBatch(value)).value).toEqual(value);
    });

    it('counts the strategies of its grids', () => {
        expect(gridSize({ strategies: [{ params: { a: [1, 2], b: [1, 2, 3] }, timeframe: ['1h', '4h'] }, { class: 'B' }] })).toBe(13);
    });
});

describe('a change of a field', () => {
    it('sets one value and leaves the others', () => {
        const value = { data: { source: 'csv:a' }, strategies: [{ class: 'A' }, { class: 'B' }] };
        expect(at(put(value, ['strategies', 1, 'params', 'fast'], 5), ['strategies', 1, 'params', 'fast'])).toBe(5);
        expect(put(value, ['strategies', 0], undefined)).toEqual({ data: { source: 'csv:a' }, strategies: [{ class: 'B' }] });
        expect(value.strategies).toHaveLength(2);
    });

    it('takes a key out, and the object that it empties', () => {
        expect(put({ name: 'x', portfolio: { limits: { maxPositions: 3 } } }, ['portfolio', 'limits', 'maxPositions'], undefined)).toEqual({
            name: 'x',
        });
    });

    it('reads one value or a grid', () => {
        expect(valuesOf('10, 20')).toEqual([10, 20]);
        expect(valuesOf(' 10 ')).toBe(10);
        expect(valuesOf('')).toBeUndefined();
        expect(textOf([10, 20])).toBe('10, 20');
    });
});

it('the sentence of the server names the field that it is about', () => {
    expect(placeOf("batch.json, line 3, strategies[0].class: there is no strategy class 'X'")).toEqual({
        line: 3,
        path: 'strategies[0].class',
        sentence: "there is no strategy class 'X'",
    });
    expect(placeOf('too large').path).toBeUndefined();
});
