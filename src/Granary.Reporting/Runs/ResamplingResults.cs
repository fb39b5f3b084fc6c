using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>Paths that resampling draws from the record of an account.</summary>
internal sealed record ResamplingResults() : ResultSection("resampling")
{
    public required ulong Seed { get; init; }

    /// <summary>The profit to reach, a fraction of the start.</summary>
    public required double Goal { get; init; }

    /// <summary>The loss that counts as ruin, a fraction of the start.</summary>
    public required double Ruin { get; init; }

    /// <summary>The share of trades that the method <c>skipped</c> leaves out.</summary>
    public required double Skip { get; init; }

    /// <summary>The quantiles of all figures, ascending.</summary>
    public required IReadOnlyList<double> Quantiles { get; init; }

    public required IReadOnlyList<ResampledMethod> Methods { get; init; }
}

/// <summary>The paths of one method.</summary>
/// <param name="Method">periods, trades, order or skipped.</param>
/// <param name="Title">A heading.</param>
/// <param name="Meaning">What the method answers, in sentences.</param>
/// <param name="Unit">The unit of a return: day, hour, week, … or trade.</param>
/// <param name="Returns">The number of returns of the record and of each path.</param>
internal sealed record ResampledMethod(string Method, string Title, string Meaning, string Unit, int Returns)
{
    /// <summary>The number of paths; 0 if there are none.</summary>
    public int Paths { get; init; }

    /// <summary>Why there are no paths, one sentence; null if there are.</summary>
    public string? Absence { get; init; }

    /// <summary>Limits of the figures of this record, one sentence each.</summary>
    public IReadOnlyList<string> Cautions { get; init; } = [];

    /// <summary>Expected length of a block of returns that stay together; null without blocks.</summary>
    public double? MeanBlock { get; init; }

    /// <summary>Null without paths.</summary>
    public EquityFan? Fan { get; init; }

    /// <summary>finalEquity, maxDrawdown and underwaterDays; empty without paths.</summary>
    public IReadOnlyList<ResampledFigure> Figures { get; init; } = [];

    /// <summary>ruin, goal and loss; empty without paths.</summary>
    public IReadOnlyList<ResampledEvent> Events { get; init; } = [];

    /// <summary>By risk, ascending; empty without paths.</summary>
    public IReadOnlyList<SizeOfRisk> Sizes { get; init; } = [];
}

/// <summary>The equity of all paths over time.</summary>
/// <param name="Times">UTC, from the start of the record on.</param>
/// <param name="Equity">The account's own equity, account currency.</param>
/// <param name="Quantiles">A list for each quantile: the equity of the paths at each time, account currency.</param>
internal sealed record EquityFan(IReadOnlyList<DateTime> Times, IReadOnlyList<double> Equity,
    IReadOnlyList<IReadOnlyList<double>> Quantiles);

/// <summary>A figure of the account beside its quantiles over all paths.</summary>
/// <param name="Figure">finalEquity (account currency), maxDrawdown (positive fraction) or underwaterDays (calendar days).</param>
/// <param name="Own">The account's own, at the ends of the same returns.</param>
/// <param name="Quantiles">One for each quantile.</param>
internal sealed record ResampledFigure(string Figure, double Own, IReadOnlyList<double> Quantiles);

/// <summary>The probability of an event: the share of paths in which it happens.</summary>
/// <param name="Event">
/// ruin (equity falls to the level), goal (equity reaches it), or loss (equity below the start after some months).
/// </param>
/// <param name="Months">Of a loss; null otherwise.</param>
internal sealed record ResampledEvent(string Event, double Probability, int? Months = null);

/// <summary>A position size and its risk of ruin.</summary>
/// <param name="Risk">The share of paths that are ruined at this size.</param>
/// <param name="Size">A multiple of the actual size; NaN if no size up to 1,024 has the risk.</param>
internal sealed record SizeOfRisk(double Risk, double Size)
{
    /// <summary>Whether the size is at the lower end of the search, so the true one is smaller.</summary>
    [JsonIgnore]
    public bool IsLeast => Size <= 1.0 / 1024;
}
