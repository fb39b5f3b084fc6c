import type { Schemas } from '../../api/client';
import { plainJson, type Fault, type Json, type JsonMap } from '../../api/jsonSchema';
import { feedOf } from '../live/feed';
import { withSearch } from './space';

export interface Parsed {
    value: JsonMap | undefined;
    /** Why the text is no batch file; undefined where it is one. */
    fault: string | undefined;
}

export function parseBatch(text: string): Parsed {
    try {
        const value = JSON.parse(plainJson(text)) as Json;
        if (value === null || typeof value !== 'object' || Array.isArray(value))
            return { value: undefined, fault: 'A batch file is an object: { … }.' };
        return { value, fault: undefined };
    } catch (e) {
        return { value: undefined, fault: `The text is not valid JSON: ${e instanceof Error ? e.message : String(e)}` };
    }
}

export function formatBatch(value: JsonMap): string {
    return `${JSON.stringify(value, null, 2).replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_, inner: string) => `[${inner.replace(/\s*\n\s*/g, ' ')}]`)}\n`;
}

type Path = readonly (string | number)[];

/** The value at a path; undefined where there is none. */
export function at(value: Json | undefined, path: Path): Json | undefined {
    let here: Json | undefined = value;
    for (const step of path) {
        if (here === null || typeof here !== 'object') return undefined;
        here = Array.isArray(here) ? here[Number(step)] : here[step];
    }
    return here;
}

/** A copy with another value at a path; undefined takes the key out, and objects that it empties with it. */
export function put(value: JsonMap, path: Path, next: Json | undefined): JsonMap {
    const change = (here: Json | undefined, depth: number): Json | undefined => {
        if (depth === path.length) return next;
        const step = path[depth] ?? '';
        if (typeof step === 'number') {
            const list = Array.isArray(here) ? [...here] : [];
            const item = change(list[step], depth + 1);
            if (item === undefined) list.splice(step, 1);
            else list[step] = item;
            return list;
        }
        const map: JsonMap = here !== null && typeof here === 'object' && !Array.isArray(here) ? { ...here } : {};
        const item = change(map[step], depth + 1);
        if (item !== undefined) return { ...map, [step]: item };
        const rest = Object.fromEntries(Object.entries(map).filter(([name]) => name !== step));
        return Object.keys(rest).length === 0 && depth > 0 ? undefined : rest;
    };
    return change(value, 0) as JsonMap;
}

/** What a parameter's field stands for: 10 is a number, "10, 20" a grid, true and texts themselves. */
export function valuesOf(text: string): Json | undefined {
    const parts = text
        .split(',')
        .map((p) => p.trim())
        .filter((p) => p !== '');
    const values = parts.map((p): Json => (p === 'true' ? true : p === 'false' ? false : Number.isNaN(Number(p)) ? p : Number(p)));
    return values.length === 0 ? undefined : values.length === 1 ? values[0] : values;
}

/** Trials of a search that says no number. */
const usualTrials = 100;

/** How many strategies the grids and searches make on one market. */
export function gridSize(value: JsonMap): number {
    const entries = value.strategies;
    if (!Array.isArray(entries)) return 0;
    const count = (v: Json | undefined) => (Array.isArray(v) ? v.length : 1);
    const trials = (entry: Json) => {
        const given = at(entry, ['search', 'trials']);
        return typeof given === 'number' ? given : usualTrials;
    };
    return entries.reduce<number>((sum, entry) => {
        const params = at(entry, ['params']);
        const grid =
            params !== null && typeof params === 'object' && !Array.isArray(params)
                ? Object.values(params).reduce<number>((n, v) => n * count(v), 1)
                : 1;
        return sum + (at(entry, ['search']) === undefined ? grid : trials(entry)) * count(at(entry, ['timeframe']));
    }, 0);
}

