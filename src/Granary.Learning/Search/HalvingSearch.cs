using System.Numerics;

namespace Granary.Learning.Search;

/// <summary>
/// <see cref="SuccessiveHalving"/> over shares of the bars, counted from the first one. The points are those of <see cref="SobolSearch"/>.
/// </summary>
/// <remarks>
/// The number of trials counts points, all of which the first round evaluates. At least four points reach all bars, and the first
/// share is a sixteenth at least. A point that failed is not continued; one without a value counts as the worst.
/// </remarks>
internal sealed class HalvingSearch(ParameterSpace space, int trials, ulong seed) : ISearchMethod
{
    private const int Finalists = 4, MaxRounds = 5;

    private readonly SobolSearch _points = new(space, trials, seed);

    private int Rounds => Math.Clamp(BitOperations.Log2((uint)Math.Max(trials / Finalists, 1)) + 1, 1, MaxRounds);

    public IReadOnlyList<ProposedPoint> Next(IReadOnlyList<TriedPoint> tried)
    {
        var whole = 1 << (Rounds - 1);
        if (tried.Count == 0) return [.. _points.Next([], trials).Select(p => p with { Share = 1.0 / whole })];
        var share = tried[^1].Point.Share;
        if (share == 1) return [];
        var last = Enumerable.Range(0, tried.Count).Where(i => tried[i].Point.Share == share).ToList();
        var best = Objectives.Rank([.. last.Select(i => tried[i].Objectives)], SuccessiveHalving.Half(last.Count)).Select(k => last[k]);
        return [.. SuccessiveHalving.Better(best, last.Count)
            .Where(i => tried[i].Objectives is not null)
            .Select(i => new ProposedPoint(tried[i].Point.Values, 2 * share, i))];
    }
}
