using System.Globalization;
using System.Text;
using Granary.Data.BarFiles;
using Granary.Data.Files;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>The result of repairing a file.</summary>
/// <param name="Bars">The number of bars in the repaired file.</param>
/// <param name="Moved">The number of rows that were out of order and are now sorted.</param>
/// <param name="Repeated">The number of removed rows that repeat another row.</param>
/// <param name="LeftOut">
/// The number of rows that cannot be repaired without more information. The repaired file omits them; the log lists them.
/// </param>
internal sealed record DataFixResult(string File, string Log, long Bars, long Moved, long Repeated, long LeftOut);

/// <summary>
/// Implements <c>data check --fix</c>: writes a repaired copy of a file, and a log of every row that was moved or removed. It only sorts
/// rows by time and removes repetitions, so no information is lost. It never changes or invents a price, and does not change the
/// original file.
/// </summary>
internal static class DataFix
{
    /// <param name="output">The path of the repaired file, which is always CSV. The log has the same path with .log appended.</param>
    /// <exception cref="BarDataException">
    /// The format is unknown, or the file has nothing that can be repaired to bars.
    /// </exception>
    /// <exception cref="BarStoreException">The disk failed; existing files are unchanged.</exception>
    public static Task<DataFixResult> RunAsync(string path, BarQuery query, BarFileOptions options, string output,
        CancellationToken cancellationToken = default)
    {
        if (Path.GetFullPath(path) == Path.GetFullPath(output))
            throw BarDataException.At(path, null, null, "the repaired copy cannot take the place of the file itself",
                "name another file with --out");
        return Task.Run(() => Run(path, query, options with { Adjust = false }, output, cancellationToken), cancellationToken);
    }

    private static DataFixResult Run(string path, BarQuery query, BarFileOptions options, string output,
        CancellationToken cancellationToken)
    {
        var log = new List<(long At, string Text)>();
        // A repaired copy keeps what else the file has of each bar.
        query = query with { Columns = BarFile.ColumnsOf([path], query, options) };
        var (parts, _) = BarFile.Parts([path], query, options);
        var rows = new List<ParsedRow>();
        var collector =
            new BarCollector(query, ContentHasher.GroupSize, parts[0].Layout.HasAdjustedClose, lenient: true) { Gathered = rows };
        var leftOut = 0L;
        void LeaveOut(RowFault fault)
        {
            leftOut++;
            log.Add((fault.Line, $"{fault.Place}: {fault.Fault}; left out, {fault.Remedy}"));
        }
        using (var reader = new BarFileReader(parts, collector, options, LeaveOut))
            while (reader.Next())
                cancellationToken.ThrowIfCancellationRequested();
        if (rows.Count == 0) throw BarDataException.At(path, null, null, "there are no good bars in it", "export it again");

        if (Falls(rows))
        {
            rows.Reverse();
            log.Add((0, "the rows run from newest to oldest and were turned round"));
        }
        var kept = Once(rows, log, out var repeated, out var others);
        leftOut += others;
        var stays = Rising(kept);
        var moved = 0L;
        for (var i = 0; i < kept.Count; i++)
        {
            if (stays[i]) continue;
            moved++;
            log.Add((At(kept[i]),
                $"{kept[i].Place}: the row of {Text(kept[i].Time)} does not stand in order of time; it is put in its place"));
        }
        kept.Sort(static (a, b) => a.Time.CompareTo(b.Time));
        var count = BarCsvWriter.Write(output, query.Timeframe, kept.Select(r => (r.Bar, r.Adjusted)), parts[0].Layout.HasAdjustedClose,
            query.Columns);
        using (var file = FileFaults.Create(output + ".log"))
        {
            var text = new StringBuilder();
            foreach (var (_, line) in log.OrderBy(l => l.At)) text.AppendLine(line);
            file.Stream.Write(Encoding.UTF8.GetBytes(text.Length > 0 ? text.ToString()
                : "nothing had to be changed" + Environment.NewLine));
            file.Commit();
        }
        return new DataFixResult(output, output + ".log", count, moved, repeated, leftOut);
    }

    private static bool Falls(List<ParsedRow> rows)
    {
        var steps = 0;
        for (var i = 1; i < rows.Count; i++) steps += Math.Sign(rows[i].Time.CompareTo(rows[i - 1].Time));
        return steps < 0;
    }

    // Keeps the first row of each time.
    private static List<ParsedRow> Once(List<ParsedRow> rows, List<(long, string)> log, out long repeated, out long others)
    {
        (repeated, others) = (0, 0);
        var first = new Dictionary<long, ParsedRow>(rows.Count);
        var kept = new List<ParsedRow>(rows.Count);
        foreach (var row in rows)
        {
            if (first.TryAdd(row.Time, row))
            {
                kept.Add(row);
                continue;
            }
            var known = first[row.Time];
            if (known.HasValuesOf(row))
            {
                repeated++;
                log.Add((At(row),
                    $"{row.Place}: the row of {Text(row.Time)} is there in {known.Place} already, with the same values; one is left out"));
                continue;
            }
            others++;
            var b = row.Bar;
            log.Add((At(row), string.Create(CultureInfo.InvariantCulture,
                $"{row.Place}: the row of {Text(row.Time)} is there in {known.Place} with other values; that one is kept and this one left "
                    + $"out ({b.Open} {b.High} {b.Low} {b.Close} {b.Volume}), so choose by hand which is right")));
        }
        return kept;
    }

    // Marks the rows that are in order already: the longest increasing subsequence, so that as few rows as possible are moved.
    private static bool[] Rising(List<ParsedRow> rows)
    {
        // For each subsequence length, the row at which the earliest one ends; for each row, its predecessor.
        var ends = new List<int>();
        var before = new int[rows.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            var (low, high) = (0, ends.Count);
            if (ends.Count > 0 && rows[ends[^1]].Time < rows[i].Time) low = high;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (rows[ends[middle]].Time < rows[i].Time) low = middle + 1;
                else high = middle;
            }
            before[i] = low > 0 ? ends[low - 1] : -1;
            if (low == ends.Count) ends.Add(i);
            else ends[low] = i;
        }
        var stays = new bool[rows.Count];
        for (var i = ends[^1]; i >= 0; i = before[i]) stays[i] = true;
        return stays;
    }

    private static long At(in ParsedRow row) => row.Record > 0 ? row.Record : row.Line;

    private static string Text(long time) => new DateTime(time).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
