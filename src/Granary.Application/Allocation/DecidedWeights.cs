using Granary.Engine.Portfolio;

namespace Granary.Application.Allocation;

/// <summary>Weights of one episode, decision by decision: each holds from its time until the next.</summary>
/// <param name="strategies">Indices of the strategies in ascending order.</param>
/// <param name="plan">How many strategies the plan has.</param>
/// <param name="decisions">The most that an episode has.</param>
internal sealed class DecidedWeights(int[] strategies, int plan, int decisions) : IWeightSource
{
    private readonly int[] _place = Places(strategies, plan);
    private readonly long[] _times = new long[decisions];
    private readonly double[] _sums = new double[decisions];
    private readonly double[] _weights = new double[decisions * strategies.Length];

    /// <summary>Decisions so far.</summary>
    public int Count { get; private set; }

    public long? First => Count > 0 ? _times[0] : null;

    /// <summary>Starts an episode.</summary>
    public void Clear() => Count = 0;

    /// <summary>The weights of a decision, in the order of the strategies.</summary>
    public ReadOnlySpan<double> Of(int decision) => _weights.AsSpan(decision * strategies.Length, strategies.Length);

    /// <summary>The latest weights; zeros before the first decision.</summary>
    public ReadOnlySpan<double> Last => Of(Math.Max(0, Count - 1));

    /// <summary>Decides.</summary>
    /// <param name="time">From when on it holds, UTC ticks; later than the last.</param>
    public void Add(long time, ReadOnlySpan<double> weights)
    {
        _times[Count] = time;
        weights.CopyTo(_weights.AsSpan(Count * strategies.Length));
        // In the order of the strategies, as in a schedule of the same weights.
        var sum = 0.0;
        foreach (var weight in weights) sum += weight;
        _sums[Count++] = sum;
    }

    public double At(int strategy, long time) =>
        _place[strategy] is var place and >= 0 && Find(time) is var at and >= 0 ? _weights[at * strategies.Length + place] : 0;

    public double SumAt(long time) => Find(time) is var at and >= 0 ? _sums[at] : 0;

    // Nearly always the last one.
    private int Find(long time)
    {
        var at = Count - 1;
        while (at >= 0 && _times[at] > time) at--;
        return at;
    }

    private static int[] Places(int[] strategies, int plan)
    {
        var places = new int[plan];
        Array.Fill(places, -1);
        for (var i = 0; i < strategies.Length; i++) places[strategies[i]] = i;
        return places;
    }
}
