using Granary.Simulated.Kernel;
using Granary.Trading.Live;

namespace Granary.Simulated.Sessions;

/// <summary>Keeps a session running until it has ended: starts processes, kills them, stops them for a while, and hands the session over.
/// </summary>
internal sealed class SessionSupervisor
{
    private readonly SessionRun _run;
    private readonly World _world;
    private readonly Draws _draws;
    private readonly double _kill, _freeze, _handover, _lost;
    private readonly TaskCompletionSource<SessionResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _number;
    private bool _isBrief;
    private readonly List<SimulatedProcess> _processes = [];

    public SessionSupervisor(SessionRun run)
    {
        (_run, _world) = (run, run.World);
        _draws = _world.Draws.Fork("supervisor");
        (_kill, _freeze, _handover, _lost) = (_draws.Rate(0.02), _draws.Rate(1), _draws.Rate(1), _draws.Unit());
        // A machine has one process of the session, which holds the lock of its files.
        if (run.Files is not null) (_freeze, _handover) = (0, 0);
    }

    /// <summary>The process that has begun last; null between two.</summary>
    public SessionAttempt? Current { get; private set; }

    /// <summary>Called when a session can take commands.</summary>
    public Action<SessionAttempt>? Began { get; set; }

    /// <summary>Runs processes until one has ended the session.</summary>
    public async Task<SessionResult> RunAsync()
    {
        AccountTakeover? takeover = null;
        while (!_ended.Task.IsCompleted)
        {
            var attempt = Current is { Takeover: not null } prepared && takeover is not null ? prepared : Begin(null);
            takeover = null;
            var suspected = FreezeLater(attempt);
            var left = HandOverLater(attempt);
            var first = await Task.WhenAny(_ended.Task, attempt.Over, suspected, left).ConfigureAwait(false);
            if (first == left)
            {
                takeover = await HandOverAsync(attempt).ConfigureAwait(false);
                continue;
            }
            if (_run.Files is { } files && attempt.Process.IsDead && !_ended.Task.IsCompleted
                && _world.Faults.Happens("power cut", files.CutRate))
                files.Disk.PowerCut();
            if (!_ended.Task.IsCompleted)
                await _world.Outside.WaitAsync(_draws.Between(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(20)),
                    "restarts the session").ConfigureAwait(false);
            _isBrief = first == suspected;
        }
        return await _ended.Task.ConfigureAwait(false);
    }

    private SessionAttempt Begin(AccountTakeover? takeover)
    {
        var process = _world.Begin($"session-{++_number}");
        (process.KillRate, process.IsLost) = (_kill, _draws.Chance(_lost));
        var attempt = new SessionAttempt(_run, process, takeover) { Began = a => Began?.Invoke(a), Ended = End };
        _processes.Add(process);
        Current = attempt;
        // The old owner may come back when the new one has written, and has the account no longer.
        if (_isBrief)
            _world.After(_draws.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)), _world.Outside, "kills a new owner", () =>
            {
                if (!attempt.Over.IsCompleted && _world.Faults.Happens("new owner killed", _freeze)) process.Kill();
            });
        _isBrief = false;
        attempt.Start();
        return attempt;
    }

    // The other processes end, because a session that has ended is not traded further.
    private void End(SessionResult result)
    {
        if (!_ended.TrySetResult(result)) return;
        foreach (var process in _processes) process.Kill();
    }

    // Stops a process for a while. Completes when somebody takes it for dead.
    private Task FreezeLater(SessionAttempt attempt)
    {
        var suspected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Later("freezes a session", _freeze, attempt, () =>
        {
            attempt.Process.Freeze(_draws.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)));
            _world.After(_draws.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)), _world.Outside, "suspects a session",
                () => suspected.TrySetResult());
        });
        return suspected.Task;
    }

    private Task HandOverLater(SessionAttempt attempt)
    {
        var begins = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Later("hands a session over", _handover, attempt, () => begins.TrySetResult());
        return begins.Task;
    }

    private void Later(string what, double rate, SessionAttempt attempt, Action act)
    {
        var length = _run.Market.BarEvery * _run.Market.Count;
        _world.After(_draws.Between(TimeSpan.FromMilliseconds(10), length), _world.Outside, what, () =>
        {
            if (!attempt.Over.IsCompleted && !attempt.Process.IsFrozen && _world.Faults.Happens(what, rate)) act();
        });
    }

    // Another process prepares itself; the old one leaves the account, and the other one takes it.
    private async Task<AccountTakeover> HandOverAsync(SessionAttempt old)
    {
        var takeover = new AccountTakeover(_world.Outside.Clock);
        var next = Begin(takeover);
        await Task.WhenAny(takeover.Ready, old.Over, next.Over, _world.Outside.WaitAsync(TimeSpan.FromSeconds(20), "waits for readiness"))
            .ConfigureAwait(false);
        if (!old.Process.IsDead) old.Leave();
        await Task.WhenAny(old.Over, _world.Outside.WaitAsync(TimeSpan.FromSeconds(20), "waits for the old session")).ConfigureAwait(false);
        takeover.Begin();
        return takeover;
    }
}
