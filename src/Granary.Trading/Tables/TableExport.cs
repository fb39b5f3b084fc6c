using Granary.Engine;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.RunFolders;
using Granary.Storage.Files;

namespace Granary.Trading.Tables;

/// <summary>Writes tables of a finished run in a different format: what the run itself writes with the format among its outputs.</summary>
internal static class TableExport
{
    private const string Csv = ".csv", Results = "results.json";

    /// <summary>Returns the names of the files of a run's folder that <see cref="Write"/> reads.</summary>
    /// <param name="files">All files of the folder.</param>
    /// <param name="names">The tables; null = all.</param>
    /// <exception cref="InputException">There is no such table, or the run does not have it.</exception>
    public static IReadOnlyList<string> SourcesOf(IReadOnlyCollection<string> files, IReadOnlyList<string>? names)
    {
        if (names is null)
            return [.. KnownTables.Names.Select(SourceOf).Where(f => files.Contains(f, StringComparer.Ordinal))];
        foreach (var name in names)
        {
            if (!KnownTables.Names.Contains(name))
                throw new InputException($"there is no table '{name}'; " + (Spelling.Nearest(name, KnownTables.Names) is { } near
                    ? $"did you mean '{near}'?" : $"the tables are {string.Join(", ", KnownTables.Names)}"));
            if (!files.Contains(SourceOf(name), StringComparer.Ordinal))
                throw new InputException($"the run has no {SourceOf(name)}, from which the table '{name}' is made; run its batch with it among "
                    + "its outputs");
        }
        return [.. names.Select(SourceOf)];
    }

    /// <summary>Writes tables of a run.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="sources">Names of files, from <see cref="SourcesOf"/>.</param>
    /// <param name="output">The folder to write to; it is made if there is none.</param>
    /// <returns>The paths of the files.</returns>
    /// <exception cref="InputException">A file is damaged. The files of the tables before it are complete.</exception>
    /// <exception cref="DiskException">A file cannot be written.</exception>
    public static IEnumerable<string> Write(string folder, IEnumerable<string> sources, IOutputFormat format, string output)
    {
        foreach (var source in sources)
        {
            var name = source == Results ? StrategyTable.Name : source[..^Csv.Length];
            var path = Path.Combine(output, name + format.Extension);
            var table = TableOf(Path.Combine(folder, source), name);
            try
            {
                Directory.CreateDirectory(output);
                AtomicFile.Write(path, (Stream stream) => table.Write(format, stream));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new DiskException($"{path} cannot be written: {e.Message.TrimEnd('.')}; make room, or name another folder with --out",
                    e);
            }
            yield return path;
        }
    }

    private static Table TableOf(string path, string name) => KnownTables.Find(name) is { } schema ? CsvTableFile.Read(path, schema)
        : RunResults.Read(path).Strategies();

    private static string SourceOf(string name) => name == StrategyTable.Name ? Results : name + Csv;
}
