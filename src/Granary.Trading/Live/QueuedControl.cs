using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;

namespace Granary.Trading.Live;

/// <summary>Queues commands from a session's server (a portfolio's grain, or a process) for the session's own thread.</summary>
/// <param name="keep">Stores the pending commands before a caller is notified that they were accepted; null = the caller stores
/// them.</param>
/// <param name="newId">Makes the id of a command that has none; null = a random id.</param>
internal sealed class QueuedControl(Action<IReadOnlyList<IssuedCommand>>? keep = null, Func<string>? newId = null) : ISessionControl
{
    private readonly Lock _lock = new();
    private readonly List<(IssuedCommand Command, TaskCompletionSource Done)> _waiting = [], _taken = [], _stopping = [];
    private readonly TaskCompletionSource<IssuedCommand> _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LiveStatus? _status;
    private bool _ended, _left;

    /// <summary>The session's last status; null before its first bar.</summary>
    public LiveStatus? Status => _status;

    /// <summary>Completes with the operator's first stop command, before the session takes it.</summary>
    public Task<IssuedCommand> StopAsked => _stopAsked.Task;

    /// <inheritdoc/>
    public IReadOnlyList<IssuedCommand> Take()
    {
        lock (_lock)
        {
            if (_taken.Count == 0 && _waiting.Count == 0) return [];
            foreach (var carried in _taken)
            {
                // A stop command is complete when the session's end is written.
                if (carried.Command.Command == SessionCommand.Stop) _stopping.Add(carried);
                else carried.Done.TrySetResult();
            }
            _taken.Clear();
            Keep();
            _taken.AddRange(_waiting);
            _waiting.Clear();
            return [.. _taken.Select(t => t.Command)];
        }
    }

    /// <inheritdoc/>
    public void Show(LiveStatus status, bool now) => _status = status;

    /// <summary>Passes a command to the session; completes when it was executed and is in the journal.</summary>
    /// <param name="command">The command; one with the id of a pending command is not queued again. A stop that cannot be stored is
    /// executed, and the task fails.</param>
    public Task SendAsync(IssuedCommand command)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Exception? unstored = null;
        lock (_lock)
        {
            if (_ended) return _left ? Task.FromCanceled(new CancellationToken(canceled: true)) : Task.CompletedTask;
            if (command.Id is { } id && Pending.FirstOrDefault(p => p.Command.Id == id) is { Done: { } pending }) return pending.Task;
            _waiting.Add((command with { Id = command.Id ?? NewId() }, done));
            try
            {
                Keep();
            }
            catch (Exception e) when (command.Command == SessionCommand.Stop)
            {
                unstored = e;
            }
            catch
            {
                _waiting.RemoveAt(_waiting.Count - 1);
                throw;
            }
        }
        if (command.Command == SessionCommand.Stop) _stopAsked.TrySetResult(command);
        return unstored is null ? done.Task : Task.FromException(unstored);
    }

    // In the order of execution.
    private IEnumerable<(IssuedCommand Command, TaskCompletionSource Done)> Pending => _stopping.Concat(_taken).Concat(_waiting);

    private void Keep() => keep?.Invoke([.. Pending.Select(p => p.Command)]);

    /// <summary>Queues a stored command again, without waiting. The session executes a pending one once, and a stop also if an earlier
    /// attempt has it in the journal: the end that would have completed it was never written.</summary>
    public void Offer(IssuedCommand command)
    {
        lock (_lock)
            if (command.Id is { } id && Pending.Any(p => p.Command.Id == id))
                return;
        _ = SendAsync(AsNew(command));
    }

    private IssuedCommand AsNew(IssuedCommand command) =>
        command.Command == SessionCommand.Stop ? command with { Id = NewId() } : command;

    private string NewId() => newId?.Invoke() ?? Guid.NewGuid().ToString("N");

    /// <summary>Keeps the pending commands of an interrupted session for the next run.</summary>
    public void Again()
    {
        lock (_lock)
        {
            _waiting.InsertRange(0, [.. _stopping.Concat(_taken).Select(p => (AsNew(p.Command), p.Done))]);
            _taken.Clear();
            _stopping.Clear();
        }
    }

    /// <summary>Ends all pending and later commands, because no session will execute them.</summary>
    public void End() => End(static done => done.TrySetResult());

    /// <summary>Cancels all pending and later commands, because the session goes on elsewhere and executes them there.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _left = !_ended;
            End(static done => done.TrySetCanceled());
        }
    }

    private void End(Action<TaskCompletionSource> answer)
    {
        lock (_lock)
        {
            _ended = true;
            foreach (var (_, done) in Pending) answer(done);
            _stopping.Clear();
            _taken.Clear();
            _waiting.Clear();
            Keep();
        }
    }
}
