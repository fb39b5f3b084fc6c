using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>
/// How far the results can be believed, in sentences, with the figures behind them. Figures are null where nothing was traced, and NaN
/// where they are undefined.
/// </summary>
public sealed record ValidationResults() : ResultSection("guards")
{
    /// <summary>Most important first.</summary>
    public IReadOnlyList<string> Conclusions { get; init; } = [];

    /// <summary>Unit of the periods of the figures, as weeks.</summary>
    public string? Period { get; init; }

    /// <summary>Different combinations ever run on these bars.</summary>
    public long? Trials { get; init; }

    public long? NewTrials { get; init; }

    public double? EffectiveTrials { get; init; }

    public int? Clusters { get; init; }

    public double? TrialDeviation { get; init; }

    public double? RawExpectedMaximum { get; init; }

    public double? RawDeflatedSharpe { get; init; }

    public double? ExpectedMaximum { get; init; }

    public double? WinnersOfNothing { get; init; }

    /// <summary>Of the portfolio, per period.</summary>
    public double? Sharpe { get; init; }

    public double? DeflatedSharpe { get; init; }

    /// <summary>Periods.</summary>
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

    /// <summary>[24]: how the logits of the ranks lie, from −6 to 6 in steps of a half; null without the test.</summary>
    public int[]? Logits { get; init; }

    /// <summary>From the headline figure to those of the checks.</summary>
    public IReadOnlyList<BridgeRow> Bridge { get; init; } = [];

    /// <summary>Why the trials of other batches are not counted; null where they are.</summary>
    public string? Ledger { get; init; }

    /// <summary>Strategies that acted on the future; null where none did.</summary>
    public IReadOnlyList<LookAheadRow>? LookAhead { get; init; }

    /// <summary>What plug-ins can reach beyond their bars; null if nothing was found.</summary>
    public IReadOnlyList<ReachRow>? Reaches { get; init; }
}

/// <summary>A figure of the validation checks beside the headline figure that it is compared with.</summary>
/// <param name="Figure">What is shown, as a row's name.</param>
/// <param name="Difference">What differs from the row that it follows from, one sentence.</param>
/// <param name="Return">Over the row's stretch of time.</param>
/// <param name="Sharpe">Annual; NaN where the row has none.</param>
/// <param name="From">UTC ticks; null = the whole record.</param>
public sealed record BridgeRow(string Figure, string Difference, double Return, double Sharpe,
    [property: JsonConverter(typeof(TimeOfTicks))] long? From = null, [property: JsonConverter(typeof(TimeOfTicks))] long? To = null);

/// <param name="Cut">UTC ticks: bars from then on were changed.</param>
public sealed record LookAheadRow(string Strategy, [property: JsonConverter(typeof(TimeOfTicks))] long Cut, string Sentence);

/// <summary>One thing that a plug-in can reach beyond its bars.</summary>
/// <param name="Kind">As "files", "clock" or "sharedState".</param>
public sealed record ReachRow(string Plugin, string Kind, string Sentence);
