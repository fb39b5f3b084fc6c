namespace Granary.Data.Reading;

/// <summary>How much a source may keep in memory over all the markets it has open.</summary>
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
