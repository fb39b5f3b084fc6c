namespace Granary.Reporting.Runs;

/// <summary>Result of a factor study; its JSON is study.json.</summary>
internal sealed record FactorStudyResults
{
    /// <summary>SHA-256 of all figures below, lower-case hex.</summary>
    public required string Digest { get; init; }

    /// <summary>The source of the bars, as the request names it.</summary>
    public required string Source { get; init; }

    public required string Timeframe { get; init; }

    /// <summary>The first date of the panel, UTC.</summary>
    public required DateTime From { get; init; }

    /// <summary>The last date of the panel, UTC.</summary>
    public required DateTime To { get; init; }

    /// <summary>The number of dates.</summary>
    public required int Dates { get; init; }

    /// <summary>The number of symbols.</summary>
    public required int Symbols { get; init; }

    public required IReadOnlyList<int> Horizons { get; init; }

    public required int Quantiles { get; init; }

    public required string Price { get; init; }

    public required bool GroupNeutral { get; init; }

    /// <summary>Expected share of false discoveries at the most.</summary>
    public required double Level { get; init; }

    /// <summary>The number of tests: factors times horizons whose mean information coefficient has a p-value.</summary>
    public required int Tests { get; init; }

    /// <summary>Tests whose q-value is at or below the level.</summary>
    public required int Discoveries { get; init; }

    /// <summary>Names of the groups; empty without groups.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The method of the q-values.</summary>
    public string Correction { get; init; } = "benjamini-yekutieli";

    /// <summary>Factors that were ever tried on these bars, and strategies too; null if they are not counted.</summary>
    public StudyTrialCount? Trials { get; init; }

    /// <summary>Notes for the reader of the figures, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The factors in the order of the request.</summary>
    public IReadOnlyList<StudiedFactor> Factors { get; init; } = [];
}

/// <summary>The trials on the bars of a study.</summary>
/// <param name="Study">The number of factors of the study.</param>
/// <param name="All">All different trials ever made on these bars, with the study's.</param>
/// <param name="Fault">Why other runs' trials are not counted; null if they are.</param>
internal sealed record StudyTrialCount(int Study, long All, string? Fault);

/// <summary>One factor of a study.</summary>
/// <param name="Error">Why there are no figures; null if there are.</param>
/// <param name="Dates">Dates with ranks.</param>
/// <param name="FewDates">Dates that are left out because they have too few symbols.</param>
/// <param name="ConstantDates">Dates that are left out because all symbols have one value.</param>
/// <param name="TiedDates">Dates with ranks whose equal values allow no quantiles.</param>
/// <param name="MeanSymbols">Mean number of symbols on dates with ranks.</param>
/// <param name="EndedReturns">Values whose returns end at the last close of a symbol.</param>
internal sealed record StudiedFactor(string Factor, string? Error, int Dates, int FewDates, int ConstantDates, int TiedDates,
    double? MeanSymbols, int EndedReturns)
{
    public IReadOnlyList<StudiedHorizon> Horizons { get; init; } = [];

    /// <summary>The mean information coefficient over horizons from one bar to the longest.</summary>
    public IReadOnlyList<DecayPoint> Decay { get; init; } = [];

    /// <summary>The information coefficients of the first horizon in bins.</summary>
    public IReadOnlyList<StudyBin> Histogram { get; init; } = [];

    /// <summary>Over time; of very many dates, means of equal numbers of them.</summary>
    public StudySeries? Series { get; init; }
}

/// <summary>A mean of a series that depends on its past, with Newey and West's error and a 95 % interval.</summary>
internal sealed record StudyMean(int Dates, double? Mean, double? Deviation, double? Error, double? T, double? P, double? Low, double? High,
    int Lag);

/// <summary>One factor over one horizon.</summary>
/// <param name="Horizon">Bars.</param>
/// <param name="Ic">Mean information coefficient: Spearman's correlation of values and later returns on each date.</param>
/// <param name="Ratio">Mean over deviation of the information coefficient.</param>
/// <param name="Q">p of <paramref name="Ic"/>, corrected for all tests of the study, for any dependence (Benjamini and Yekutieli).</param>
/// <param name="QIndependent">The same if the tests were independent (Benjamini and Hochberg).</param>
/// <param name="IsDiscovery">Whether <paramref name="Q"/> is at or below the level.</param>
/// <param name="Spread">Mean return of the highest quantile less the lowest's.</param>
/// <param name="RankAutocorrelation">Mean correlation of ranks with those a horizon before.</param>
internal sealed record StudiedHorizon(int Horizon, StudyMean Ic, double? Ratio, double? Q, double? QIndependent, bool IsDiscovery,
    StudyMean Spread, double? RankAutocorrelation)
{
    /// <summary>The quantiles, lowest values first.</summary>
    public IReadOnlyList<StudiedQuantile> Quantiles { get; init; } = [];

    public IReadOnlyList<StudiedGroup> Groups { get; init; } = [];
}

/// <summary>One quantile.</summary>
/// <param name="Return">Mean return.</param>
/// <param name="Demeaned">Mean return less the mean of all symbols, or of the same group.</param>
/// <param name="Error">Error of <paramref name="Demeaned"/>.</param>
/// <param name="Turnover">Mean share of symbols that were not in the quantile a horizon before.</param>
internal sealed record StudiedQuantile(int Quantile, double? Return, double? Demeaned, double? Error, double? Turnover);

/// <summary>The symbols of one group.</summary>
/// <param name="Ic">Mean information coefficient within the group.</param>
/// <param name="Quantiles">Mean demeaned return of its symbols in each quantile.</param>
internal sealed record StudiedGroup(string Group, StudyMean Ic, IReadOnlyList<double?> Quantiles);

/// <summary>The information coefficient over one horizon of the decay.</summary>
internal sealed record DecayPoint(int Horizon, double? Ic, double? Low, double? High);

/// <summary>A bin of a histogram; it holds its lower edge.</summary>
internal sealed record StudyBin(double From, double To, int Count);

/// <summary>Figures over time, for charts.</summary>
/// <param name="DatesPerPoint">The number of dates of which a point is the mean; 1 unless there are very many.</param>
/// <param name="Window">The number of points in the rolling mean.</param>
/// <param name="Times">Time of the last date of each point, UTC.</param>
/// <param name="Ic">The information coefficient of each horizon.</param>
/// <param name="RollingIc">Its mean over the last points, of each horizon.</param>
/// <param name="Quantiles">Growth of 1 in each quantile, chosen again at each bar, less the mean of all symbols.</param>
/// <param name="LongShort">Growth of 1, of the return of the highest quantile less the lowest's, chosen again at each bar.</param>
/// <param name="Weighted">Growth of 1 in a portfolio that weighs by the value less its mean, of gross size one.</param>
internal sealed record StudySeries(int DatesPerPoint, int Window, IReadOnlyList<DateTime> Times, IReadOnlyList<IReadOnlyList<double?>> Ic,
    IReadOnlyList<IReadOnlyList<double?>> RollingIc, IReadOnlyList<IReadOnlyList<double>> Quantiles, IReadOnlyList<double> LongShort,
    IReadOnlyList<double> Weighted);
