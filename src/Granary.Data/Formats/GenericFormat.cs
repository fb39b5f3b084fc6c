using System.Globalization;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Formats;

/// <summary>
/// Delimited rows with a header that names time, open, high, low, close and optionally volume and adjusted close, in any order. Without a
/// header, the columns have this order.
/// </summary>
[BarFormat("generic", Order = int.MaxValue)]
internal sealed class GenericFormat : BarFormat
{
    public override string Explanation =>
            "rows of time, open, high, low, close and perhaps volume and adjusted close, named by the header or by data.columns";

    public override bool Recognises(FileSample sample)
    {
        if (!sample.HasHeader) return sample.Rows.Count > 0 && sample.Rows[0].Count is >= 5 and <= 10;
        var roles = HeaderColumns.Assign(sample, out var missing, out _);
        return missing.Count == 0 || HeaderColumns.HasOnePrice(sample, roles);
    }

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options) =>
        Create(Name, sample, options, skipNulls: false);

    internal static RowLayout Create(string name, FileSample sample, BarFileOptions options, bool skipNulls = false,
        Func<string, string>? english = null)
    {
        if (sample.StartsWithBrace)
            throw NotOfThisFormat(sample, "the file is a JSON object of a layout that Granary does not know",
                "name an answer of Alpaca, Alpha Vantage, Polygon, Kraken or Bitstamp, or write it as "
                    + "[[time, open, high, low, close, volume], …]");
        ColumnRole[] roles;
        List<string> notes = [];
        var onePrice = false;
        if (options.Columns is { NamesValues: true } mapping && (mapping.IsComplete || !sample.HasHeader))
        {
            roles = Map(mapping, sample, new ColumnRole[ColumnsOf(sample)]);
        }
        else if (sample.HasHeader)
        {
            roles = HeaderColumns.Assign(sample, out var missing, out notes, english);
            if (options.Columns is { NamesValues: true } some)
            {
                roles = Map(some, sample, roles);
                missing.RemoveAll(name => Array.Exists(roles, r => r.ToString().Equals(name, StringComparison.OrdinalIgnoreCase)));
            }
            onePrice = missing.Count > 0 && HeaderColumns.HasOnePrice(sample, roles);
            if (missing.Count > 0 && !onePrice)
                throw NotOfThisFormat(sample, $"the header has no column for {string.Join(", ", missing)}",
                    "name the columns time, open, high, low, close, or say which column is which: " + ColumnMapping.Example);
        }
        else
        {
            roles = Headless(sample);
        }
        var style = DetectDates(sample, Array.IndexOf(roles, ColumnRole.Time), options, out var ambiguous);
        return new RowLayout
        {
            Format = name,
            Delimiter = (byte)sample.Delimiter,
            Columns = roles,
            Names = sample.HasHeader ? [.. sample.Header] : null,
            HeaderLines = sample.HeaderLines,
            DateStyle = style,
            AmbiguousDates = ambiguous,
            SkipNullRows = skipNulls || onePrice,
            OnePrice = onePrice,
            Symbol = HeaderColumns.Symbol(sample, roles),
            Notes = notes,
        };
    }

    // Columns: time, optional time of day, prices, volume, open interest; MetaStock: a ticker, an optional period, then these.
    private static ColumnRole[] Headless(FileSample sample)
    {
        if (sample.Rows.Count == 0 || sample.Rows[0].Count < 3)
            throw NotOfThisFormat(sample, $"'{Shorten(sample.Lines.Count > 0 ? sample.Lines[0] : "")}' is neither a header nor a row of "
                + $"bars", "start the file with a header as time,open,high,low,close,volume");
        var row = sample.Rows[0];
        var ticker = row[0].Length > 0 && char.IsAsciiLetter(row[0][0]) && !IsTime(sample, 0);
        var time = !ticker ? 0 : IsTime(sample, 1) ? 1 : 2;
        var clock = row.Count - time >= 6 && HeaderColumns.IsTimeOfDay(sample, time + 1) && (ticker || row[1].Contains(':')) ? 1 : 0;
        ColumnRole[] plain = [ColumnRole.Open, ColumnRole.High, ColumnRole.Low, ColumnRole.Close, ColumnRole.Volume];
        var rest = row.Count - time - 1 - clock;
        if (rest is not (4 or 5) && !(ticker && rest == 6))
            throw NotOfThisFormat(sample, $"a row has {row.Count} columns and there is no header to tell them by",
                "add a header as time,open,high,low,close,volume, or say which column is which: " + ColumnMapping.Example);
        return [.. ticker ? [ColumnRole.Symbol] : Array.Empty<ColumnRole>(), .. time == 2 ? [ColumnRole.Skip] : Array.Empty<ColumnRole>(),
            ColumnRole.Time, .. clock == 1 ? [ColumnRole.TimeOfDay] : Array.Empty<ColumnRole>(), .. plain.Take(rest),
            .. rest == 6 ? [ColumnRole.Skip] : Array.Empty<ColumnRole>()];
    }

    private static bool IsTime(FileSample sample, int column) => TimestampStyle.Detect(sample.Column(column), out _) is not null;

    private static int ColumnsOf(FileSample sample) =>
        sample.HasHeader ? sample.Header.Count : sample.Rows.Count > 0 ? sample.Rows[0].Count : 0;

    /// <summary>The column of this header or number.</summary>
    /// <exception cref="BarDataException">There is no such column.</exception>
    public static int IndexOf(string column, string field, FileSample sample)
    {
        var count = ColumnsOf(sample);
        var index = sample.HasHeader
            ? sample.Header.ToList().FindIndex(h => string.Equals(h, column, StringComparison.OrdinalIgnoreCase)) : -1;
        if (index < 0 && int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1
            && number <= count) index = number - 1;
        if (index >= 0) return index;
        var nearest = sample.HasHeader ? Spelling.Nearest(column, sample.Header) : null;
        throw NotOfThisFormat(sample, $"there is no column '{Shorten(column)}' for {field}",
            nearest is not null ? $"did you mean {nearest}?"
                : sample.HasHeader ? $"use one of {Shorten(string.Join(", ", sample.Header))}, or a number from 1 to {count}"
                : $"use a number from 1 to {count}");
    }

    /// <summary>Whether a layout has the columns that the user named in their roles.</summary>
    /// <exception cref="BarDataException">There is no such column.</exception>
    internal static bool Has(BarFileLayout layout, ColumnMapping mapping, FileSample sample) => layout is RowLayout rows
        && Named(mapping).All(n => IndexOf(n.Column, n.Field, sample) is var i && i < rows.Columns.Length && rows.Columns[i] == n.Role);

    private static IEnumerable<(string Column, ColumnRole Role, string Field)> Named(ColumnMapping mapping)
    {
        (string? Column, ColumnRole Role, string Field)[] all =
        [
            (mapping.Time, ColumnRole.Time, "time"), (mapping.TimeOfDay, ColumnRole.TimeOfDay, "timeOfDay"),
            (mapping.Open, ColumnRole.Open, "open"), (mapping.High, ColumnRole.High, "high"), (mapping.Low, ColumnRole.Low, "low"),
            (mapping.Close, ColumnRole.Close, "close"), (mapping.AdjustedClose, ColumnRole.AdjustedClose, "adjustedClose"),
            (mapping.Volume, ColumnRole.Volume, "volume"),
        ];
        foreach (var (column, role, field) in all)
            if (column is not null) yield return (column, role, field);
    }

    // The roles that the user named take the place of those that the header gave.
    private static ColumnRole[] Map(ColumnMapping mapping, FileSample sample, ColumnRole[] roles)
    {
        if (!mapping.IsComplete && !sample.HasHeader)
            throw NotOfThisFormat(sample, "without a header the columns of time, open, high, low and close must all be named",
                "write " + ColumnMapping.Example);
        var mapped = new HashSet<int>();
        foreach (var (column, role, field) in Named(mapping))
        {
            var index = IndexOf(column, field, sample);
            if (!mapped.Add(index))
                throw NotOfThisFormat(sample, $"the column '{Shorten(column)}' is mapped twice", "map each column once");
            var known = Array.IndexOf(roles, role);
            if (known >= 0) roles[known] = ColumnRole.Skip;
            roles[index] = role;
        }
        return roles;
    }
}
