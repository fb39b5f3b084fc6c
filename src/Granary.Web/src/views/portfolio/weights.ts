import { api, json, prefix, send, take, type Schemas } from '../../api/client';
import { problemOf } from '../../api/problem';

export type Weights = Schemas['PortfolioWeights'];

/** A weight that a change adds, replaces or removes. */
export interface WeightChange {
    strategy: string;
    before?: number | null;
    after?: number | null;
}

export interface WeightsPlan {
    portfolio: string;
    current: number;
    next: number;
    changes: WeightChange[];
}

const path = (portfolio: string) => `/portfolios/${encodeURIComponent(portfolio)}/weights`;
const body = (value: unknown): RequestInit => ({
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(value),
});

/** All versions, the newest first. */
export async function historyOf(portfolio: string): Promise<Weights[]> {
    return await json<Weights[]>(`${path(portfolio)}/history`);
}

/** The weights in force; null if none have been set. */
export async function weightsOf(portfolio: string): Promise<Weights | null> {
    return (await historyOf(portfolio))[0] ?? null;
}

/** Previews the changes by new weights or by an earlier version. */
export async function preview(portfolio: string, change: { weights: Record<string, number> } | { version: number }): Promise<WeightsPlan> {
    return await json<WeightsPlan>(`${path(portfolio)}/preview`, body(change));
}

/**
 * Replaces the weights, unless somebody else changed them since `base` was read: then the problem has status 412.
 * @param base The version that the change was decided on; 0 where there were none.
 */
export async function replace(portfolio: string, base: number, weights: Record<string, number>, why: string): Promise<void> {
    await change('PUT', path(portfolio), base, { weights, why });
}

/** Puts the weights of an earlier version in force again, as a new version. */
export async function rollBack(portfolio: string, base: number, version: number, why: string): Promise<void> {
    await change('POST', `${path(portfolio)}/rollback`, base, { version, why });
}

async function change(method: string, at: string, base: number, value: unknown): Promise<void> {
    const precondition: Record<string, string> = base === 0 ? { 'If-None-Match': '*' } : { 'If-Match': `"${base}"` };
    const response = await send(location.origin + prefix + at, {
        ...body(value),
        method,
        headers: { 'Content-Type': 'application/json', ...precondition },
    });
    if (!response.ok) throw await problemOf(response);
}

/** The weights of a run's strategies, as a start for new weights. */
export async function weightsOfRun(run: string): Promise<Record<string, number>> {
    const page = await take(
        api.GET('/api/v1/runs/{id}/strategies', {
            params: { path: { id: run }, query: { limit: 1000, filter: 'weight>0', sort: '-weight' } },
        }),
    );
    const strategies = page.items as unknown as { id: string; weight: number }[];
    return Object.fromEntries(strategies.map((s) => [s.id, s.weight]));
}

/** The differences between two versions of weights. */
export function differences(from: Record<string, number>, to: Record<string, number>): WeightChange[] {
    return [...new Set([...Object.keys(from), ...Object.keys(to)])]
        .sort()
        .filter((s) => from[s] !== to[s])
        .map((strategy) => ({ strategy, before: from[strategy] ?? null, after: to[strategy] ?? null }));
}

/** Applies the user's changes since `base` to other weights. */
export function rebase(base: Record<string, number>, mine: Record<string, number>, theirs: Record<string, number>): Record<string, number> {
    let merged = { ...theirs };
    for (const { strategy, after } of differences(base, mine))
        merged = after === null || after === undefined ? without(merged, strategy) : { ...merged, [strategy]: after };
    return merged;
}

/** The weights without one strategy. */
export function without(weights: Record<string, number>, strategy: string): Record<string, number> {
    return Object.fromEntries(Object.entries(weights).filter(([s]) => s !== strategy));
}
