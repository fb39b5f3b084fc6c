using Granary.Data.Reading;
using Granary.Data.Text;

namespace Granary.Data.Formats;

/// <summary>
/// backtrader's own files: Date, optional Time, Open, High, Low, Close, Volume, OpenInterest and further columns. Some of their headers
/// omit the Time column although the rows have it.
/// </summary>
[BarFormat("backtrader", Order = 40)]
internal sealed class BacktraderFormat : BarFormat
{
    public override string Explanation => "Date[,Time],Open,High,Low,Close,Volume,OpenInterest, also where the header leaves Time out";

    public override bool Recognises(FileSample sample) =>
        sample.HasHeader && sample.Header.Any(h => FileSample.Plain(h) == "openinterest")
        && sample.Header.Count >= 7 && FileSample.Plain(sample.Header[0]) is "date" or "datetime";

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (!sample.HasHeader)
        {
            if (sample.Rows.Count == 0) throw NotOfThisFormat(sample, "there are no rows", "export the file again");
            var clock = HeaderColumns.IsTimeOfDay(sample, 1) && sample.Rows[0][1].Contains(':');
            ColumnRole[] roles = clock
                ? [ColumnRole.Time, ColumnRole.TimeOfDay, ColumnRole.Open, ColumnRole.High, ColumnRole.Low, ColumnRole.Close,
                    ColumnRole.Volume, ColumnRole.Skip]
                : [ColumnRole.Time, ColumnRole.Open, ColumnRole.High, ColumnRole.Low, ColumnRole.Close, ColumnRole.Volume, ColumnRole.Skip];
            if (sample.Rows[0].Count != roles.Length)
                throw NotOfThisFormat(sample, $"a row has {sample.Rows[0].Count} columns, not {roles.Length}",
                    "add a header as Date,Open,High,Low,Close,Volume,OpenInterest");
            return Layout(sample, roles, null, DetectDates(sample, 0, options, out var unsure), unsure, []);
        }

        var assigned = HeaderColumns.Assign(sample, out var missing, out var notes);
        if (missing.Count > 0)
            throw NotOfThisFormat(sample, $"the header has no column for {string.Join(", ", missing)}",
                "name the columns Date,Open,High,Low,Close,Volume,OpenInterest or use the format generic");
        var time = System.Array.IndexOf(assigned, ColumnRole.Time);
        string[] names = [.. sample.Header];
        if (sample.Rows.Count > 0 && sample.Rows[0].Count == assigned.Length + 1 && !assigned.Contains(ColumnRole.TimeOfDay)
            && HeaderColumns.IsTimeOfDay(sample, time + 1))
        {
            assigned = [.. assigned[..(time + 1)], ColumnRole.TimeOfDay, .. assigned[(time + 1)..]];
            names = [.. names[..(time + 1)], "Time", .. names[(time + 1)..]];
        }
        return Layout(sample, assigned, names, DetectDates(sample, time, options, out var ambiguous), ambiguous, notes);
    }

    private RowLayout Layout(FileSample sample, ColumnRole[] roles, string[]? names, DateStyle style, bool ambiguous, List<string> notes) =>
        new()
        {
            Format = Name,
            Delimiter = (byte)sample.Delimiter,
            Columns = roles,
            Names = names,
            HeaderLines = sample.HeaderLines,
            DateStyle = style,
            AmbiguousDates = ambiguous,
            Symbol = HeaderColumns.Symbol(sample, roles),
            Notes = notes,
        };
}
