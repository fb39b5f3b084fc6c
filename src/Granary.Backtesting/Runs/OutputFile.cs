using System.Text;
using Granary.Modelling.Learning;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;

namespace Granary.Backtesting.Runs;

/// <summary>A file to write to a run's folder.</summary>
/// <param name="Output">The output in the batch file that it belongs to; null if it is always written.</param>
/// <param name="Name">The file name, relative to the folder; of a table without its extension.</param>
internal sealed record OutputFile(string? Output, string Name, Action<Stream> Write)
{
    private Func<Table>? _table;
    private bool _hasCsv = true;

    /// <summary>Creates a UTF-8 text file with \n as line end.</summary>
    public static OutputFile Text(string? output, string name, Action<TextWriter> write) => new(output, name, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        write(writer);
    });

    /// <summary>Creates a table, which is written in each format of the run.</summary>
    public static OutputFile Of(string? output, string name, Table table) =>
        new(output, name, stream => table.Write(CsvFormat.Instance, stream)) { _table = () => table };

    /// <summary>Creates a table that a JSON file has too, so there is no CSV file of it.</summary>
    public static OutputFile Typed(string name, Func<Table> table) =>
        new(null, name, stream => table().Write(CsvFormat.Instance, stream)) { _table = table, _hasCsv = false };

    /// <summary>Returns learning.json and predictions; empty if the run has no learning section.</summary>
    public static IEnumerable<OutputFile> LearningOf(RunContext run, RunModel model)
    {
        if (run.Learning is { Retrained.Count: > 0 } retrained)
            yield return new OutputFile(null, ModelArchive.Name, retrained.WriteArchive);
        if (model.Section<LearningReport>() is not { } report || run.Learning is not { } learning) yield break;
        yield return new OutputFile(null, "learning.json", s => s.Write(Encoding.UTF8.GetBytes(report.ToJson())));
        yield return Of("predictions", PredictionTable.Name, learning.Predictions());
    }

    /// <summary>Returns the file in the given formats if it is a table, and itself otherwise.</summary>
    public IEnumerable<OutputFile> In(IEnumerable<IOutputFormat> formats) => _table is not { } table ? [this]
        : formats.Where(f => _hasCsv || f is not CsvFormat)
            .Select(f => new OutputFile(Output, Name + f.Extension, stream => table().Write(f, stream)));
}
