using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Storage.Files;

namespace Granary.Backtesting.FactorStudies;

/// <summary>Writes the files of a study, each whole or not at all; study.json is the last one.</summary>
public static class FactorStudyFiles
{
    public const string Page = "study.html";

    /// <param name="folder">Created if it is missing.</param>
    public static void Write(string folder, FactorStudyResults results)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, write) in FactorStudyCsv.Files)
            AtomicFile.Write(Path.Combine(folder, name), writer => write(writer, results));
        AtomicFile.Write(Path.Combine(folder, Page), writer => FactorStudyPage.Write(writer, results));
        AtomicFile.Write(Path.Combine(folder, FactorStudyJson.FileName), writer => writer.Write(FactorStudyJson.Write(results)));
    }
}
