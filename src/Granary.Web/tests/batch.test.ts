import { describe, expect, it } from 'vitest';
import { faultsOf, serverFaults, textOf, type Schema } from '../src/api/jsonSchema';
import {
    at,
    completed,
    example,
    formatBatch,
    gridSize,
    parameterFaults,
    parseBatch,
    put,
    resolved,
    valuesOf,
} from '../src/views/batches/batch';

const sample = example({ source: 'csv:.', timeframe: '1h', symbols: ['A'] });

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
        const { value } = parseBatch(sample);
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

it('the sentences of the server name the fields that they are about', () => {
    expect(serverFaults("batch.json, line 3, strategies[0].class: there is no class 'X'\njob.json, line 1: 'run' is missing")).toEqual([
        { path: 'strategies[0].class', sentence: "there is no class 'X'" },
        { path: 'run', sentence: "'run' is missing" },
    ]);
    expect(serverFaults("batch.json, line 2, data: 'timeframe' is missing")[0]?.path).toBe('data.timeframe');
    expect(serverFaults('too large')).toEqual([{ path: '', sentence: 'too large' }]);
});

describe('the faults that a schema finds', () => {
    const schema: Schema = {
        type: 'object',
        required: ['run'],
        additionalProperties: false,
        properties: {
            run: { type: 'string' },
            cuts: { type: 'integer', minimum: 1, maximum: 1000 },
            words: { anyOf: [{ type: 'array', items: { type: 'string' }, minItems: 1 }, { type: 'string' }] },
            side: { enum: ['long', 'short'] },
        },
    };
    const paths = (value: Parameters<typeof faultsOf>[1]) => faultsOf(schema, value).map((f) => f.path);

    it('are none where the value is right', () => {
        expect(paths({ run: 'a', cuts: 12, words: ['x'], side: 'long' })).toEqual([]);
        expect(paths({ run: 'a', words: 'x' })).toEqual([]);
    });

    it('each have the path of the value', () => {
        expect(paths({ cuts: 0, side: 'both', more: 1 })).toEqual(['run', 'cuts', 'side', 'more']);
        expect(paths({ run: 'a', cuts: 1.5 })).toEqual(['cuts']);
        expect(paths({ run: 'a', words: [] })).toEqual(['words']);
        expect(paths({ run: 1 })).toEqual(['run']);
    });

    it('are those of parameters out of range', () => {
        const parameter = { name: 'fast', kind: 'int', default: 5, minimum: 1, maximum: 100, values: null };
        const classes = [{ name: 'A', summary: '', parameters: [parameter] }];
        expect(parameterFaults({ strategies: [{ class: 'A', params: { fast: [5, 500] } }] }, classes)).toEqual([
            { path: 'strategies[0].params.fast', sentence: '500 is not a whole number from 1 to 100.' },
        ]);
    });
});

describe('a batch for a kind of job', () => {
    it('gets the section that the kind needs, and keeps one that it has', () => {
        const plain = { name: 'a', portfolio: { weights: 'winners', limits: { maxPositions: 3 } } };
        expect(completed(plain, 'backtest')).toEqual({ batch: plain, added: [] });
        const trained = completed(plain, 'train');
        expect(trained.batch.learning).toEqual({ trainer: 'logistic', label: 'direction' });
        expect(trained.added).toHaveLength(1);
        const own = { ...plain, learning: { trainer: 'tree' } };
        expect(completed(own, 'experiment')).toEqual({ batch: own, added: [] });
        const learned = completed(plain, 'reinforce').batch;
        expect(at(learned, ['portfolio', 'weights'])).toBe('adaptive');
        expect(at(learned, ['portfolio', 'limits', 'maxPositions'])).toBe(3);
        expect(completed(learned, 'reinforce').added).toEqual([]);
    });

    it('names its sources from the folder of its run', () => {
        const source = (value: unknown) => ({ data: value }) as Parameters<typeof resolved>[0];
        expect(resolved(source({ source: 'csv:data/1h' }), '/runs/a')).toEqual(source({ source: 'csv:/runs/a/data/1h' }));
        expect(resolved(source({ parts: [{ source: 'csv:b' }, { source: 'store:/c' }] }), '/a')).toEqual(
            source({ parts: [{ source: 'csv:/a/b' }, { source: 'store:/c' }] }),
        );
    });
});
