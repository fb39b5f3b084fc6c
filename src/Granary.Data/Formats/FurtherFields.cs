using Granary.Data.Files;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Formats;

/// <summary>Columns of a table that have no role in a bar: which of them hold numbers, and where the wanted ones are.</summary>
internal static class FurtherFields
{
    /// <summary>Names of the columns without a role in which the first rows have numbers, in the order of the file.</summary>
    public static IReadOnlyList<string> In(TextFile file, BarFileLayout layout)
    {
        if (layout is not RowLayout { Names: { } names } rows || rows.Markets is not null) return [];
        var sample = FileSample.Of(file, rows.Table);
        return [.. Enumerable.Range(0, names.Length)
            .Where(i => IsFree(rows.Columns[i]) && names[i].Length > 0 && TextIn(rows, sample, i) is null
                && names.Count(n => n == names[i]) == 1)
            .Select(i => names[i])];
    }

    /// <summary>Returns the layout with the places of the columns that are to be read.</summary>
    /// <exception cref="BarDataException">The file does not have one of them, or it has texts.</exception>
    public static BarFileLayout Read(TextFile file, BarFileLayout layout, IReadOnlyList<string> wanted)
    {
        if (wanted.Count == 0) return layout;
        if (layout is not RowLayout { Names: { } names } rows || rows.Markets is not null)
            throw BarDataException.At(file.DisplayName, null, null,
                $"the column '{wanted[0]}' cannot be found, since the file is not a table with a header",
                "write its bars as a CSV whose header names the columns");
        var sample = FileSample.Of(file, rows.Table);
        var (roles, places) = (rows.Columns.ToArray(), new int[names.Length]);
        for (var w = 0; w < wanted.Count; w++)
        {
            var at = Array.IndexOf(names, wanted[w]);
            if (at < 0 || at >= roles.Length)
                throw new BarDataException(FurtherNames.Unknown(file.DisplayName, wanted[w], In(file, layout)));
            if (Array.LastIndexOf(names, wanted[w]) != at)
                throw sample.Fault(null, wanted[w], "two columns have this name", "rename one of them");
            if (!IsFree(roles[at]))
                throw sample.Fault(null, wanted[w],
                    $"the column is the {NameOf(roles[at])} of the bars", "use the factor of that name, or name another column");
            if (TextIn(rows, sample, at) is { } text)
                throw sample.Fault(text.Row, wanted[w],
                    $"the column has texts such as '{text.Text}', and a factor needs numbers", "name a column of numbers");
            roles[at] = ColumnRole.Further;
            places[at] = w;
        }
        return rows with { Columns = roles, FurtherNames = [.. wanted], FurtherAt = places };
    }

    private static bool IsFree(ColumnRole role) => role is ColumnRole.Skip or ColumnRole.Constant;

    private static string NameOf(ColumnRole role) => role switch
    {
        ColumnRole.Time or ColumnRole.TimeOfDay => "time",
        ColumnRole.AdjustedClose => "adjusted close",
        _ => role.ToString().ToLowerInvariant(),
    };

    // The first field of the sample that is neither a number nor missing.
    private static (int Row, string Text)? TextIn(RowLayout layout, FileSample sample, int column)
    {
        for (var i = 0; i < sample.Rows.Count; i++)
        {
            if (sample.Rows[i].Count != layout.Columns.Length) continue;
            var text = sample.Rows[i][column].Trim();
            if (!FurtherNumber.TryRead(text, layout.DecimalComma == true, out _))
                return (i, text.Length > 40 ? text[..40] + "…" : text);
        }
        return null;
    }
}
