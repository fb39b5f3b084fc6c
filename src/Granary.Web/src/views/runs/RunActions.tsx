import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { can, caller } from '../../api/caller';
import { api, download, take } from '../../api/client';
import { asProblem, type Problem } from '../../api/problem';
import type { RunDetails } from './run';
import { ShareDialog } from './ShareDialog';

/** What one can do with a run: verify it, run it again, compare it, open its report. */
export function RunActions(props: { run: RunDetails }) {
    const { run } = props;
    const { route } = useLocation();
    const [busy, setBusy] = useState(false);
    const [sharing, setSharing] = useState(false);
    const [problem, setProblem] = useState<Problem>();
    const verify = async () => {
        setBusy(true);
        setProblem(undefined);
        try {
            const job = await take(api.POST('/api/v1/jobs', { body: { kind: 'verify', run: run.id } as never }));
            route(`/jobs/${encodeURIComponent(job.id)}`);
        } catch (e) {
            setProblem(asProblem(e));
            setBusy(false);
        }
    };
    const id = encodeURIComponent(run.id);
    return (
        <>
            {run.files.includes('report.html') && <Report id={run.id} />}
            {can('submitter') && (
                <button
                    type="button"
                    disabled={busy}
                    title="Runs it again and compares the digests, and looks for look-ahead"
                    onClick={() => void verify()}
                >
                    Verify this run
                </button>
            )}
            {can('submitter') && (
                <a class="button" href={`/batches/new?like=${id}`}>
                    Run again
                </a>
            )}
            <a class="button" href={`/compare?a=${id}`}>
                Compare
            </a>
            {can('submitter') && (
                <button type="button" onClick={() => setSharing(true)}>
                    Share
                </button>
            )}
            {sharing && <ShareDialog run={run} onClose={() => setSharing(false)} />}
            {problem && (
                <p class="notice wrong" role="alert">
                    {problem.message}
                </p>
            )}
        </>
    );
}

// Without keys a link opens the report; with keys only a download can send the key.
function Report(props: { id: string }) {
    const path = `/runs/${encodeURIComponent(props.id)}/files/report.html`;
    return caller.value?.keys === false ? (
        <a class="button" href={`/api/v1${path}`} target="_blank" rel="noopener">
            Report
        </a>
    ) : (
        <button type="button" onClick={() => void download(path, `${props.id}.html`)}>
            Download the report
        </button>
    );
}
