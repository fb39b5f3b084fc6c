import { download } from '../../api/client';
import { useAction } from '../../api/useAction';
import type { RunDetails } from './run';
import { RunCode } from './RunCode';
import { Wrong } from '../../components/Wrong';
import { ShortTable } from '../../components/ShortTable';

const contents: Record<string, string> = {
    'results.json': 'Figures of all strategies and of the portfolio',
    'trades.csv': 'Trades of every strategy in its own account',
    'signals.csv': 'Entry signals with the decision of the portfolio',
    'factors.csv': 'Factors at each entry',
    'conditions.csv': 'Profit by condition',
    'allocations.csv': 'Weight rules compared',
    'portfolio_trades.csv': 'Trades of the portfolio',
    'portfolio_fills.csv': 'Fills of the portfolio',
    'trades_by_model.csv': 'Trades by model',
    'equity.csv': 'Equity, cash, exposure and drawdown at each bar',
    'resampling.csv': 'What could have happened: fans, quantiles, probabilities and sizes',
    'prod.json': 'Strategies with a weight: what a live session loads',
    'manifest.json': 'All that is needed to run it again',
    'report.html': 'The report as one page that opens offline',
    'weights.csv': 'Weights over time',
    'windows.csv': 'Windows of the walk-forward',
};

/** The files of a run, to download. */
export function RunFiles(props: { run: RunDetails }) {
    const { run } = props;
    const {
        run: save,
        busy,
        problem,
    } = useAction((name: string) => download(`/runs/${encodeURIComponent(run.id)}/files/${encodeURIComponent(name)}`, name));
    return (
        <>
            <RunCode run={run} />
            <Wrong>{problem?.message}</Wrong>
            <ShortTable
                label="Files"
                rows={run.files}
                columns={[
                    { title: 'File', cell: (name) => name },
                    { title: 'Content', cell: (name) => contents[name] ?? '', tone: () => 'soft' },
                    {
                        title: <span class="hidden">Download</span>,
                        cell: (name) => (
                            <button type="button" disabled={busy} onClick={() => save(name)} aria-label={`Download ${name}`}>
                                Download
                            </button>
                        ),
                    },
                ]}
            />
        </>
    );
}