/** The parameters that are out of the range of their class. */
export function parameterFaults(value: JsonMap, classes: readonly Schemas['CatalogueItem'][]): Fault[] {
    const entries = Array.isArray(value.strategies) ? value.strategies : [];
    return entries.flatMap((entry, i) => {
        const known = classes.find((c) => c.name === at(entry, ['class']));
        return (known?.parameters ?? []).flatMap((p): Fault[] => {
            const given = at(entry, ['params', p.name]);
            const path = `strategies[${i}].params.${p.name}`;
            const wrong = (Array.isArray(given) ? given : given === undefined ? [] : [given]).find((v) => {
                if (p.kind !== 'int' && p.kind !== 'double') return false;
                if (typeof v !== 'number' || (p.kind === 'int' && !Number.isInteger(v))) return true;
                return v < (p.minimum ?? -Infinity) || v > (p.maximum ?? Infinity);
            });
            if (wrong === undefined) return [];
            const range = p.minimum == null && p.maximum == null ? '' : ` from ${p.minimum ?? '…'} to ${p.maximum ?? '…'}`;
            return [{ path, sentence: `${String(wrong)} is not a ${p.kind === 'int' ? 'whole ' : ''}number${range}.` }];
        });
    });
}

/** A batch to begin with, on a source that exists: on one of its symbols or on all. */
export function example(source: Schemas['SourceEntry'], symbol?: string): string {
    return formatBatch({
        name: 'my-batch',
        data: { source: source.source, symbols: symbol ? [symbol] : '*', timeframe: source.timeframe },
        account: { cash: 100000 },
        execution: { commissionPercent: 0.05, slippagePercent: 0.02 },
        strategies: [{ class: 'SmaCross', params: { fast: [10, 20], slow: [50, 100] }, size: { percentOfEquity: 10 } }],
        portfolio: { weights: 'winners' },
    });
}

/** What a kind of job needs in a batch, and how it is said. */
const needs: { kinds: string[]; isMissing: (value: JsonMap) => boolean; add: (value: JsonMap) => JsonMap; what: string }[] = [
    {
        kinds: ['train', 'evaluate', 'experiment', 'replay'],
        isMissing: (value) => value.learning === undefined,
        add: (value) => merged(value, ['learning'], { trainer: 'logistic', label: 'direction' }),
        what: 'models: the section "learning" with a logistic model of the direction',
    },
    {
        kinds: ['reinforce'],
        isMissing: (value) => !['adaptive', 'ppo'].includes(String(at(value, ['portfolio', 'weights']))),
        add: (value) =>
            merged(value, ['portfolio'], {
                weights: 'adaptive',
                rebalance: { every: '4w', window: '12w' },
                allocator: { steps: 20000, seeds: 2 },
            }),
        what: 'learned weights: "adaptive" in place of the batch’s, chosen again every four weeks',
    },
    {
        kinds: ['optimise'],
        isMissing: (value) => Array.isArray(value.strategies) && !value.strategies.some((s) => at(s, ['search']) !== undefined),
        add: (value) => put(value, ['strategies', 0], withSearch(mapAt(value, ['strategies', 0]))),
        what: 'a search: the grid of the first strategy became its space',
    },
];

function mapAt(value: JsonMap, path: (string | number)[]): JsonMap {
    const found = at(value, path);
    return found !== null && typeof found === 'object' && !Array.isArray(found) ? found : {};
}

const merged = (value: JsonMap, path: string[], section: JsonMap) => put(value, path, { ...mapAt(value, path), ...section });

/** The batch with what a kind of job needs and the batch lacks, and what was added, in words. */
export function completed(value: JsonMap, kind: string): { batch: JsonMap; added: string[] } {
    const missing = needs.filter((n) => n.kinds.includes(kind) && n.isMissing(value));
    const batch = missing.reduce<JsonMap>((b, n) => n.add(b), value);
    return { batch, added: missing.map((n) => n.what) };
}

/** The batch with sources that no longer depend on the folder of its run. */
export function resolved(value: JsonMap, folder: string): JsonMap {
    const source = (part: Json): Json => {
        if (part === null || typeof part !== 'object' || Array.isArray(part) || typeof part.source !== 'string') return part;
        return { ...part, source: feedOf({ folder, data: { source: part.source } }) };
    };
    const data = value.data;
    if (data === null || typeof data !== 'object' || Array.isArray(data)) return value;
    return { ...value, data: Array.isArray(data.parts) ? { ...data, parts: data.parts.map(source) } : source(data) };
}
