namespace Granary.Engine.Analysis;

/// <summary>Measurements of closed trades, net of commission. Metrics are computed from them.</summary>
internal readonly record struct TradeMeasures
{
    public long Trades { get; init; }

    /// <summary>A trade of exactly zero is neither a win nor a loss.</summary>
    public long Wins { get; init; }

    public long Losses { get; init; }

    /// <summary>The sum of the wins' net profits, account currency.</summary>
    public double GrossProfit { get; init; }

    /// <summary>The sum of the losses' net amounts, account currency, positive.</summary>
    public double GrossLoss { get; init; }

    /// <summary>Account currency.</summary>
    public double NetProfit { get; init; }

    /// <summary>The largest net profit; NaN without a win, or if not measured.</summary>
    public double LargestWin { get; init; }

    /// <summary>The largest net loss, negative; NaN without a loss, or if not measured.</summary>
    public double LargestLoss { get; init; }

    /// <summary>Most wins in a row, in the order of closing; a zero ends a streak of either kind.</summary>
    public int LongestWinStreak { get; init; }

    public int LongestLossStreak { get; init; }

    /// <summary>Deviation of the net profits, ddof 1.</summary>
    public double ProfitDeviation { get; init; }

    /// <summary>Bars held in total, over the trades whose bars are known.</summary>
    public double Bars { get; init; }

    /// <summary>The number of trades whose bars are known.</summary>
    public long BarsKnown { get; init; }

    /// <summary>Null where excursions are not measured.</summary>
    public ExcursionSummary? Excursions { get; init; }
}

/// <summary>How far the price moved against and in favour of open trades.</summary>
/// <param name="Adverse">Maximum adverse excursions (MAE).</param>
/// <param name="Favourable">Maximum favourable excursions (MFE).</param>
internal sealed record ExcursionSummary(ExcursionMeans Adverse, ExcursionMeans Favourable)
{
    /// <summary>Mean favourable over mean adverse excursion; 1 without an edge.</summary>
    public double EdgeRatio => Adverse.Average > 0 ? Favourable.Average / Adverse.Average : double.NaN;
}

/// <summary>Excursions of one direction, as positive fractions of the entry price; NaN where not known.</summary>
/// <param name="OfWins">Mean of the wins; of adverse excursions, what a stop must leave room for.</param>
/// <param name="OfLosses">Mean of the losses; of favourable excursions, what was given back.</param>
internal readonly record struct ExcursionMeans(double Average, double Largest, double OfWins, double OfLosses);
