using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Storage.Files;

namespace Granary.Backtesting.FactorStudies;

/// <summary>Writes the files of a study, each whole or not at all; study.json is the last one.</summary>
internal static class FactorStudyFiles
{
    public const string Page = "study.html";

    /// <summary>The name of the panel's file, without an extension.</summary>
    public const string Panel = "panel";

    /// <param name="folder">Created if it is missing.</param>
    public static void Write(string folder, FactorStudy study)
    {
        Directory.CreateDirectory(folder);
        var format = study.Spec.Format;
        // As CSV the panel would have the size of the bars.
        IEnumerable<(string Name, Table Table)> tables = format is CsvFormat ? FactorStudyTables.Of(study.Results)
            : [.. FactorStudyTables.Of(study.Results), (Panel, study.PanelTable())];
        foreach (var (name, table) in tables)
            AtomicFile.Write(Path.Combine(folder, name + format.Extension), stream => table.Write(format, stream));
        AtomicFile.Write(Path.Combine(folder, Page), writer => FactorStudyPage.Write(writer, study.Results));
        AtomicFile.Write(Path.Combine(folder, FactorStudyJson.FileName), writer => writer.Write(FactorStudyJson.Write(study.Results)));
    }
}
