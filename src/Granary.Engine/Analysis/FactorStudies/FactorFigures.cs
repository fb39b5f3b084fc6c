namespace Granary.Engine.Analysis.FactorStudies;

/// <summary>A study's figures of one factor.</summary>
internal sealed class FactorFigures
{
    /// <summary>Dates with ranks.</summary>
    public int Dates { get; private init; }

    /// <summary>Dates that were left out because they have too few symbols.</summary>
    public int FewDates { get; private init; }

    /// <summary>Dates on which all symbols have one value.</summary>
    public int ConstantDates { get; private init; }

    /// <summary>Dates with ranks, but too many equal values for quantiles.</summary>
    public int TiedDates { get; private init; }

    /// <summary>The largest number of symbols on a date.</summary>
    public int MostSymbols { get; private init; }

    /// <summary>The mean number of symbols on dates with ranks; NaN without any.</summary>
    public double MeanSymbols { get; private init; }

    /// <summary>Returns that end at the last close of a symbol, because its bars end within the longest horizon.</summary>
    public int EndedReturns { get; private init; }

    /// <summary>Figures of each horizon, in the order of the settings.</summary>
    public IReadOnlyList<HorizonFigures> Horizons { get; private init; } = [];

    /// <summary>The information coefficient over each horizon of the decay.</summary>
    public IReadOnlyList<(int Horizon, LongRunMean Ic)> Decay { get; private init; } = [];

    /// <summary>The dates with ranks, as indices of the panel.</summary>
    public IReadOnlyList<int> RankedDates { get; private init; } = [];

    /// <summary>Returns of one bar, less the common mean, of each quantile by date of the panel; NaN without quantiles.</summary>
    public IReadOnlyList<double[]> OneBarReturns { get; private init; } = [];

    /// <summary>
    /// Returns of one bar by date of the panel of a portfolio whose weights are the values less their mean, of gross size one.
    /// </summary>
    public double[] WeightedReturns { get; private init; } = [];

    /// <summary>Summarises a factor whose dates are all computed.</summary>
    public static FactorFigures Of(FactorDates dates)
    {
        var ranked = Enumerable.Range(0, dates.States.Length).Where(d => dates.States[d] >= DateState.Ranked).ToList();
        int Count(DateState state) => dates.States.Count(s => s == state);
        return new FactorFigures
        {
            Dates = ranked.Count,
            FewDates = Count(DateState.Few),
            ConstantDates = Count(DateState.Constant),
            TiedDates = Count(DateState.Ranked),
            MostSymbols = dates.Counts.DefaultIfEmpty().Max(),
            MeanSymbols = ranked.Count > 0 ? ranked.Sum(d => (long)dates.Counts[d]) / (double)ranked.Count : double.NaN,
            EndedReturns = ranked.Sum(d => dates.Ended[d]),
            Horizons = [.. Enumerable.Range(0, dates.Settings.Horizons.Count).Select(h => HorizonFigures.Of(dates, h))],
            Decay = [.. dates.Settings.Decay.Select((h, d) => (h, LongRunMean.Of(dates.Decay[d], h - 1)))],
            RankedDates = ranked,
            OneBarReturns = dates.OneBar,
            WeightedReturns = dates.Weighted,
        };
    }
}
