namespace Granary.Application.Batches;

/// <summary>
/// Runs code of strategies whose thread can be stopped where it never comes back. What it is stopped in is the strategy's own code over the
/// strategy's own state, which is not read again. A process with a live account stops no thread: the account's own code could suffer. The
/// thread goes on until the last account is closed, or with the process.
/// </summary>
public sealed class StoppableCode
{
    private readonly Lock _gate = new();
    private readonly List<CancellationTokenSource> _later = [];
    private int _accounts;

    /// <summary>Of this process, whose accounts and threads are one another's.</summary>
    public static StoppableCode OfProcess { get; } = new();

    /// <summary>Runs code on this thread.</summary>
    /// <param name="stop">Ends it with an <see cref="OperationCanceledException"/>, wherever it is; see <see cref="Stop"/>.</param>
    public static void Run(Action code, CancellationToken stop)
    {
#pragma warning disable SYSLIB0046
        System.Runtime.ControlledExecution.Run(code, stop);
#pragma warning restore SYSLIB0046
    }

    /// <summary>Stops the code that runs with a token, now or when there is no live account any more. Does not wait for it.</summary>
    public void Stop(CancellationTokenSource token)
    {
        lock (_gate)
        {
            if (_accounts > 0)
            {
                _later.Add(token);
                return;
            }
        }
        Cancel(token);
    }

    /// <summary>There is a live account until the result is disposed of.</summary>
    public IDisposable OpenAccount()
    {
        lock (_gate) _accounts++;
        return new Account(this);
    }

    private void CloseAccount()
    {
        CancellationTokenSource[] stopped;
        lock (_gate)
        {
            if (--_accounts > 0) return;
            stopped = [.. _later];
            _later.Clear();
        }
        foreach (var token in stopped) Cancel(token);
    }

    // It returns only when the thread has come to a point where it can be stopped.
    private static void Cancel(CancellationTokenSource token) =>
        ThreadPool.UnsafeQueueUserWorkItem(static t => t.Cancel(), token, preferLocal: false);

    private sealed class Account(StoppableCode owner) : IDisposable
    {
        private int _closed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _closed, 1) == 0) owner.CloseAccount();
        }
    }
}
