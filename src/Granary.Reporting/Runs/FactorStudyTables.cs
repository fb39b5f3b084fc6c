using Granary.Reporting.Tables;

namespace Granary.Reporting.Runs;

/// <summary>The tables of a factor study, from which CSV, Parquet and Arrow files are written.</summary>
internal static class FactorStudyTables
{
    private sealed record OfHorizon(StudiedFactor Factor, StudiedHorizon Horizon);

    private sealed record OfQuantile(OfHorizon Of, StudiedQuantile Quantile);

    private sealed record OfGroup(OfHorizon Of, StudiedGroup Group);

    private sealed record OfDecay(StudiedFactor Factor, DecayPoint Point);

    private sealed record OfPoint(StudiedFactor Factor, StudySeries Series, int Index);

    /// <summary>The tables by their names, without an extension.</summary>
    public static IEnumerable<(string Name, Table Table)> Of(FactorStudyResults study)
    {
        List<OfHorizon> horizons = [.. study.Factors.SelectMany(f => f.Horizons.Select(h => new OfHorizon(f, h)))];
        yield return ("factors", Factors().Of(horizons));
        yield return ("quantiles", Quantiles().Of(horizons.SelectMany(h => h.Horizon.Quantiles.Select(q => new OfQuantile(h, q)))));
        if (study.Groups.Count > 0)
            yield return ("groups", Groups(study).Of(horizons.SelectMany(h => h.Horizon.Groups.Select(g => new OfGroup(h, g)))));
        yield return ("decay", Decay().Of(study.Factors.SelectMany(f => f.Decay.Select(d => new OfDecay(f, d)))));
        yield return ("series", Series(study).Of(study.Factors.Where(f => f.Series is not null)
            .SelectMany(f => Enumerable.Range(0, f.Series!.Times.Count).Select(i => new OfPoint(f, f.Series, i)))));
    }

    private static TableDefinition<OfHorizon> Factors()
    {
        var table = new TableDefinition<OfHorizon>().Word("factor", r => r.Factor.Factor).Whole("horizon", r => r.Horizon.Horizon);
        table = Mean(table, "ic", r => r.Horizon.Ic);
        table = table.Number("ic_ratio", r => Number(r.Horizon.Ratio)).Number("q", r => Number(r.Horizon.Q))
            .Number("q_independent", r => Number(r.Horizon.QIndependent)).Word("discovery", r => r.Horizon.IsDiscovery ? "true" : "false");
        return Mean(table, "spread", r => r.Horizon.Spread)
            .Number("rank_autocorrelation", r => Number(r.Horizon.RankAutocorrelation));
    }

    private static TableDefinition<OfQuantile> Quantiles() => new TableDefinition<OfQuantile>()
        .Word("factor", r => r.Of.Factor.Factor).Whole("horizon", r => r.Of.Horizon.Horizon).Whole("quantile", r => r.Quantile.Quantile)
        .Number("return", r => Number(r.Quantile.Return)).Number("demeaned", r => Number(r.Quantile.Demeaned))
        .Number("error", r => Number(r.Quantile.Error)).Number("turnover", r => Number(r.Quantile.Turnover));

    private static TableDefinition<OfGroup> Groups(FactorStudyResults study)
    {
        var table = Mean(new TableDefinition<OfGroup>().Word("factor", r => r.Of.Factor.Factor)
            .Whole("horizon", r => r.Of.Horizon.Horizon).Word("group", r => r.Group.Group), "ic", r => r.Group.Ic);
        foreach (var q in Enumerable.Range(0, study.Quantiles))
            table = table.Number(FormattableString.Invariant($"quantile_{q + 1}"), r => Number(r.Group.Quantiles[q]));
        return table;
    }

    private static TableDefinition<OfDecay> Decay() => new TableDefinition<OfDecay>()
        .Word("factor", r => r.Factor.Factor).Whole("horizon", r => r.Point.Horizon).Number("ic", r => Number(r.Point.Ic))
        .Number("low", r => Number(r.Point.Low)).Number("high", r => Number(r.Point.High));

    private static TableDefinition<OfPoint> Series(FactorStudyResults study)
    {
        var table = new TableDefinition<OfPoint>().Word("factor", r => r.Factor.Factor).Time("time", r => r.Series.Times[r.Index].Ticks);
        foreach (var (h, horizon) in study.Horizons.Index())
            table = table.Number(FormattableString.Invariant($"ic_{horizon}"), r => Number(r.Series.Ic[h][r.Index]))
                .Number(FormattableString.Invariant($"rolling_ic_{horizon}"), r => Number(r.Series.RollingIc[h][r.Index]));
        foreach (var q in Enumerable.Range(0, study.Quantiles))
            table = table.Number(FormattableString.Invariant($"quantile_{q + 1}"), r => r.Series.Quantiles[q][r.Index]);
        return table.Number("long_short", r => r.Series.LongShort[r.Index]).Number("weighted", r => r.Series.Weighted[r.Index]);
    }

    private static TableDefinition<T> Mean<T>(TableDefinition<T> table, string name, Func<T, StudyMean> of) => table
        .Whole(name + "_dates", r => of(r).Dates).Number(name + "_mean", r => Number(of(r).Mean))
        .Number(name + "_deviation", r => Number(of(r).Deviation)).Number(name + "_error", r => Number(of(r).Error))
        .Number(name + "_t", r => Number(of(r).T)).Number(name + "_p", r => Number(of(r).P))
        .Number(name + "_low", r => Number(of(r).Low)).Number(name + "_high", r => Number(of(r).High))
        .Whole(name + "_lag", r => of(r).Lag);

    private static double Number(double? value) => value ?? double.NaN;
}
