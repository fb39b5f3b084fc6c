using Granary.Engine.Portfolio;

namespace Granary.Modelling.Allocation;

/// <summary>Weights of one account over time. Each decision applies from its time until the next.</summary>
/// <param name="units">The weighted units.</param>
/// <param name="decisions">Capacity. When it is full, the older half of the decisions is dropped.</param>
internal sealed class DecidedWeights(AllocationUnits units, int decisions) : IWeightSource
{
    private readonly long[] _times = new long[decisions];
    private readonly double[] _sums = new double[decisions];
    private readonly double[] _weights = new double[decisions * units.Count];
    private readonly double[] _none = new double[units.Count];
    private long _first;

    /// <summary>Number of stored decisions.</summary>
    public int Count { get; private set; }

    /// <summary>The weighted units.</summary>
    public AllocationUnits Units => units;

    /// <summary>Start of the account, UTC ticks; null = the time of the first decision.</summary>
    public long? Begin { get; set; }

    public long? First => Begin ?? (Count > 0 ? _first : null);

    /// <summary>Whether strategies without a weight also belong to the portfolio, because a later version may weigh them.</summary>
    public bool HoldsAll { get; init; }

    /// <summary>Removes all decisions, to start a new episode.</summary>
    public void Clear() => Count = 0;

    /// <summary>Time from which a decision applies, UTC ticks.</summary>
    public long TimeOf(int decision) => _times[decision];

    /// <summary>The weights of a decision, in the order of the units.</summary>
    public ReadOnlySpan<double> Of(int decision) => _weights.AsSpan(decision * units.Count, units.Count);

    /// <summary>The latest weights; zeros before the first decision.</summary>
    public ReadOnlySpan<double> Last => Count > 0 ? Of(Count - 1) : _none;

    /// <summary>Adds a decision. Allocates no memory.</summary>
    /// <param name="time">Time from which the decision applies, UTC ticks; later than the previous decision's.</param>
    /// <param name="weights">Weights in the order of the units.</param>
    public void Add(long time, ReadOnlySpan<double> weights)
    {
        if (Count == _times.Length) ForgetHalf();
        if (Count == 0) _first = time;
        _times[Count] = time;
        weights.CopyTo(_weights.AsSpan(Count * units.Count));
        var sum = 0.0;
        foreach (var weight in weights) sum += weight;
        _sums[Count++] = sum;
    }

    public double At(int strategy, long time) =>
        units.PlaceOf(strategy) is var place and >= 0 && Find(time) is var at and >= 0 ? _weights[at * units.Count + place] : 0;

    public double SumAt(long time) => Find(time) is var at and >= 0 ? _sums[at] : 0;

    public bool IsMember(int strategy)
    {
        if (units.PlaceOf(strategy) is not (var place and >= 0)) return false;
        if (HoldsAll) return true;
        for (var d = 0; d < Count; d++)
            if (Of(d)[place] != 0)
                return true;
        return false;
    }

    // Nearly all calls ask for the last decision, so it is checked first.
    private int Find(long time)
    {
        if (Count == 0 || _times[Count - 1] <= time) return Count - 1;
        var at = Array.BinarySearch(_times, 0, Count, time);
        return at >= 0 ? at : ~at - 1;
    }

    private void ForgetHalf()
    {
        var kept = Count - Count / 2;
        Array.Copy(_times, Count - kept, _times, 0, kept);
        Array.Copy(_sums, Count - kept, _sums, 0, kept);
        Array.Copy(_weights, (Count - kept) * units.Count, _weights, 0, kept * units.Count);
        Count = kept;
    }
}
