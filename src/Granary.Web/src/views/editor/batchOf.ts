import type { Json, JsonMap } from '../../api/jsonSchema';
import { at, put } from '../batches/batch';
import type { StrategyClass } from './code';
import type { Form } from './drafts';

type Parameter = StrategyClass['parameters'][number];

/** What a parameter's field has: a value, several, or a range with a step. */
export function valuesOfField(text: string, parameter: Pick<Parameter, 'type' | 'minimum' | 'maximum' | 'values'>): Json | undefined {
    const trimmed = text.trim();
    if (trimmed === '') return undefined;
    const range = /^(-?[\d.]+(?:e-?\d+)?)\s*\.\.\s*(-?[\d.]+(?:e-?\d+)?)\s*(?::\s*([\d.]+(?:e-?\d+)?))?$/i.exec(trimmed);
    const values = range ? rangeOf(range, parameter.type === 'int') : trimmed.split(',').map((part) => one(part.trim(), parameter.type));
    if (values === undefined || values.some((v) => v === undefined)) return undefined;
    return values.length === 1 ? values[0] : (values as Json[]);
}

/** Most values of one range. */
const mostValues = 1000;

function rangeOf(found: RegExpExecArray, whole: boolean): (number | undefined)[] | undefined {
    const [from, to] = [Number(found[1]), Number(found[2])];
    const step = found[3] === undefined ? (whole ? 1 : Number.NaN) : Number(found[3]);
    if (!(to >= from) || !(step > 0) || (to - from) / step >= mostValues) return undefined;
    // The decimals of the step and the start: 0.1..0.3:0.1 is 0.1, 0.2, 0.3.
    const decimals = Math.max(...[found[1], found[3] ?? '1'].map((t) => (t?.split('.')[1] ?? '').length));
    const count = Math.floor((to - from) / step + 1e-9) + 1;
    return Array.from({ length: count }, (_, i) => Number((from + i * step).toFixed(decimals)));
}

function one(text: string, type: string): string | number | boolean | undefined {
    if (type === 'bool') return text === 'true' ? true : text === 'false' ? false : undefined;
    if (type !== 'int' && type !== 'double') return text === '' ? undefined : text;
    const value = Number(text);
    return text === '' || !Number.isFinite(value) || (type === 'int' && !Number.isInteger(value)) ? undefined : value;
}

/** Why a parameter's field has no values; undefined where it has, or is empty. */
export function faultOfField(text: string, p: Parameter): string | undefined {
    if (text.trim() === '') return undefined;
    const values = valuesOfField(text, p);
    const numeric = p.type === 'int' || p.type === 'double';
    if (values === undefined)
        return numeric
            ? `Write ${p.type === 'int' ? 'a whole number' : 'a number'}, several with commas, or a range such as ${p.type === 'int' ? '5..50:5' : '0.5..2:0.25'}.`
            : p.type === 'bool'
              ? 'Write true, false, or both with a comma.'
              : 'Write a value, or several with commas.';
    const all = Array.isArray(values) ? values : [values];
    if (p.values) {
        const wrong = all.find((v) => !p.values?.includes(String(v)));
        return wrong === undefined ? undefined : `‘${String(wrong)}’ is not one of ${p.values.join(', ')}.`;
    }
    const outside = all.find((v) => typeof v === 'number' && (v < (p.minimum ?? -Infinity) || v > (p.maximum ?? Infinity)));
    return outside === undefined ? undefined : `${String(outside)} is not from ${p.minimum ?? '…'} to ${p.maximum ?? '…'}.`;
}

/** How many strategies the values make on one market. */
export function gridSize(params: Record<string, string>, parameters: readonly Parameter[]): number {
    return parameters.reduce((n, p) => {
        const values = valuesOfField(params[p.name] ?? '', p);
        return n * (Array.isArray(values) ? values.length : 1);
    }, 1);
}

/**
 * The batch that runs a file: the settings of its comment, then the form's bars and parameters, which hold where both have a value.
 * @param settings The comment `granary:` of the file; null without one.
 */
export function batchOf(file: { name: string; source: string }, chosen: StrategyClass, form: Form, settings: JsonMap | null): JsonMap {
    let batch: JsonMap = { name: file.name.replace(/\.cs$/, ''), ...(settings ?? {}) };
    const set = (path: (string | number)[], value: Json | undefined) => {
        if (value !== undefined && value !== '') batch = put(batch, path, value);
    };
    batch.code = [{ name: file.name, source: file.source }];
    if (Object.keys(form.data).length > 0) batch.data = form.data;
    if (at(batch, ['strategies']) === undefined) batch.strategies = [{ class: chosen.name, size: { percentOfEquity: 10 } }];
    const entries = batch.strategies;
    for (const [i, entry] of (Array.isArray(entries) ? entries : []).entries())
        if (at(entry, ['class']) === chosen.name || at(entry, ['class']) === undefined) {
            set(['strategies', i, 'class'], chosen.name);
            for (const p of chosen.parameters)
                if (form.params[p.name] !== undefined) set(['strategies', i, 'params', p.name], valuesOfField(form.params[p.name] ?? '', p));
        }
    return batch;
}
