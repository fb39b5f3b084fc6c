using System.Globalization;

namespace Granary.Reporting.Runs;

/// <summary>Writes the tables of a factor study.</summary>
public static class FactorStudyCsv
{
    /// <summary>The files and their writers.</summary>
    public static IReadOnlyList<(string Name, Action<TextWriter, FactorStudyResults> Write)> Files { get; } =
    [
        ("factors.csv", Factors), ("quantiles.csv", Quantiles), ("groups.csv", Groups), ("decay.csv", Decay), ("series.csv", Series),
    ];

    private static readonly string[] s_mean = ["dates", "mean", "deviation", "error", "t", "p", "low", "high", "lag"];

    private static void Factors(TextWriter writer, FactorStudyResults study) => Write(writer,
        ["factor", "horizon", .. s_mean.Select(m => "ic_" + m), "ic_ratio", "q", "q_independent", "discovery",
            .. s_mean.Select(m => "spread_" + m), "rank_autocorrelation"],
        study.Factors.SelectMany(f => f.Horizons.Select(h => (string[])[f.Factor, Text(h.Horizon), .. Mean(h.Ic), Text(h.Ratio), Text(h.Q),
            Text(h.QIndependent), h.IsDiscovery ? "true" : "false", .. Mean(h.Spread), Text(h.RankAutocorrelation)])));

    private static void Quantiles(TextWriter writer, FactorStudyResults study) => Write(writer,
        ["factor", "horizon", "quantile", "return", "demeaned", "error", "turnover"],
        study.Factors.SelectMany(f => f.Horizons.SelectMany(h => h.Quantiles.Select(q => (string[])[f.Factor, Text(h.Horizon),
            Text(q.Quantile), Text(q.Return), Text(q.Demeaned), Text(q.Error), Text(q.Turnover)]))));

    private static void Groups(TextWriter writer, FactorStudyResults study) => Write(writer,
        ["factor", "horizon", "group", .. s_mean.Select(m => "ic_" + m),
            .. Enumerable.Range(1, study.Quantiles).Select(q => "quantile_" + Text(q))],
        study.Factors.SelectMany(f => f.Horizons.SelectMany(h => h.Groups.Select(g => (string[])[f.Factor, Text(h.Horizon), g.Group,
            .. Mean(g.Ic), .. g.Quantiles.Select(Text)]))));

    private static void Decay(TextWriter writer, FactorStudyResults study) => Write(writer, ["factor", "horizon", "ic", "low", "high"],
        study.Factors.SelectMany(f => f.Decay.Select(d => (string[])[f.Factor, Text(d.Horizon), Text(d.Ic), Text(d.Low), Text(d.High)])));

    private static void Series(TextWriter writer, FactorStudyResults study) => Write(writer,
        ["factor", "time", .. study.Horizons.Select(h => "ic_" + Text(h)), .. study.Horizons.Select(h => "rolling_ic_" + Text(h)),
            .. Enumerable.Range(1, study.Quantiles).Select(q => "quantile_" + Text(q)), "long_short", "weighted"],
        study.Factors.Where(f => f.Series is not null).SelectMany(f => f.Series!.Times.Select((time, i) => (string[])[f.Factor,
            RunText.Time(time.Ticks), .. f.Series.Ic.Select(s => Text(s[i])), .. f.Series.RollingIc.Select(s => Text(s[i])),
            .. f.Series.Quantiles.Select(s => RunText.Number(s[i])), RunText.Number(f.Series.LongShort[i]),
            RunText.Number(f.Series.Weighted[i])])));

    private static string[] Mean(StudyMean m) => [Text(m.Dates), Text(m.Mean), Text(m.Deviation), Text(m.Error), Text(m.T), Text(m.P),
        Text(m.Low), Text(m.High), Text(m.Lag)];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(double? number) => RunText.Number(number ?? double.NaN);

    private static void Write(TextWriter writer, IEnumerable<string> header, IEnumerable<string[]> rows)
    {
        using var csv = CsvText.Open(writer);
        foreach (var name in header) csv.WriteField(name);
        csv.NextRecord();
        foreach (var row in rows)
        {
            foreach (var field in row) csv.WriteField(field);
            csv.NextRecord();
        }
    }
}
