using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Cli.Commands;
using Granary.Engine.Analysis.Metrics;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>The documents name commands, options and addresses that exist.</summary>
public sealed partial class DocumentedCommandsTests
{
    private static readonly RootCommand s_root = CommandTable.Create(new CompositionRoot(), []);

    public static TheoryData<string> Documents => [.. Directory.EnumerateFiles(SharedData.RepositoryRoot, "*.md")
        .Concat(Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, "docs"), "*.md", SearchOption.AllDirectories))
        .Select(f => Path.GetRelativePath(SharedData.RepositoryRoot, f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_names_commands_and_options_that_exist(string document) =>
        FaultsIn(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, document))).ShouldBeEmpty();

    [Theory]
    [InlineData("`granary backtest BATCH.json --threads 2`, then `granary data check FILE --fix`", true)]
    [InlineData("    ./granary verify runs/a --cuts 3   # a comment with --nothing", true)]
    [InlineData("`granary dream BATCH.json`", false)]
    [InlineData("`granary backtest BATCH.json --dreams 2`", false)]
    [InlineData("`granary data dream`", false)]
    [InlineData("    ./granary dream BATCH.json", false)]
    public void A_command_and_an_option_that_do_not_exist_are_found(string text, bool exist) =>
        FaultsIn(text).Any().ShouldBe(!exist);

    [Fact]
    public void A_remedy_of_an_error_names_commands_and_options_that_exist()
    {
        // Options of a silo and of zstd, which are other programs, and a variable of a page's style.
        string[] others = ["--cluster-certificate", "--roles", "--long", "--ultra", "--w"];
        var options = All(s_root).SelectMany(c => c.Options).Select(o => o.Name).Concat(others).Append("--help")
            .ToHashSet(StringComparer.Ordinal);
        var faults = new List<string>();
        foreach (var (file, line) in SourceLines())
            foreach (Match text in Literal().Matches(line))
            {
                faults.AddRange(FaultsIn(Quoted().Replace(Hole().Replace(text.Value, "X"), "`$1`")).Select(f => $"{file}: {f}"));
                faults.AddRange(Flag().Matches(text.Value).Select(m => m.Value).Where(o => !options.Contains(o))
                    .Select(o => $"{file}: there is no option {o}"));
            }
        faults.Distinct(StringComparer.Ordinal).ShouldBeEmpty();
    }

    private static IEnumerable<(string File, string Line)> SourceLines() =>
        from file in Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, "src"), "*.cs", SearchOption.AllDirectories)
        where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            && !file.Contains("Granary.Silo", StringComparison.Ordinal)
        from line in File.ReadLines(file)
        where !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
        select (Path.GetFileName(file), line);

    [Fact]
    public void The_changelog_names_in_code_what_there_is()
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var command in All(s_root)) known.Add(command.Name);
        foreach (var name in TestCatalogues.All.Strategies.Names) known.Add(name);
        foreach (var metric in MetricCatalogue.BuiltIn.All) known.Add(metric.Key);
        foreach (var schema in (string[])["batch.schema.json", "notifications.schema.json", "openapi.json"])
            Words(JsonNode.Parse(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", schema))));
        Word().Matches(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "CHANGELOG.md"))).Select(m => m.Groups[1].Value)
            .Where(w => !known.Contains(w)).ShouldBeEmpty();

        void Words(JsonNode? node)
        {
            if (node is JsonArray list)
                foreach (var item in list) Words(item);
            else if (node is JsonObject part)
                foreach (var (key, value) in part)
                {
                    known.Add(key);
                    Words(value);
                }
            else if (node?.GetValueKind() == System.Text.Json.JsonValueKind.String)
                known.Add(node.GetValue<string>());
        }
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    private static IEnumerable<string> FaultsIn(string text)
    {
        foreach (Match call in Call().Matches(text))
        {
            var words = call.Groups[1].Success ? call.Groups[1].Value : call.Groups[2].Value;
            if (FaultOf(words.Split('#', '|', '>')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)) is { } fault)
                yield return $"granary {words}: {fault}";
        }
    }

    // The words after 'granary'. Those of a command stand first, or after an argument, as 'session STATE journal'.
    private static string? FaultOf(string[] words)
    {
        List<Command> path = [s_root];
        foreach (var word in words.TakeWhile(w => !w.StartsWith('-')))
            if (path[^1].Subcommands.FirstOrDefault(c => c.Name == word) is { } below) path.Add(below);
            else if (Name().IsMatch(word) && path[^1].Arguments.Count == 0) return $"there is no '{word}'";
        var options = path.SelectMany(c => c.Options).Select(o => o.Name).Append("--help").ToList();
        return words.Where(w => w.StartsWith("--", StringComparison.Ordinal))
            .Select(w => Option().Match(w).Value).FirstOrDefault(o => !options.Contains(o)) is { } unknown
                ? $"there is no option {unknown}" : null;
    }

    // A call in a span of code, or as a line of a block of code.
    [GeneratedRegex(@"`(?:\./)?granary ([^`\n]+)`|^\s*(?:\./|\$ )?granary ([^`\n]+)$", RegexOptions.Multiline)]
    private static partial Regex Call();

    [GeneratedRegex("^[a-z][a-z-]*$")]
    private static partial Regex Name();

    [GeneratedRegex("^--[a-z-]+")]
    private static partial Regex Option();

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"")]
    private static partial Regex Literal();

    [GeneratedRegex("\\{[^}]*\\}")]
    private static partial Regex Hole();

    [GeneratedRegex("'(granary [^']+)'")]
    private static partial Regex Quoted();

    [GeneratedRegex("(?<![-\\w])--[a-z]+(?:-[a-z]+)*")]
    private static partial Regex Flag();

    [GeneratedRegex("`([a-zA-Z]+)`")]
    private static partial Regex Word();
}
