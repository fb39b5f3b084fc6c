import type { useReplay } from './useReplay';

/** Begins a replay of the bars, and moves it. */
export function ReplayButtons(props: { replay: ReturnType<typeof useReplay>; onBegin: () => void; onEnd: () => void }) {
    const { replay } = props;
    if (!replay.isOn)
        return (
            <button type="button" title="Show the bars one after the other, as they closed" onClick={props.onBegin}>
                Replay
            </button>
        );
    return (
        <>
            <button type="button" title="One bar back" aria-label="Replay: one bar back" onClick={() => replay.step(-1)}>
                ‹
            </button>
            <button type="button" aria-label={replay.plays ? 'Replay: pause' : 'Replay: play'} onClick={replay.play}>
                {replay.plays ? 'Pause' : 'Play'}
            </button>
            <button type="button" title="One bar on" aria-label="Replay: one bar on" onClick={() => replay.step(1)}>
                ›
            </button>
            <button type="button" aria-pressed onClick={props.onEnd}>
                End replay
            </button>
        </>
    );
}
