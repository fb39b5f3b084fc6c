namespace Granary.Engine.Portfolio;

/// <summary>Weights of strategies that change over time: each is constant from one change to the next, and 0 before the first.</summary>
internal sealed class WeightSchedule : IWeightSource
{
    private readonly List<(long Time, double Weight)>?[] _changes;
    // Made when a sum is first asked for.
    private (long[] Times, double[] Sums)? _sums;

    /// <param name="strategies">How many there are.</param>
    public WeightSchedule(int strategies) => _changes = new List<(long, double)>?[strategies];

    /// <summary>Sets a strategy's weight from a time on. Call it in the order of time for each strategy.</summary>
    /// <param name="time">UTC ticks; a weight may only depend on data known by then.</param>
    /// <exception cref="ArgumentException">The strategy already has a later weight.</exception>
    public void Set(int strategy, long time, double weight)
    {
        var changes = _changes[strategy];
        if ((changes is null ? 0 : changes[^1].Weight) == weight) return;
        _sums = null;
        changes = _changes[strategy] ??= [];
        if (changes.Count > 0 && changes[^1].Time > time)
            throw new ArgumentException("changes of a weight must be added in order of time", nameof(time));
        if (changes.Count > 0 && changes[^1].Time == time) changes[^1] = (time, weight);
        else changes.Add((time, weight));
    }

    /// <summary>The weight at a time, UTC ticks.</summary>
    public double At(int strategy, long time)
    {
        if (_changes[strategy] is not { } changes) return 0;
        var (low, high) = (0, changes.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (changes[middle].Time <= time) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? 0 : changes[low - 1].Weight;
    }

    /// <summary>The time from which on there is an account, UTC ticks; null = from the first weight on.</summary>
    public long? Begin { get; init; }

    /// <summary>The time from which on there is an account, UTC ticks; null where no strategy ever has a weight.</summary>
    public long? First => Begin ?? _changes.Where(c => c is not null).Select(c => (long?)c![0].Time).Min();

    /// <summary>Sum of all weights at a time, UTC ticks.</summary>
    public double SumAt(long time)
    {
        var (times, sums) = _sums ??= Sums();
        var at = Array.BinarySearch(times, time);
        if (at < 0) at = ~at - 1;
        return at < 0 ? 0 : sums[at];
    }

    // Summed again at each change, in the order of the strategies, so that the sum does not depend on how the weights came about.
    private (long[] Times, double[] Sums) Sums()
    {
        long[] times = [.. _changes.Where(c => c is not null).SelectMany(c => c!.Select(x => x.Time)).Distinct().Order()];
        var members = Enumerable.Range(0, _changes.Length).Where(i => _changes[i] is not null).ToArray();
        var sums = new double[times.Length];
        for (var t = 0; t < times.Length; t++)
            foreach (var i in members)
                sums[t] += At(i, times[t]);
        return (times, sums);
    }

    /// <summary>Whether it ever has a weight.</summary>
    public bool IsMember(int strategy) => _changes[strategy] is { } changes && changes.Any(c => c.Weight != 0);
}
