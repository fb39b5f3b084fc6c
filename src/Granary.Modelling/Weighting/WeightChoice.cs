using Granary.Engine.Portfolio;
using Granary.Reporting.Runs;

namespace Granary.Modelling.Weighting;

/// <summary>The weights of a batch's strategies.</summary>
/// <param name="Last">By strategy index: those that hold when the bars end, and with which prod.json goes on.</param>
public sealed record WeightChoice(double[] Last)
{
    /// <summary>Weights over time, each from what was known by then; null where they are the same all along.</summary>
    public IWeightSource? Schedule { get; init; }

    /// <summary>The first time of the schedule's weights, UTC ticks; null without any.</summary>
    public long? From { get; init; }

    /// <summary>What was chosen when, for the report.</summary>
    public IReadOnlyList<WeightStep> History { get; init; } = [];

    /// <summary>By strategy index its weight in each state of the regimes; null where weights do not depend on them.</summary>
    public double[]?[]? ByState { get; init; }

    /// <summary>Of the rules ppo and adaptive; null otherwise.</summary>
    public AllocatorOutcome? Allocator { get; init; }

    /// <summary>For <see cref="RunModel.Notes"/>.</summary>
    public IReadOnlyList<RunNote> Notes { get; init; } = [];

    /// <summary>By strategy index: not 0 where the portfolio needs its events, as it has a weight at some time.</summary>
    public double[] Members => Schedule is null ? Last : [.. Last.Select((w, i) => Schedule.IsMember(i) ? 1.0 : 0)];
}

/// <summary>A choice of weights.</summary>
/// <param name="Time">From when on they hold, UTC ticks.</param>
/// <param name="Chosen">Strategies with a weight, in the order of their choice.</param>
public sealed record WeightStep(long Time, IReadOnlyList<(int Strategy, double Weight)> Chosen);
