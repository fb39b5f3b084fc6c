using System.Globalization;
using System.Text;
using Granary.Data.Files;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>What mending a file did.</summary>
/// <param name="Bars">In the mended file.</param>
/// <param name="Moved">Rows that stood at the wrong place and are in order of time now.</param>
/// <param name="Repeated">Rows that said again what another row says, left out.</param>
/// <param name="LeftOut">Rows that nobody can mend without knowing better: they are not in the mended file, and the log has them.</param>
public sealed record DataFixResult(string File, string Log, long Bars, long Moved, long Repeated, long LeftOut);

/// <summary>
/// The use case behind <c>data check --fix</c>: writes a mended copy of a file, and a log of every row that is not where and as it was. Only what loses
/// nothing is done: rows are put in order of time, and repetitions left out. No price is ever made up or changed; the file itself stays.
/// </summary>
public static class DataFix
{
    private const int MostPasses = 200;

    /// <param name="output">The mended file; its log is beside it, with .log behind its name.</param>
    /// <exception cref="BarDataException">The file is of no known format, or there is nothing in it that can be mended to bars.</exception>
    /// <exception cref="BarStoreException">The disk failed; what was there is as it was.</exception>
    public static Task<DataFixResult> RunAsync(string path, BarQuery query, BarFileOptions options, string output, CancellationToken cancellationToken = default) =>
        Task.Run(() => Run(path, query, options with { Adjust = false }, output, cancellationToken), cancellationToken);

    private static DataFixResult Run(string path, BarQuery query, BarFileOptions options, string output, CancellationToken cancellationToken)
    {
        var log = new StringBuilder();
        long moved = 0, repeated = 0, leftOut = 0;
        void Note(long line, string what) => log.AppendLine(CultureInfo.InvariantCulture, $"line {line}: {what}");

        var bars = new SortedDictionary<long, (Bar Bar, long Line)>();
        // What stands out of order in one reading is a file of its own in the next: rising runs come out one by one.
        var lines = ReadLines(path);
        var numbers = Enumerable.Range(1, lines.Count).Select(n => (long)n).ToList();
        var header = lines.Count > 0 && !char.IsAsciiDigit(lines[0].TrimStart('\uFEFF', '"', ' ').FirstOrDefault()) ? lines[0] : null;
        var folder = Directory.CreateTempSubdirectory("granary-fix-");
        try
        {
            for (var pass = 0; lines.Count > (header is null ? 0 : 1); pass++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (pass == MostPasses) throw BarDataException.At(path, null, null, $"its rows are shuffled: {lines.Count} are still out of order after {MostPasses} readings", "sort the file by time first");
                var part = pass == 0 ? path : Path.Combine(folder.FullName, Path.GetFileNameWithoutExtension(path) + ".csv");
                if (pass > 0) File.WriteAllLines(part, lines);
                var faults = new List<RowFault>();
                var collector = new BarCollector(query, ContentHasher.GroupSize, withAdjusted: false, lenient: true);
                var (parts, _) = BarFile.Parts([part], query, options);
                using (var reader = new BarFileReader(parts, collector, options, faults.Add))
                    while (reader.Next())
                        cancellationToken.ThrowIfCancellationRequested();
                if (pass == 0 && collector.Rows == 0) throw BarDataException.At(path, null, null, "there are no good bars in it", "export it again");
                foreach (var columns in collector.Completed)
                {
                    for (var i = 0; i < columns.Count; i++)
                    {
                        var bar = new Bar(columns.Time[i], columns.Open[i], columns.High[i], columns.Low[i], columns.Close[i], columns.Volume[i]);
                        if (bars.TryAdd(bar.Time, (bar, pass)))
                        {
                            if (pass > 0) moved++;
                            continue;
                        }
                        var at = $"the row of {new DateTime(bar.Time):yyyy-MM-dd HH:mm:ss}";
                        if (bars[bar.Time].Bar == bar)
                        {
                            repeated++;
                            log.AppendLine(CultureInfo.InvariantCulture, $"{at} is there more than once with the same values; one is left out");
                        }
                        else
                        {
                            leftOut++;
                            log.AppendLine(CultureInfo.InvariantCulture, $"{at} is there with other values too ({bar.Open} {bar.High} {bar.Low} {bar.Close} {bar.Volume}); the first is kept, so choose by hand which is right");
                        }
                    }
                }
                var again = new List<(string Line, long Number)>();
                foreach (var fault in faults)
                {
                    var number = fault.Line <= numbers.Count ? numbers[(int)fault.Line - 1] : fault.Line;
                    if (fault.Kind is RowFaultKind.Order or RowFaultKind.Duplicate)
                    {
                        again.Add((lines[(int)fault.Line - 1], number));
                        if (fault.Kind == RowFaultKind.Order && pass == 0) Note(number, "its time is before that of the row above; it is put in its place");
                    }
                    else
                    {
                        leftOut++;
                        Note(number, $"{fault.Fault}; left out, {fault.Remedy}");
                    }
                }
                lines = header is null ? [] : [header];
                numbers = header is null ? [] : [1];
                foreach (var (line, number) in again)
                {
                    lines.Add(line);
                    numbers.Add(number);
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        var count = BarCsvWriter.Write(output, query.Timeframe, bars.Values.Select(b => b.Bar));
        using (var file = new AtomicFile(output + ".log"))
        {
            file.Stream.Write(Encoding.UTF8.GetBytes(log.Length > 0 ? log.ToString() : "nothing had to be changed" + Environment.NewLine));
            file.Commit();
        }
        return new DataFixResult(output, output + ".log", count, moved, repeated, leftOut);
    }

    private static List<string> ReadLines(string path)
    {
        var file = TextFile.Open(path);
        using var stream = file.OpenRead();
        using var reader = new StreamReader(stream);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line) lines.Add(line);
        return lines;
    }
}
