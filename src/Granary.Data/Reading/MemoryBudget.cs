namespace Granary.Data.Reading;

/// <summary>The memory limit of a source over all of its open markets.</summary>
internal sealed class MemoryBudget(long bytes)
{
    private long _used;

    public bool TryTake(long amount)
    {
        if (Interlocked.Add(ref _used, amount) <= bytes) return true;
        Interlocked.Add(ref _used, -amount);
        return false;
    }

    public void Return(long amount) => Interlocked.Add(ref _used, -amount);
}
