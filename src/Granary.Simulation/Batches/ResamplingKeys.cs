using Granary.Engine.Analysis.Resampling;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>The keys of a batch file's <c>resampling</c>.</summary>
internal sealed record ResamplingKeys
{
    // More take longer than small batches.
    private const int UsualPaths = 1000;
    private const long UsualSteps = 2_500_000;

    [Key("paths of each method; 0 = no resampling", Without = "1,000; of a record with more than 2,500 returns fewer, but at least 200"),
        Range(0, 100_000)]
    public int? Paths { get; init; }

    [Key("seed of the paths", Without = "the batch's `seed`"), Range(0, 1L << 53)]
    public long? Seed { get; init; }

    [Key("profit to reach, in percent of the start"), Range(0.01, 1e9)]
    public double GoalPercent { get; init; } = 100;

    [Key("loss that counts as ruin, in percent of the start"), Range(0.1, 99.9)]
    public double RuinPercent { get; init; } = 50;

    [Key("share of the trades that `skipped` leaves out, in percent"), Range(0, 100)]
    public double SkipPercent { get; init; } = 10;

    /// <param name="seed">The seed of the batch.</param>
    /// <returns>Null without paths.</returns>
    public ResamplingPlan? Plan(ulong seed) => Paths == 0 ? null
        : new ResamplingPlan(Paths ?? UsualPaths, Seed is { } own ? (ulong)own : seed, GoalPercent / 100, RuinPercent / 100,
            SkipPercent / 100)
        {
            Steps = Paths is null ? UsualSteps : long.MaxValue,
        };
}
