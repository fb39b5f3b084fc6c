using Granary.Application.Live;
using Granary.Engine.Brokerage;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>The way from a portfolio's grain to its session, which runs on threads of its own.</summary>
internal sealed class QueuedControl : ISessionControl
{
    private readonly Lock _lock = new();
    private readonly List<(SessionOrder Order, TaskCompletionSource Done)> _waiting = [], _taken = [], _stopping = [];
    private volatile LiveStatus? _status;

    public LiveStatus? Status => _status;

    public IReadOnlyList<SessionOrder> Take()
    {
        lock (_lock)
        {
            if (_taken.Count == 0 && _waiting.Count == 0) return [];
            foreach (var carried in _taken)
            {
                // A session that is to stop has stopped when its end is written.
                if (carried.Order.Command == SessionCommand.Stop) _stopping.Add(carried);
                else carried.Done.TrySetResult();
            }
            _taken.Clear();
            _taken.AddRange(_waiting);
            _waiting.Clear();
            return [.. _taken.Select(t => t.Order)];
        }
    }

    public void Show(LiveStatus status, bool now) => _status = status;

    /// <summary>Hands a command on; done when the session has carried it out, and so its journal has it.</summary>
    public Task SendAsync(SessionOrder order)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock) _waiting.Add((order, done));
        return done.Task;
    }

    /// <summary>Hands a command on that nobody waits for.</summary>
    public void Offer(SessionOrder order) => _ = SendAsync(order);

    /// <summary>The session was interrupted: what it had not carried out is for the next run.</summary>
    public void Again()
    {
        lock (_lock)
        {
            _waiting.InsertRange(0, [.. _stopping, .. _taken]);
            _taken.Clear();
            _stopping.Clear();
        }
    }

    /// <summary>There will be no session to carry anything out.</summary>
    public void End()
    {
        lock (_lock)
        {
            foreach (var (_, done) in _stopping.Concat(_taken).Concat(_waiting)) done.TrySetResult();
            _stopping.Clear();
            _taken.Clear();
            _waiting.Clear();
        }
    }
}
