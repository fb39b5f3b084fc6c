using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.Costs;
using Granary.Storage.Files;

namespace Granary.Backtesting.Costs;

/// <summary>Writes the files of measured costs, each whole or not at all; the JSON is the last one.</summary>
public static class CostStudyFiles
{
    /// <summary>The page beside a file of costs.</summary>
    public static string PageOf(string file) => Path.ChangeExtension(file, ".html");

    /// <param name="file">The JSON file; its page and its table have the same name.</param>
    public static void Write(string file, CostStudyResults costs)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        AtomicFile.Write(Path.ChangeExtension(file, ".csv"), stream => CostStudyTables.Of(costs).Write(CsvFormat.Instance, stream));
        AtomicFile.Write(PageOf(file), writer => CostStudyPage.Write(writer, costs));
        AtomicFile.Write(file, writer => writer.Write(CostFile.Write(costs)));
    }
}
