import type { Schemas } from '../api/client';
import { Problem } from '../api/problem';
import { chartSettings } from './chartSettings';
import type { PriceLine } from './PriceChart';

const oscillators =
    /^(rsi|stochastic|williams|cci|roc|momentum|adx|aroon|atr|natr|macd|obv|mfi|cmf|stddev|zscore|return|volatility|efficiency|slope|column)/;

const colours = ['s2', 's1', 's3', 's4', 'soft', 'loss'];

/** A chart offers so many factors of a strategy; others can be added by name. */
export const mostFactors = 6;

/** The factors that the chart of a strategy shows: those that it uses, without hidden ones, and others that the user has added. */
export function shownFactors(strategy: string, used: readonly string[]): string[] {
    const { hidden, added } = chartSettings(strategy);
    return [...used.filter((f) => !hidden?.includes(f)), ...(added ?? []).filter((f) => !used.includes(f))];
}

/** Factors as lines over the prices, oscillators in panes below them. */
export function linesOf(factors: readonly Schemas['ChartFactor'][]): PriceLine[] {
    return factors.map((f, i) => ({
        name: f.name,
        colour: colours[i % colours.length] ?? 's1',
        pane: oscillators.test(f.name) ? f.name.split('(')[0] : undefined,
        values: f.values,
    }));
}

/** Asks for a chart with factors, and for one without them where they cannot be computed: a chain, or a text that is no factor. */
export async function withFactors<T>(
    factors: string,
    ask: (factors: string) => Promise<T>,
): Promise<{ chart: T; note: string | undefined }> {
    try {
        return { chart: await ask(factors), note: undefined };
    } catch (e) {
        const isAway = e instanceof Problem && (e.offline || e.status === 503);
        if (factors === '' || isAway) throw e;
        const chart = await ask('');
        const why = (e instanceof Error ? e.message : String(e)).replace(/^factors: /, '').replace(/\.?$/, '.');
        return { chart, note: `Factors are not shown: ${why}` };
    }
}
