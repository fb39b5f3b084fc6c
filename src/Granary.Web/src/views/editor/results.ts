import { json } from '../../api/client';
import { runPath, type RunDetails } from '../runs/run';
import type { Trade } from '../runs/trades';

/** Most trades of a run that are loaded to be compared and listed. */
export const mostTrades = 5000;

const pageSize = 1000;

/** The trades of a run's portfolio in the order of their entries, at most {@link mostTrades}. */
export async function loadTrades(run: RunDetails): Promise<{ items: Trade[]; total: number }> {
    if (!run.files.includes('portfolio_trades.csv')) return { items: [], total: 0 };
    const items: Trade[] = [];
    let cursor: string | null = null;
    for (;;) {
        const page: { items: Trade[]; total: number; next?: string | null } = await json(
            `${runPath(run.id)}/portfolio-trades?sort=entryTime&limit=${pageSize}${cursor === null ? '' : `&cursor=${cursor}`}`,
        );
        items.push(...page.items);
        cursor = page.next ?? null;
        if (cursor === null || items.length >= mostTrades) return { items, total: page.total };
    }
}

/** A trade is the same in two runs if symbol, side and entry are equal. */
const keyOf = (t: Trade) => `${t.symbol} ${t.side} ${t.entryTime}`;

/** The trades that only one of two runs has. */
export function differenceOf(before: readonly Trade[], after: readonly Trade[]): { gained: Trade[]; lost: Trade[] } {
    const only = (some: readonly Trade[], others: readonly Trade[]) => {
        const counts = new Map<string, number>();
        for (const t of others) counts.set(keyOf(t), (counts.get(keyOf(t)) ?? 0) + 1);
        return some.filter((t) => {
            const left = counts.get(keyOf(t)) ?? 0;
            counts.set(keyOf(t), left - 1);
            return left <= 0;
        });
    };
    return { gained: only(after, before), lost: only(before, after) };
}

/** What the validation checks know of the number of trials. */
export interface Luck {
    /** Different combinations that were run on these bars so far. */
    trials: number;
    /** Of them those of this run. */
    own: number;
    /** The annual Sharpe ratio of the portfolio by its returns over periods. */
    sharpe: number;
    /** The annual Sharpe ratio that the best of so many worthless trials would be expected to show. */
    best: number;
    /** The length of a period: days, weeks. */
    period: string;
}

/** null if the run was not checked against luck: it has too few trades or periods. */
export function luckOf(run: RunDetails): Luck | null {
    const { trials, newTrials, luckBar, period, bridge } = run.guards ?? {};
    const own = bridge?.find((row) => row.figure === `Portfolio, by ${period}`)?.sharpe;
    if (typeof trials !== 'number' || typeof own !== 'number' || typeof luckBar !== 'number') return null;
    return { trials, own: newTrials ?? 0, sharpe: own, best: luckBar, period: period ?? 'periods' };
}
