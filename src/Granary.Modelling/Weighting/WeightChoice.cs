using Granary.Engine.Portfolio;
using Granary.Reporting.Runs;

namespace Granary.Modelling.Weighting;

/// <summary>The weights of a batch's strategies.</summary>
/// <param name="Last">Weights at the end of the bars, by strategy index; prod.json starts with them.</param>
internal sealed record WeightChoice(double[] Last)
{
    /// <summary>Weights over time, each chosen from data known at its time; null if the weights are constant.</summary>
    public IWeightSource? Schedule { get; init; }

    /// <summary>Time of the schedule's first weights, UTC ticks; null without a schedule.</summary>
    public long? From { get; init; }

    /// <summary>Choices over time, for the report.</summary>
    public IReadOnlyList<WeightStep> History { get; init; } = [];

    /// <summary>Weight per regime state, by strategy index; null if the weights do not depend on regimes.</summary>
    public double[]?[]? ByState { get; init; }

    /// <summary>Outcome of the rules <c>ppo</c> and <c>adaptive</c>; null for other rules.</summary>
    public AllocatorOutcome? Allocator { get; init; }

    /// <summary>The last choice of an allocation method; null for other rules, or if there was no choice.</summary>
    public AllocationChoice? Allocation { get; init; }

    /// <summary>Notes to add to <see cref="RunModel.Notes"/>.</summary>
    public IReadOnlyList<RunNote> Notes { get; init; } = [];

    /// <summary>By strategy index: nonzero if the strategy has a weight at any time, so the portfolio needs its events.</summary>
    public double[] Members
    {
        get => field ?? (Schedule is null ? Last : [.. Last.Select((w, i) => Schedule.IsMember(i) ? 1.0 : 0)]);
        init;
    }
}

/// <summary>The weights chosen at one time.</summary>
/// <param name="Time">Time from which the weights apply, UTC ticks.</param>
/// <param name="Chosen">Strategies with a weight, in the order in which the rule chose them.</param>
internal sealed record WeightStep(long Time, IReadOnlyList<(int Strategy, double Weight)> Chosen);
