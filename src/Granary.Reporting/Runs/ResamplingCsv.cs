using System.Globalization;
using CsvHelper;

namespace Granary.Reporting.Runs;

/// <summary>
/// Writes resampling.csv: the fans, quantiles, probabilities and sizes of <see cref="ResamplingResults"/>, one figure in a row.
/// </summary>
public static class ResamplingCsv
{
    public const string Name = "resampling.csv";

    public static void Write(TextWriter writer, ResamplingResults results)
    {
        using var csv = CsvText.Open(writer);
        Row(csv, ["method", "figure", "at", "value",
            .. results.Quantiles.Select(q => string.Create(CultureInfo.InvariantCulture, $"p{100 * q:00}"))]);
        var none = results.Quantiles.Select(_ => "").ToArray();
        foreach (var m in results.Methods)
        {
            if (m.Fan is { } fan)
                for (var i = 0; i < fan.Times.Count; i++)
                    Row(csv, [m.Method, "equity", RunText.Time(fan.Times[i].Ticks), RunText.Number(fan.Equity[i]),
                        .. fan.Quantiles.Select(q => RunText.Number(q[i]))]);
            foreach (var f in m.Figures)
                Row(csv, [m.Method, f.Figure, "", RunText.Number(f.Own), .. f.Quantiles.Select(RunText.Number)]);
            foreach (var e in m.Events)
                Row(csv, [m.Method, e.Event, e.Months is { } months ? string.Create(CultureInfo.InvariantCulture, $"{months}mo") : "",
                    RunText.Number(e.Probability), .. none]);
            foreach (var s in m.Sizes)
                Row(csv, [m.Method, "size", RunText.Number(s.Risk), RunText.Number(s.Size), .. none]);
        }
    }

    private static void Row(CsvWriter csv, IEnumerable<string> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
        csv.NextRecord();
    }
}
