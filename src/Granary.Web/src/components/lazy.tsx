import type { FunctionComponent } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { online } from '../api/client';
import { Problem } from '../api/problem';
import { Failed, Loading } from './States';

/** A view whose code is loaded when it is opened first. If loading fails, it shows an error, and retries when the server answers. */
export function lazy(load: () => Promise<{ default: FunctionComponent }>): FunctionComponent {
    let View: FunctionComponent | undefined;
    return function Lazy() {
        const [, setLoaded] = useState(View !== undefined);
        const [failed, setFailed] = useState(false);
        const reachable = online.value;
        const begin = useCallback(() => {
            if (View !== undefined) return;
            setFailed(false);
            load().then(
                (module) => {
                    View = module.default;
                    setLoaded(true);
                },
                () => setFailed(true),
            );
        }, []);
        useEffect(() => {
            if (reachable) begin();
        }, [reachable, begin]);
        if (View !== undefined) return <View />;
        if (!failed) return <Loading height={500} />;
        return (
            <>
                <h1>This view could not be loaded</h1>
                <Failed
                    problem={
                        new Problem(0, 'The server did not send its code', 'Reload the page when the server answers, or if it was updated.')
                    }
                >
                    <button type="button" class="primary" onClick={() => location.reload()}>
                        Reload the page
                    </button>
                </Failed>
            </>
        );
    };
}
