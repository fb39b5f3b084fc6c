import { useLocation } from 'preact-iso';
import { useCallback, useMemo } from 'preact/hooks';
import { useSearch } from '../../api/useSearch';
import { SelectField } from '../../components/Field';
import { ServerList } from '../../components/ServerList';
import { counted } from '../../format/numbers';
import { strategyColumns } from './columns';
import { runPath, type RunDetails, type Strategy } from './run';

/** All strategies of a run: the server sorts, filters and saves, the table loads what is in sight. */
export function StrategyList(props: { run: RunDetails }) {
    const { run } = props;
    const { search, set } = useSearch();
    const { route } = useLocation();
    const href = useCallback((id: string) => `${runPath(run.id)}?strategy=${encodeURIComponent(id)}`, [run.id]);
    const columns = useMemo(() => strategyColumns(href), [href]);
    const fields = useMemo(
        () => [
            { key: 'id', title: 'Find' },
            ...(run.markets.length > 1
                ? [{ key: 'symbol', title: 'Symbol', choices: run.markets.length > 30 ? undefined : run.markets }]
                : []),
        ],
        [run.markets],
    );
    return (
        <>
            <div class="filters">
                <SelectField
                    label="Show"
                    value={search.weighted ?? ''}
                    onValue={(weighted) => set({ weighted })}
                    options={[
                        { value: '', label: 'All strategies' },
                        { value: 'yes', label: 'Those with a weight' },
                    ]}
                />
            </div>
            <ServerList<Strategy>
                label="Strategies"
                path={`${runPath(run.id)}/strategies`}
                condition={search.weighted === 'yes' ? 'weight>0' : ''}
                columns={columns}
                fields={fields}
                jumps={false}
                sort="-sharpe"
                onOpen={(s) => route(href(s.id))}
                note={(total) => `${counted(total, 'strategy', 'strategies')} match. Choose one to see its trades.`}
                empty="No strategy of the run matches."
                hint="trades>=30, sharpe>1"
                height={560}
                file={`${run.id}-strategies`}
            />
        </>
    );
}
