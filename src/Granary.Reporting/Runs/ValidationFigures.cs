using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>
/// Results of the validation checks in sentences, with the underlying figures. Figures are null if the run was not traced, and NaN if they
/// are undefined.
/// </summary>
internal sealed record ValidationFigures() : ResultSection("guards")
{
    /// <summary>Conclusions in sentences, most important first.</summary>
    public IReadOnlyList<string> Conclusions { get; init; } = [];

    /// <summary>The unit of the periods of the figures, such as weeks.</summary>
    public string? Period { get; init; }

    /// <summary>The number of different combinations ever run on these bars.</summary>
    public long? Trials { get; init; }

    public long? NewTrials { get; init; }

    public double? EffectiveTrials { get; init; }

    public int? Clusters { get; init; }

    public double? TrialDeviation { get; init; }

    public double? RawExpectedMaximum { get; init; }

    public double? RawDeflatedSharpe { get; init; }

    public double? ExpectedMaximum { get; init; }

    public double? WinnersOfNothing { get; init; }

    /// <summary>Annual Sharpe ratio that the same choice among as many worthless trials is expected to show.</summary>
    public double? LuckBar { get; init; }

    /// <summary>Sharpe ratio of the portfolio, per period.</summary>
    public double? Sharpe { get; init; }

    public double? DeflatedSharpe { get; init; }

    /// <summary>Minimum track record length, in periods.</summary>
    public double? MinimumTrackRecord { get; init; }

    public long? Periods { get; init; }

    public double? ProbabilityOfOverfitting { get; init; }

    public double? ProbabilityOfLoss { get; init; }

    public double? Degradation { get; init; }

    public int? Blocks { get; init; }

    public double? RealityCheck { get; init; }

    public double? SuperiorPredictiveAbility { get; init; }

    public double? MeanBlock { get; init; }

    public int? Resamples { get; init; }

    /// <summary>[24]: histogram of the logits of the ranks, from −6 to 6 in steps of 0.5; null without the test.</summary>
    public int[]? Logits { get; init; }

    /// <summary>Reconciles the headline figure with the checks'.</summary>
    public IReadOnlyList<BridgeRow> Bridge { get; init; } = [];

    /// <summary>Why the trials of other batches are not counted; null if they are.</summary>
    public string? Ledger { get; init; }

    /// <summary>Strategies with look-ahead bias; null if there are none.</summary>
    public IReadOnlyList<LookAheadRow>? LookAhead { get; init; }

    /// <summary>Access of plug-ins to anything but their bars; null if none was found.</summary>
    public IReadOnlyList<ReachRow>? Reaches { get; init; }
}

/// <summary>A figure of the validation checks beside the headline figure that it is compared with.</summary>
/// <param name="Figure">Name of the row.</param>
/// <param name="Difference">Difference from the preceding row, one sentence.</param>
/// <param name="Return">Over the row's stretch of time.</param>
/// <param name="Sharpe">Annual; NaN where the row has none.</param>
/// <param name="From">UTC ticks; null = the whole record.</param>
internal sealed record BridgeRow(string Figure, string Difference, double Return, double Sharpe,
    [property: JsonConverter(typeof(TimeOfTicks))] long? From = null, [property: JsonConverter(typeof(TimeOfTicks))] long? To = null);

/// <param name="Cut">UTC ticks: bars from this time on were changed.</param>
internal sealed record LookAheadRow(string Strategy, [property: JsonConverter(typeof(TimeOfTicks))] long Cut, string Sentence);

/// <summary>A resource that a plug-in can access beyond its bars.</summary>
/// <param name="Kind">The kind of resource, such as "files", "clock" or "sharedState".</param>
internal sealed record ReachRow(string Plugin, string Kind, string Sentence);
