namespace Granary.Engine.Analysis.FactorStudies;

/// <summary>A study's figures of one factor over one horizon.</summary>
internal sealed class HorizonFigures
{
    /// <summary>Bars.</summary>
    public int Horizon { get; private init; }

    /// <summary>The information coefficient by date of the panel: Spearman's correlation of values and later returns.</summary>
    public double[] IcByDate { get; private init; } = [];

    /// <summary>The mean of the information coefficient.</summary>
    public LongRunMean Ic { get; private init; } = LongRunMean.Of([], 0);

    /// <summary>Return of the highest quantile less the lowest's, by date of the panel.</summary>
    public double[] SpreadByDate { get; private init; } = [];

    /// <summary>Its mean.</summary>
    public LongRunMean Spread { get; private init; } = LongRunMean.Of([], 0);

    /// <summary>The quantiles, lowest values first.</summary>
    public IReadOnlyList<QuantileFigures> Quantiles { get; private init; } = [];

    /// <summary>
    /// Mean correlation of the ranks of two dates a horizon apart, over the symbols of both; NaN without any.
    /// </summary>
    public double RankAutocorrelation { get; private init; }

    /// <summary>The groups, in the order of the panel; empty without groups.</summary>
    public IReadOnlyList<GroupFigures> Groups { get; private init; } = [];

    internal static HorizonFigures Of(FactorDates dates, int horizon)
    {
        var bars = dates.Settings.Horizons[horizon];
        return new HorizonFigures
        {
            Horizon = bars,
            IcByDate = dates.Ic[horizon],
            Ic = LongRunMean.Of(dates.Ic[horizon], bars - 1),
            SpreadByDate = dates.Spread[horizon],
            Spread = LongRunMean.Of(dates.Spread[horizon], bars - 1),
            Quantiles = [.. Enumerable.Range(0, dates.Settings.Quantiles).Select(q => new QuantileFigures(q + 1,
                LongRunMean.Of(dates.Raw[horizon][q], bars - 1), LongRunMean.Of(dates.Demeaned[horizon][q], bars - 1),
                Turnover(dates, q + 1, bars)))],
            RankAutocorrelation = Autocorrelation(dates, bars),
            Groups = [.. Enumerable.Range(0, dates.GroupIc.Length).Select(g => new GroupFigures(dates.Panel.Groups!.Names[g],
                LongRunMean.Of(dates.GroupIc[g][horizon], bars - 1),
                [.. dates.GroupReturns[g][horizon].Select(r => LongRunMean.Of(r, bars - 1))]))],
        };
    }

    // The share of a quantile's symbols that were not in it a horizon before.
    private static double Turnover(FactorDates dates, int quantile, int bars)
    {
        var n = dates.Panel.Symbols.Count;
        var (sum, count) = (0.0, 0);
        for (var d = bars; d < dates.States.Length; d++)
        {
            if (dates.States[d] != DateState.Whole || dates.States[d - bars] != DateState.Whole) continue;
            var now = dates.Bins.AsSpan(d * n, n);
            var before = dates.Bins.AsSpan((d - bars) * n, n);
            var (members, fresh) = (0, 0);
            for (var s = 0; s < n; s++)
            {
                if (now[s] != quantile) continue;
                members++;
                if (before[s] != quantile) fresh++;
            }
            if (members == 0) continue;
            sum += fresh / (double)members;
            count++;
        }
        return count > 0 ? sum / count : double.NaN;
    }

    private static double Autocorrelation(FactorDates dates, int bars)
    {
        var n = dates.Panel.Symbols.Count;
        var (now, before) = (new double[n], new double[n]);
        var (sum, count) = (0.0, 0);
        for (var d = bars; d < dates.States.Length; d++)
        {
            if (dates.States[d] < DateState.Ranked || dates.States[d - bars] < DateState.Ranked) continue;
            var both = 0;
            for (var s = 0; s < n; s++)
            {
                var (own, earlier) = (dates.Ranks[d * n + s], dates.Ranks[(d - bars) * n + s]);
                if (float.IsNaN(own) || float.IsNaN(earlier)) continue;
                (now[both], before[both]) = (own, earlier);
                both++;
            }
            var correlation = PearsonCorrelation.Of(now.AsSpan(0, both), before.AsSpan(0, both));
            if (double.IsNaN(correlation)) continue;
            sum += correlation;
            count++;
        }
        return count > 0 ? sum / count : double.NaN;
    }
}
