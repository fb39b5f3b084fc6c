using System.Text.Json;
using Granary.Reporting.Runs;
using Spectre.Console;

namespace Granary.Cli;

/// <summary>Prints JSON and lines; <see cref="Tables.TableWriter"/> prints tables.</summary>
internal static class Output
{
    private const int MostNotes = 5;

    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Converts notes for JSON output.</summary>
    public static object Notes(RunModel model) => model.Notes.Select(n => new { Code = n.CodeText, n.Sentence, n.Count });

    /// <summary>The most important notes of a run, one line each; the others are counted.</summary>
    /// <param name="folder">The run's folder.</param>
    public static void WriteNotes(RunModel model, string folder)
    {
        foreach (var note in model.Notes.Take(MostNotes)) Marked("Note", note.Sentence);
        if (model.Notes.Count <= MostNotes) return;
        var file = File.Exists(Path.Combine(folder, "report.html")) ? "report.html" : "manifest.json";
        Console.WriteLine($"{Counted.Of(model.Notes.Count - MostNotes, "more note")} in {file}");
    }

    /// <summary>The verdict of a run, which belongs beside its return.</summary>
    public static void WriteVerdict(ValidationVerdict verdict) => Marked(verdict.Words + ":", verdict.Findings);

    /// <summary>A line that begins with a highlighted word. In a pipe it is never wrapped.</summary>
    public static void Marked(string word, string sentence)
    {
        if (Console.IsOutputRedirected) Console.WriteLine($"{word} {sentence}");
        else AnsiConsole.MarkupLine($"[yellow]{Markup.Escape(word)}[/] {Markup.Escape(sentence)}");
    }

    /// <summary>Digest, report and folder of a finished run. A path is never wrapped.</summary>
    public static void WriteRun(string digest, string? report, string folder)
    {
        Console.WriteLine($"Digest {digest}");
        if (report is not null) Console.WriteLine($"Report {report}");
        Console.WriteLine($"Folder {folder}");
    }
}
