using System.CommandLine;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Server.Explanations;

namespace Granary.Cli.Commands;

/// <summary><c>granary explain TERM</c>: explains a figure, a check or a code of a run.</summary>
internal static class ExplainCommand
{
    private const int MostParagraphs = 8;

    public static Command Create(CompositionRoot root)
    {
        var term = new Argument<string[]>("TERM")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "a metric, check, decision, exit reason, note, strategy, factor or term; without one all are listed",
        };
        var json = new Option<bool>("--json") { Description = "print the explanations as JSON" };
        var command = new Command("explain",
            "Explain a metric, a check, a reason code or a term: one paragraph and its formula.")
        {
            term, json,
        };
        command.SetAction(call =>
        {
            var all = ExplanationCatalogue.Of(root.Catalogues(call));
            var word = string.Join(' ', call.GetValue(term)!);
            var found = word.Length == 0 ? all : ExplanationCatalogue.Find(all, word);
            if (call.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(found, Output.Json));
            else if (word.Length == 0 || found.Count > MostParagraphs) List(found);
            else Write(found, all.Where(e => e.Has(word)));
            return 0;
        });
        return command;
    }

    private static void List(IReadOnlyList<Explanation> all) =>
        TableWriter.Write("", [Column.Text("Term"), Column.Text("Kind"), Column.Text("Name")],
            all.Select(e => new[] { e.Term, e.Kind, e.Name }));

    private static void Write(IReadOnlyList<Explanation> found, IEnumerable<Explanation> related)
    {
        foreach (var explanation in found) Write(explanation);
        var others = related.Except(found).Select(e => e.Term).Distinct(StringComparer.Ordinal).ToList();
        if (others.Count > 0) Console.WriteLine($"See also: {string.Join(", ", others)}");
    }

    private static void Write(Explanation e)
    {
        Console.WriteLine($"{e.Term} ({e.Kind})");
        foreach (var (label, text) in new[] { ("", e.Text), ("Formula: ", e.Formula), ("Source: ", e.Source) })
            if (text.Length > 0)
                Console.WriteLine("  " + label + text);
    }
}
