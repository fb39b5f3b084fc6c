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

    public static TheoryData<string> Documents => [.. Snippet.Documents];

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
    public void Each_command_line_of_a_document_can_be_read() => Snippet.Documents
        .SelectMany(d => UnreadableIn(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, d))).Select(f => $"{d}: {f}"))
        .ShouldBeEmpty();

    [Theory]
    [InlineData("    ./granary backtest BATCH.json --threads 2   # a comment", true)]
    [InlineData("```sh\n$ granary data import FILE --store bars \\\n    --symbol S --timeframe 1m | tail\n```", true)]
    [InlineData("    granary backtest BATCH.json --threads two", false)]
    [InlineData("```sh\ngranary backtest A.json B.json\n```", false)]
    [InlineData("```sh\ngranary data import FILE \\\n    --dreams 2\n```", false)]
    public void A_command_line_that_cannot_be_read_is_found(string text, bool isReadable) => UnreadableIn(text).Any().ShouldBe(!isReadable);

    [Fact]
    public void A_remedy_of_an_error_names_commands_and_options_that_exist()
    {
        // Options of a silo, of zstd and of Compose, which are other programs, and a variable of a page's style.
        string[] others = ["--cluster-certificate", "--roles", "--long", "--ultra", "--build", "--w"];
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
        foreach (var schema in (string[])["batch.schema.json", "notifications.schema.json", "costs.schema.json", "openapi.json"])
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

    // Lines of blocks of code, with those that a backslash continues. A part in brackets or with an ellipsis stands for several lines.
    private static IEnumerable<string> UnreadableIn(string text)
    {
        foreach (Match line in Line().Matches(Continued().Replace(text, " ")))
        {
            var words = Words().Match(line.Groups[1].Value).Value;
            if (Several().IsMatch(words)) continue;
            if (s_root.Parse(words.Trim()).Errors is [var first, ..]) yield return $"granary {words.Trim()}: {first.Message}";
        }
    }

    // The words after 'granary'. Those of a command stand first, or after an argument, as 'session STATE journal'.
    private static string? FaultOf(string[] words)
    {
        List<Command> path = [s_root];
        foreach (var word in words.TakeWhile(w => !w.StartsWith('-')))
            if (path[^1].Subcommands.FirstOrDefault(c => c.Name == word) is { } below) path.Add(below);
            else if (Name().IsMatch(word) && path[^1].Arguments.Count == 0) return $"there is no '{word}'";
        // Where a document writes KIND for a command, the options of all of them.
        var last = path[^1];
        IEnumerable<Command> kinds = last.Arguments.Count == 0 && words.Any(w => w.All(char.IsUpper)) ? last.Subcommands : [];
        var options = path.Concat(kinds).SelectMany(c => c.Options).Select(o => o.Name).Append("--help").ToList();
        return words.Where(w => w.StartsWith("--", StringComparison.Ordinal))
            .Select(w => Option().Match(w).Value).FirstOrDefault(o => !options.Contains(o)) is { } unknown
                ? $"there is no option {unknown}" : null;
    }

    // A call in a span of code, or as a line of a block of code.
    [GeneratedRegex(@"`(?:\./)?granary ([^`\n]+)`|^\s*(?:\./|\$ )?granary ([^`\n]+)$", RegexOptions.Multiline)]
    private static partial Regex Call();

    [GeneratedRegex(@"^(?: {4,}|\t|\$ |)(?:\./)?granary (\S[^`\n]*)$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"\s*\\\n\s*")]
    private static partial Regex Continued();

    // Up to what the shell reads itself: a comment, a pipe, a redirection or a further command.
    [GeneratedRegex("""^(?:"[^"]*"|'[^']*'|[^"';])*?(?=\s+(?:#|\||>|<|&|2>)|;|$)""")]
    private static partial Regex Words();

    [GeneratedRegex(@"\[|…|\b[a-zA-Z]+\|[a-zA-Z]+")]
    private static partial Regex Several();

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
