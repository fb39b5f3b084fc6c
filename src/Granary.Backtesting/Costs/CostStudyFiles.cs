using Granary.Engine;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.Costs;
using Granary.Storage.Files;

namespace Granary.Backtesting.Costs;

/// <summary>Writes the files of measured costs, each whole or not at all; the JSON is the last one.</summary>
internal static class CostStudyFiles
{
    /// <summary>The page beside a file of costs.</summary>
    public static string PageOf(string file) => Path.ChangeExtension(file, ".html");

    private static string TableOf(string file) => Path.ChangeExtension(file, ".csv");

    /// <summary>Refuses a file of costs that would replace one that is read, such as costs.csv by the table of costs.json.</summary>
    /// <param name="file">The JSON file.</param>
    /// <param name="sources">Files of fills.</param>
    /// <exception cref="InputException">The page, the table or the file itself is among the sources.</exception>
    public static void RequireApart(string file, IEnumerable<string> sources)
    {
        string[] written = [Path.GetFullPath(file), Path.GetFullPath(TableOf(file)), Path.GetFullPath(PageOf(file))];
        if (sources.FirstOrDefault(s => written.Contains(Path.GetFullPath(s), StringComparer.OrdinalIgnoreCase)) is { } source)
            throw new InputException($"--out {file}: its table, its page or the file itself would replace {source}, which is read; "
                + "give another name");
    }

    /// <param name="file">The JSON file; its page and its table have the same name.</param>
    public static void Write(string file, CostStudyResults costs)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        AtomicFile.Write(TableOf(file), stream => CostStudyTables.Of(costs).Write(CsvFormat.Instance, stream));
        AtomicFile.Write(PageOf(file), writer => CostStudyPage.Write(writer, costs));
        AtomicFile.Write(file, writer => writer.Write(CostFile.Write(costs)));
    }
}
