import { StrategyName, strategyWidth } from '../../components/StrategyName';
import type { Column } from '../../components/Table';
import { number, percent, signedPercent, tone, weight } from '../../format/numbers';
import type { Strategy } from './run';

const figure = (id: string, title: string, width: number, cell: Column<Strategy>['cell'], hint?: string): Column<Strategy> => ({
    id,
    title,
    width,
    figure: true,
    value: (s) => s.stats?.[id] ?? undefined,
    cell,
    ...(hint ? { hint } : {}),
});

/** The columns of strategies; their ids are the keys that the server sorts by. */
export function strategyColumns(href: (id: string) => string): Column<Strategy>[] {
    return [
        {
            id: 'id',
            title: 'Strategy',
            width: strategyWidth,
            value: (s) => s.id,
            cell: (s) => (
                <a href={href(s.id)}>
                    <StrategyName id={s.id} />
                </a>
            ),
        },
        { id: 'weight', title: 'Weight', width: 66, figure: true, value: (s) => s.weight, cell: (s) => weight(s.weight) },
        figure('totalReturn', 'Total return', 100, (s) => (
            <span class={tone(s.stats?.totalReturn)}>{signedPercent(s.stats?.totalReturn)}</span>
        )),
        figure('sharpe', 'Sharpe ratio', 104, (s) => number(s.stats?.sharpe, 2), 'Annualised'),
        figure(
            'deflatedSharpe',
            'Not luck',
            82,
            (s) => percent(s.stats?.deflatedSharpe, 1),
            'Probability that the Sharpe ratio exceeds the luck of all trials',
        ),
        figure('sortino', 'Sortino', 76, (s) => number(s.stats?.sortino, 2)),
        figure('maxDrawdown', 'Max drawdown', 112, (s) => percent(s.stats?.maxDrawdown)),
        figure('profitFactor', 'Profit factor', 100, (s) => number(s.stats?.profitFactor, 2)),
        figure('winRate', 'Won', 68, (s) => percent(s.stats?.winRate, 1)),
        figure('trades', 'Trades', 72, (s) => number(s.stats?.trades)),
        figure('exposure', 'In market', 84, (s) => percent(s.stats?.exposure, 0)),
    ];
}
