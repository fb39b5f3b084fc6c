import type { Schemas } from '../../api/client';
import { changed, type Json, type JsonMap } from '../../api/jsonSchema';

/** A range of a search's space, as far as it is filled in. */
export interface Range {
    from: number | undefined;
    to: number | undefined;
    log: boolean;
}

/** How a search treats a parameter: it varies within a range or among choices, or it is fixed. */
export type Treatment = 'fixed' | 'range' | 'choices';

const isMap = (v: Json | undefined): v is JsonMap => typeof v === 'object' && v !== null && !Array.isArray(v);
const isPair = (v: Json[]) => v.length === 2 && v.every((i) => typeof i === 'number');

/** What a key of a space is: two numbers are a range, other lists and `values` are choices. */
export function treatmentOf(value: Json | undefined): Treatment {
    if (value === undefined) return 'fixed';
    if (Array.isArray(value)) return isPair(value) ? 'range' : 'choices';
    return isMap(value) && value.values !== undefined ? 'choices' : 'range';
}

export function rangeOf(value: Json | undefined): Range {
    const number = (v: Json | undefined) => (typeof v === 'number' ? v : undefined);
    if (Array.isArray(value)) return { from: number(value[0]), to: number(value[1]), log: false };
    return isMap(value)
        ? { from: number(value.from), to: number(value.to), log: value.log === true }
        : { from: undefined, to: undefined, log: false };
}

/** A range as the batch file has it; keys that the form has no field for, such as the step, stay. */
export function rangeJson(range: Range, before: Json | undefined): Json {
    const rest = isMap(before)
        ? Object.fromEntries(Object.entries(before).filter(([k]) => !['from', 'to', 'log', 'values'].includes(k)))
        : {};
    const { from, to, log } = range;
    if (from !== undefined && to !== undefined && !log && Object.keys(rest).length === 0) return [from, to];
    return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), ...(log ? { log } : {}), ...rest };
}

export function choicesOf(value: Json | undefined): Json[] {
    if (Array.isArray(value)) return value;
    return isMap(value) && Array.isArray(value.values) ? value.values : [];
}

/** Choices as the batch file has them: a list of numbers alone would be read as a range. */
export const choicesJson = (choices: Json[]): Json => (choices.every((c) => typeof c === 'number') ? { values: choices } : choices);

type Parameter = Schemas['CatalogueParameter'];

/** A space for a parameter that had none: the values around its fixed value or its default. */
export function usualSpace(value: Json | undefined, parameter?: Parameter): Json | undefined {
    const known = parameter?.values ?? (parameter?.kind === 'bool' ? [true, false] : undefined);
    if (known) return known;
    if (Array.isArray(value) && value.length > 1) {
        const numbers = value.filter((v) => typeof v === 'number');
        // Two values are the ends of a range; the values of a longer grid stay as they were typed.
        return numbers.length < value.length
            ? value
            : numbers.length > 2
              ? choicesJson(numbers)
              : [Math.min(...numbers), Math.max(...numbers)];
    }
    const middle = Array.isArray(value) ? value[0] : (value ?? (parameter?.default as Json | undefined));
    if (typeof middle !== 'number' || middle === 0) return undefined;
    const round = (v: number) => (parameter?.kind === 'int' || Number.isInteger(middle) ? Math.round(v) : v);
    const from = Math.max(round(Math.min(middle / 2, middle * 2)), parameter?.minimum ?? -Infinity);
    const to = Math.min(round(Math.max(middle / 2, middle * 2)), parameter?.maximum ?? Infinity);
    return to > from ? [from, to] : undefined;
}

/** The entry with a search in place of its grid: its lists become ranges and choices; without one, its numbers vary around their values. */
export function withSearch(entry: JsonMap, parameters: readonly Parameter[] = []): JsonMap {
    const params = isMap(entry.params) ? entry.params : {};
    const ofClass = (name: string) => parameters.find((p) => p.name === name);
    let varied = Object.keys(params).filter((name) => Array.isArray(params[name]));
    if (varied.length === 0) varied = parameters.length > 0 ? parameters.map((p) => p.name) : Object.keys(params);
    const space: JsonMap = {};
    for (const name of varied) {
        const value = usualSpace(params[name], ofClass(name));
        if (value !== undefined) space[name] = value;
    }
    const fixed = Object.entries(params).filter(([name]) => space[name] === undefined);
    return {
        ...changed(entry, 'params', undefined),
        ...(fixed.length > 0 ? { params: Object.fromEntries(fixed.map(([k, v]) => [k, Array.isArray(v) ? (v[0] ?? null) : v])) } : {}),
        search: { method: 'tpe', trials: 200, objective: 'sharpe', space },
    };
}

/** The entry with a grid in place of its search: choices and the ends of ranges are the values of its parameters. */
export function withoutSearch(entry: JsonMap, parameters: readonly Parameter[] = []): JsonMap {
    const search = isMap(entry.search) ? entry.search : {};
    const space = isMap(search.space) ? search.space : {};
    const params: JsonMap = isMap(entry.params) ? { ...entry.params } : {};
    for (const [name, value] of Object.entries(space)) {
        // A search also varies keys of the entry, which have no grid.
        if (parameters.length > 0 && !parameters.some((p) => p.name === name)) continue;
        const range = rangeOf(value);
        const values = treatmentOf(value) === 'choices' ? choicesOf(value) : [range.from, range.to].filter((v) => v !== undefined);
        if (values.length > 0) params[name] = values.length === 1 ? (values[0] ?? null) : values;
    }
    return { ...changed(entry, 'search', undefined), ...(Object.keys(params).length > 0 ? { params } : {}) };
}
