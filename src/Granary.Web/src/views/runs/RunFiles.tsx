import { useState } from 'preact/hooks';
import { download } from '../../api/client';
import { asProblem, type Problem } from '../../api/problem';
import type { RunDetails } from './run';

const contents: Record<string, string> = {
    'results.json': 'Figures of all strategies and of the portfolio',
    'trades.csv': 'Trades of every strategy in its own account',
    'signals.csv': 'Entry signals with the decision of the portfolio',
    'factors.csv': 'Factors at each entry',
    'conditions.csv': 'Profit by condition',
    'portfolio_trades.csv': 'Trades of the portfolio',
    'trades_by_model.csv': 'Trades by model',
    'equity.csv': 'Equity, cash, exposure and drawdown at each bar',
    'prod.json': 'Strategies with a weight: what a live session loads',
    'manifest.json': 'All that is needed to run it again',
    'report.html': 'The report as one page that opens offline',
    'weights.csv': 'Weights over time',
    'windows.csv': 'Windows of the walk-forward',
};

/** The files of a run, to download. */
export function RunFiles(props: { run: RunDetails }) {
    const { run } = props;
    const [problem, setProblem] = useState<Problem>();
    const save = (name: string) => {
        setProblem(undefined);
        download(`/runs/${encodeURIComponent(run.id)}/files/${encodeURIComponent(name)}`, name).catch((e: unknown) =>
            setProblem(asProblem(e)),
        );
    };
    return (
        <>
            {problem && (
                <p class="notice wrong" role="alert">
                    {problem.message}
                </p>
            )}
            <div class="scroll">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">File</th>
                            <th scope="col">Content</th>
                            <th scope="col">
                                <span class="hidden">Download</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {run.files.map((name) => (
                            <tr key={name}>
                                <th scope="row">{name}</th>
                                <td class="soft">{contents[name] ?? ''}</td>
                                <td>
                                    <button type="button" onClick={() => save(name)} aria-label={`Download ${name}`}>
                                        Download
                                    </button>
                                </td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
        </>
    );
}
