import { Text } from '@codemirror/state';
import { afterEach, expect, it } from 'vitest';
import { drafts, faultOfName, find, freeName, plainText, remove, rename, save } from '../src/views/editor/drafts';
import { diagnosticOf, offsetOf } from '../src/views/editor/extensions';
import { faultOf, formOf, gridSize, runOf, valuesOf } from '../src/views/editor/parameters';
import { differenceOf } from '../src/views/editor/results';

const whole = { name: 'fast', kind: 'int', default: 10, minimum: 2, maximum: 100, values: null };
const part = { ...whole, name: 'share', kind: 'double', minimum: 0, maximum: 1 };

afterEach(() => {
    for (const d of drafts.value) remove(d.name);
});

it('reads a value, several, and a range with a step', () => {
    expect(valuesOf('5', whole)).toEqual([5]);
    expect(valuesOf('5, 10,20', whole)).toEqual([5, 10, 20]);
    expect(valuesOf('5..50:15', whole)).toEqual([5, 20, 35, 50]);
    expect(valuesOf('5..8', whole)).toEqual([5, 6, 7, 8]);
    expect(valuesOf('0.1..0.5:0.1', part)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    for (const wrong of ['x', '5,', '9..5', '5..9:0', '1.5', '1..2:0.5', '..']) expect(valuesOf(wrong, whole), wrong).toBeUndefined();
    expect(valuesOf('0.1..0.5', part)).toBeUndefined();
});

it('says why a field has no values', () => {
    expect(faultOf('', whole)).toBeUndefined();
    expect(faultOf('x', whole)).toContain('whole number');
    expect(faultOf('1', whole)).toBe('1 is not from 2 to 100.');
    expect(faultOf('2..200:2', whole)).toContain('is not from 2 to 100');
    expect(faultOf('maybe', { ...whole, kind: 'bool' })).toContain('true, false');
});

it('sends the fields that are filled in, and counts their combinations', () => {
    const chosen = { name: 'Idea', summary: '', parameters: [whole, part], lines: null, schema: null };
    const form = { class: '', data: { source: 'csv:bars', symbols: '*', timeframe: '1d' }, params: { fast: '5.. 15 :5', share: ' ' } };
    expect(runOf({ name: 'Idea.cs', source: 'x' }, chosen, form)).toEqual({
        name: 'Idea.cs',
        source: 'x',
        data: 'csv:bars',
        symbols: null,
        timeframe: '1d',
        class: 'Idea',
        values: { fast: '5..15:5' },
    });
    expect(gridSize({ fast: '5..15:5', share: '0.1,0.2' }, chosen.parameters)).toBe(6);
});

it('takes the fields of a run from its batch', () => {
    const batch = { data: { source: 'csv:bars' }, strategies: [{ class: 'Idea', params: { fast: [5, 10], share: 0.5 } }] };
    expect(formOf(batch)).toEqual({ class: 'Idea', data: { source: 'csv:bars' }, params: { fast: '5,10', share: '0.5' } });
});

it('finds the place of a message, also behind the end of the text', () => {
    const doc = Text.of(['class A', '{', '    Sied.Buy', '}']);
    const at = (line: number, column: number) => diagnosticOf(doc, { line, column, severity: 'error', code: 'CS0103', text: 'not known' });
    expect(doc.sliceString(at(3, 5).from, at(3, 5).to)).toBe('Sied');
    expect(at(99, 99)).toMatchObject({ from: doc.length - 1, to: doc.length });
    expect(offsetOf(doc, 1, 99)).toBe(7);
    expect(offsetOf(Text.empty, 5, 5)).toBe(0);
});

it('compares the trades of two runs by symbol, side and entry', () => {
    const trade = (entryTime: string, symbol = 'A') => ({ symbol, side: 'long' as const, quantity: 1, entryTime, entryPrice: 1 });
    const { gained, lost } = differenceOf([trade('1'), trade('2'), trade('2')], [trade('2'), trade('3'), trade('1', 'B')]);
    expect(gained.map((t) => t.symbol + t.entryTime)).toEqual(['A3', 'B1']);
    expect(lost.map((t) => t.symbol + t.entryTime)).toEqual(['A1', 'A2']);
});

it('keeps drafts by name, and gives new ones a name that is free', () => {
    save('Idea.cs', { text: 'a' });
    save('Idea.cs', { run: 'r' });
    expect(find('Idea.cs')).toMatchObject({ text: 'a', run: 'r', before: null });
    expect(freeName('Idea.cs', ['Idea.cs', 'Idea2.cs'])).toBe('Idea3.cs');
    expect(faultOfName('Idea.cs', ['Idea.cs'])).toContain('There is a draft');
    expect(faultOfName('../x.cs', [])).toContain('Write a file name');
    rename('Idea.cs', 'Other.cs');
    expect(drafts.value.map((d) => d.name)).toEqual(['Other.cs']);
    expect(JSON.parse(localStorage.getItem('granary.editor') ?? '')).toHaveLength(1);
});

it('reads a file with any ends of lines', () => {
    expect(plainText('\uFEFFa\r\nb\rc\n')).toBe('a\nb\nc\n');
});
