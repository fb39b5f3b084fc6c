import type { Schemas } from '../../api/client';
import type { StrategyClass } from './code';
import { textOf, type JsonMap } from '../../api/jsonSchema';
import { at } from '../batches/batch';
import type { Form } from './drafts';

type Parameter = Pick<StrategyClass['parameters'][number], 'kind' | 'minimum' | 'maximum' | 'values'>;

/** Most values of one parameter. */
const most = 10_000;

/** The values that a field names: one, several with commas, or a range with a step. undefined where it names none. */
export function valuesOf(text: string, parameter: Parameter): (number | boolean | string)[] | undefined {
    const isNumber = parameter.kind === 'int' || parameter.kind === 'double';
    const range = isNumber ? /^(-?[\d.]+)\s*\.\.\s*(-?[\d.]+)\s*(?::\s*([\d.]+))?$/.exec(text.trim()) : null;
    const values = range ? rangeOf(range, parameter.kind === 'int') : text.split(',').map((part) => one(part.trim(), parameter.kind));
    return values === undefined || values.includes(undefined) ? undefined : (values as (number | boolean | string)[]);
}

function rangeOf([, first = '', last = '', by]: RegExpExecArray, whole: boolean): (number | undefined)[] | undefined {
    const [from, to, step] = [Number(first), Number(last), by === undefined ? (whole ? 1 : Number.NaN) : Number(by)];
    if (!(to >= from) || !(step > 0) || (to - from) / step >= most || (whole && ![from, to, step].every(Number.isInteger)))
        return undefined;
    // The decimals of the text, so that 0.1..0.3:0.1 is 0.1, 0.2, 0.3.
    const decimals = Math.max(...[first, by ?? ''].map((t) => (t.split('.')[1] ?? '').length));
    return Array.from({ length: Math.floor((to - from) / step + 1e-9) + 1 }, (_, i) => Number((from + i * step).toFixed(decimals)));
}

function one(text: string, type: string): number | boolean | string | undefined {
    if (type === 'bool') return text === 'true' ? true : text === 'false' ? false : undefined;
    if (type !== 'int' && type !== 'double') return text === '' ? undefined : text;
    const value = Number(text);
    return text === '' || !Number.isFinite(value) || (type === 'int' && !Number.isInteger(value)) ? undefined : value;
}

/** Why a parameter's field has no values; undefined where it has, or is empty. */
export function faultOf(text: string, p: Parameter): string | undefined {
    if (text.trim() === '') return undefined;
    const values = valuesOf(text, p);
    if (values === undefined) {
        if (p.kind === 'bool') return 'Write true, false, or both with a comma.';
        if (p.kind === 'int') return 'Write a whole number, several with commas, or a range such as 5..50:5.';
        if (p.kind === 'double') return 'Write a number, several with commas, or a range such as 0.5..2:0.25.';
        return 'Write a value, or several with commas.';
    }
    const other = p.values ? values.find((v) => !p.values?.includes(String(v))) : undefined;
    if (other !== undefined) return `‘${String(other)}’ is not one of ${(p.values ?? []).join(', ')}.`;
    const outside = values.find((v) => typeof v === 'number' && (v < (p.minimum ?? -Infinity) || v > (p.maximum ?? Infinity)));
    return outside === undefined ? undefined : `${String(outside)} is not from ${p.minimum ?? '…'} to ${p.maximum ?? '…'}.`;
}

/** How many strategies the fields make on one market. */
export const gridSize = (values: Record<string, string>, parameters: StrategyClass['parameters']): number =>
    parameters.reduce((n, p) => n * Math.max(1, valuesOf(values[p.name] ?? '', p)?.length ?? 1), 1);

/** What the server needs to make the batch of a file: the fields that are filled in. */
export function runOf(file: { name: string; source: string }, chosen: StrategyClass, form: Form): Schemas['StrategyFileRun'] {
    const { source, symbols, timeframe } = form.data;
    const text = (v: unknown) => (typeof v === 'string' && v !== '' ? v : null);
    const values = chosen.parameters.flatMap((p) => {
        const value = (form.params[p.name] ?? '').trim();
        return value === '' ? [] : [[p.name, value.replace(/\s+/g, '')] as const];
    });
    return {
        ...file,
        data: text(source),
        symbols: Array.isArray(symbols) ? symbols.map(String) : null,
        timeframe: text(timeframe),
        class: chosen.name,
        values: Object.fromEntries(values),
    };
}

/** The fields that make the batch of a run again. */
export function formOf(batch: JsonMap): Form {
    const [data, params] = [at(batch, ['data']), at(batch, ['strategies', 0, 'params'])];
    const map = (v: unknown): JsonMap => (typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as JsonMap) : {});
    return {
        class: textOf(at(batch, ['strategies', 0, 'class'])),
        data: map(data),
        params: Object.fromEntries(Object.entries(map(params)).map(([name, value]) => [name, textOf(value).replace(/ /g, '')])),
    };
}
