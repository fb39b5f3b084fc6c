using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.BarFiles;

/// <summary>Words the fault of a row that most rows of its file have: then no single row is wrong.</summary>
internal static class SameCause
{
    private const int Fewest = 3;

    // A fault of all rows shows early; a late one needs no second reading of a large file.
    private const int LatestLine = 1000;

    /// <summary>Returns the fault with the number of rows that have it and a remedy for all; null if it is a fault of its row.</summary>
    public static BarDataException? Of(BarDataException fault, IReadOnlyList<BarFilePart> parts, BarQuery query, BarFileOptions options)
    {
        if (fault.Line is not { } line || line > LatestLine) return null;
        RowFault? first = null;
        var faulty = 0L;
        var collector = new BarCollector(query, ContentHasher.GroupSize, withAdjusted: false, lenient: true);
        try
        {
            using var reader = new BarFileReader(parts, collector, options, f =>
            {
                first ??= f;
                if (f.Kind == first.Kind && Column(f) == Column(first)) faulty++;
            });
            while (reader.Next()) collector.Completed.Clear();
        }
        catch (BarDataException)
        {
            return null;
        }
        if (first is not { IsOfOneRow: true } || first.Line != line || faulty < Fewest || faulty <= collector.Rows) return null;
        return BarDataException.InRow(fault.File!, fault.Group, line, fault.Field, $"{first.Fault}, and {faulty - 1} more rows have such a fault",
            RowFault.SameCause, fault);
    }

    // Without the number of a record.
    private static string? Column(RowFault fault) => fault.Field?.Split(' ')[^1];
}
