using Granary.Engine.Brokerage;

namespace Granary.Application.Live;

/// <summary>Passes commands from the server of a session (a portfolio's grain, or a process) to the session on its own threads.</summary>
public sealed class QueuedControl : ISessionControl
{
    private readonly Lock _lock = new();
    private readonly List<(SessionOrder Order, TaskCompletionSource Done)> _waiting = [], _taken = [], _stopping = [];
    private readonly TaskCompletionSource<SessionOrder> _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LiveStatus? _status;
    private bool _ended;

    /// <summary>How the session stands; null before its first bar.</summary>
    public LiveStatus? Status => _status;

    /// <summary>Completes with the operator's first stop, before the session takes it.</summary>
    public Task<SessionOrder> StopAsked => _stopAsked.Task;

    /// <inheritdoc/>
    public IReadOnlyList<SessionOrder> Take()
    {
        lock (_lock)
        {
            if (_taken.Count == 0 && _waiting.Count == 0) return [];
            foreach (var carried in _taken)
            {
                // A stopping session has stopped when its end is written.
                if (carried.Order.Command == SessionCommand.Stop) _stopping.Add(carried);
                else carried.Done.TrySetResult();
            }
            _taken.Clear();
            _taken.AddRange(_waiting);
            _waiting.Clear();
            return [.. _taken.Select(t => t.Order)];
        }
    }

    /// <inheritdoc/>
    public void Show(LiveStatus status, bool now) => _status = status;

    /// <summary>Passes a command to the session; completes when it is carried out and in the journal.</summary>
    public Task SendAsync(SessionOrder order)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_ended) done.SetResult();
            else _waiting.Add((order, done));
        }
        if (order.Command == SessionCommand.Stop) _stopAsked.TrySetResult(order);
        return done.Task;
    }

    /// <summary>Passes a command to the session without waiting.</summary>
    public void Offer(SessionOrder order) => _ = SendAsync(order);

    /// <summary>Keeps the pending commands of an interrupted session for the next run.</summary>
    public void Again()
    {
        lock (_lock)
        {
            _waiting.InsertRange(0, [.. _stopping, .. _taken]);
            _taken.Clear();
            _stopping.Clear();
        }
    }

    /// <summary>Ends all pending and later commands; no session will carry them out.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            foreach (var (_, done) in _stopping.Concat(_taken).Concat(_waiting)) done.TrySetResult();
            _stopping.Clear();
            _taken.Clear();
            _waiting.Clear();
        }
    }
}
