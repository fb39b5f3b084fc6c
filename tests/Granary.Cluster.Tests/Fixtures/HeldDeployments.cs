using System.Collections.Concurrent;
using Granary.Testing;
using Granary.Trading.Deployments;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Deployments that hold the first job that keeps the record of a day, before it is kept.</summary>
internal sealed class HeldDeployments(IDeploymentStore inner, DateOnly at) : IDeploymentStore, IDisposable
{
    private readonly ManualResetEventSlim _open = new(false);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _held;

    /// <summary>Completed when a job waits.</summary>
    public Task Reached => _reached.Task.WaitAsync(Eventually.Longest);

    /// <summary>The days whose records were kept, one entry for each record.</summary>
    public ConcurrentQueue<DateOnly> Kept { get; } = [];

    public string Name => inner.Name;

    public IReadOnlyList<int> Numbers() => inner.Numbers();

    public byte[]? Read(int number) => inner.Read(number);

    public bool TryAdd(int number, byte[] document, long sequence, byte[] entry) => inner.TryAdd(number, document, sequence, entry);

    public IReadOnlyList<(long Sequence, byte[] Document)> Events(long after) => inner.Events(after);

    public bool TryAppend(long sequence, byte[] document) => inner.TryAppend(sequence, document);

    public IReadOnlyList<(string Account, DateOnly Day, byte[] Document)> Parity(string? account) => inner.Parity(account);

    public bool TryAddParity(string account, DateOnly day, byte[] document)
    {
        if (day == at && Interlocked.Exchange(ref _held, 1) == 0)
        {
            _reached.TrySetResult();
            _open.Wait();
        }
        if (!inner.TryAddParity(account, day, document)) return false;
        Kept.Enqueue(day);
        return true;
    }

    public void Open() => _open.Set();

    public void Dispose() => Open();
}
