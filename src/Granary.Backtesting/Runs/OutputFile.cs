using System.Text;
using Granary.Modelling.Learning;
using Granary.Reporting.Runs;

namespace Granary.Backtesting.Runs;

/// <summary>A file of a run's folder, to be written.</summary>
/// <param name="Output">The output of the batch file that asks for it; null where it is always written.</param>
/// <param name="Name">Relative to the folder.</param>
public sealed record OutputFile(string? Output, string Name, Action<Stream> Write)
{
    /// <summary>A text in UTF-8 with line ends of one character.</summary>
    public static OutputFile Text(string? output, string name, Action<TextWriter> write) => new(output, name, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        write(writer);
    });

    /// <summary>learning.json and predictions.csv; none where the run has no learning section.</summary>
    public static IEnumerable<OutputFile> LearningOf(RunContext run, RunModel model)
    {
        if (run.Learning is { Retrained.Count: > 0 } retrained)
            yield return new OutputFile(null, ModelArchive.Name, retrained.WriteArchive);
        if (model.Section<LearningReport>() is not { } report || run.Learning is not { } learning) yield break;
        yield return new OutputFile(null, "learning.json", s => s.Write(Encoding.UTF8.GetBytes(report.ToJson())));
        yield return Text("predictions", PredictionCsv.Name, learning.WritePredictions);
    }
}
