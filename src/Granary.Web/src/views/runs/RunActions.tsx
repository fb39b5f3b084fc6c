import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { can, caller } from '../../api/caller';
import { api, take } from '../../api/client';
import { useAction } from '../../api/useAction';
import { runPath, type RunDetails } from './run';
import { DeleteDialog, PaperDialog, RenameDialog } from './RunDialogs';
import { ShareDialog } from './ShareDialog';
import { ActionMenu } from '../../components/ActionMenu';
import { Wrong } from '../../components/Wrong';

/** The actions on a run: trade it, read its report, compare, repeat, share, rename and delete it. */
export function RunActions(props: { run: RunDetails; onChanged: () => void }) {
    const { run } = props;
    const { route } = useLocation();
    const [open, setOpen] = useState<'paper' | 'share' | 'rename' | 'delete'>();
    const {
        run: verify,
        busy,
        problem,
    } = useAction(async () => {
        const job = await take(api.POST('/api/v1/jobs', { body: { kind: 'verify', run: run.id } as never }));
        route(`/jobs/${encodeURIComponent(job.id)}`);
    });
    const id = encodeURIComponent(run.id);
    const close = () => setOpen(undefined);
    return (
        <>
            {can('admin') && run.kind !== 'live' && (
                <button type="button" class="primary" onClick={() => setOpen('paper')}>
                    Trade on paper
                </button>
            )}
            <ActionMenu>
                {run.files.includes('report.html') && <Report id={run.id} />}
                <a class="button" href={`/compare?runs=${id}`}>
                    Compare
                </a>
                {can('submitter') && (
                    <>
                        <a class="button" href={`/batches/new?like=${id}`}>
                            Run again
                        </a>
                        <button
                            type="button"
                            disabled={busy}
                            title="Repeats the run, compares the digests, and checks for look-ahead"
                            onClick={verify}
                        >
                            Verify
                        </button>
                        <button type="button" onClick={() => setOpen('share')}>
                            Share
                        </button>
                        <button type="button" onClick={() => setOpen('rename')}>
                            Rename
                        </button>
                    </>
                )}
                {can('admin') && (
                    <button type="button" class="danger" onClick={() => setOpen('delete')}>
                        Delete
                    </button>
                )}
            </ActionMenu>
            {open === 'paper' && <PaperDialog run={run} onClose={close} />}
            {open === 'share' && <ShareDialog run={run} onClose={close} />}
            {open === 'rename' && <RenameDialog run={run} onClose={close} onRenamed={props.onChanged} />}
            {open === 'delete' && <DeleteDialog run={run} onClose={close} />}
            <Wrong>{problem?.message}</Wrong>
        </>
    );
}

// A new tab sends no key: the server signs a link for it that works for a minute. Without keys the address itself opens.
function Report(props: { id: string }) {
    const { id } = props;
    const { run, busy, problem } = useAction(async () => {
        // Opened before the answer: browsers block a window that opens long after the click.
        const tab = window.open('', '_blank');
        try {
            const link = await take(api.POST('/api/v1/runs/{id}/report-link', { params: { path: { id } } }));
            if (tab) {
                tab.opener = null;
                tab.location.replace(link.url);
            } else location.assign(link.url);
        } catch (e) {
            tab?.close();
            throw e;
        }
    });
    if (caller.value?.keys === false)
        return (
            <a class="button" href={`/api/v1${runPath(id)}/files/report.html`} target="_blank" rel="noopener">
                Report
            </a>
        );
    return (
        <>
            <button type="button" disabled={busy} onClick={run}>
                Report
            </button>
            <Wrong>{problem?.message}</Wrong>
        </>
    );
}
