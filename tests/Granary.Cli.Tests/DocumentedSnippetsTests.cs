using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Cli.Commands;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Granary.Cli.Tests;

/// <summary>What the documents show in blocks of code is right: JSON is JSON, batches can be planned, and C# compiles.</summary>
public sealed class DocumentedSnippetsTests : IDisposable
{
    // What batches in the documents name beside their bars.
    private static readonly IReadOnlyDictionary<string, string> s_tables = new Dictionary<string, string>
    {
        ["members.csv"] = "symbol,from,to\nACME,,\n",
        ["tiers.csv"] = "symbol,from,ratePercent,amount,maxLeverage\nACME,0,0.4,0,125\n",
    };

    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("granary-documented-");

    public DocumentedSnippetsTests()
    {
        foreach (var (name, text) in s_tables) File.WriteAllText(Path.Combine(_files.FullName, name), text);
    }

    /// <summary>The batch that a part of a batch completes.</summary>
    private const string Around =
        """
        {
          "name": "documented",
          "data": { "source": "generated:ACME,BOLT,CRUX?from=2020-01-01&to=2021-01-01&seed=7", "symbols": "*", "timeframe": "1d" },
          "strategies": [{ "class": "SmaCross", "size": { "percentOfEquity": 50 } }]
        }
        """;

    private static readonly string[] s_symbols = ["ACME", "BOLT", "CRUX"];
    private static readonly GranaryCatalogues s_catalogues = CatalogueOfTheCommandLine();
    private static readonly string[] s_implicit = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http",
        "System.Threading", "System.Threading.Tasks"];
    private static readonly Lazy<IReadOnlyList<string>> s_granary = new(() => [.. Directory
        .EnumerateFiles(AppContext.BaseDirectory, "Granary.*.dll").Where(f => !f.EndsWith(".Tests.dll", StringComparison.Ordinal))
        .SelectMany(f => Assembly.LoadFrom(f).GetTypes()).Select(t => t.Namespace).OfType<string>()
        .Where(n => n.StartsWith("Granary.", StringComparison.Ordinal))
        .Concat(["Granary", "Npgsql", "System.Text.Json"]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    private static readonly Lazy<IReadOnlyList<MetadataReference>> s_references = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            // The command line has the name of the library.
            .Where(p => Path.GetFileName(p) != "granary.dll")
            .Append(Path.Combine(AppContext.BaseDirectory, "testing", "Granary.Testing.dll"))
            .Concat(Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "library"), "*.dll"))
            .Select(p => MetadataReference.CreateFromFile(p))]);

    [Fact]
    public void Json_in_documents_is_valid() => Snippet.All("json", "jsonc").Select(JsonFaultOf).OfType<string>().ShouldBeEmpty();

    // Those of tutorials and how-to pages name bars that the page makes: Granary.Tutorials.Tests runs them.
    [Fact]
    public void Batches_in_documents_can_be_planned() => Snippet.All("json", "jsonc")
        .Where(s => !s.Place.StartsWith("docs/tutorials/", StringComparison.Ordinal)
            && !s.Place.StartsWith("docs/howto/", StringComparison.Ordinal))
        .Select(BatchFaultOf).OfType<string>().ShouldBeEmpty();

    [Fact]
    public void Code_in_documents_compiles() =>
        Snippet.All("csharp").AsParallel().AsOrdered().SelectMany(CodeFaultsOf).Take(20).ShouldBeEmpty();

    [Fact]
    public void Programs_of_one_file_compile() => Directory
        .EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, "samples", "apps"), "*.cs")
        .SelectMany(f => CodeFaultsOf(new(Path.GetFileName(f), "csharp", File.ReadAllText(f)))).ShouldBeEmpty();

    [Theory]
    [InlineData("{ \"a\": [1, 2,], // a comment\n }", true)]
    [InlineData("\"a\": 1,\n\"b\": 2", true)]
    [InlineData("{ \"a\": … }", false)]
    [InlineData("\"a\": 1\n\"b\": 2", false)]
    public void Invalid_json_is_found(string text, bool isValid) =>
        (JsonFaultOf(new("a.md:1", "json", text)) is null).ShouldBe(isValid);

    [Theory]
    [InlineData("\"portfolio\": { \"weights\": \"equal\" }", true)]
    [InlineData("\"portfolio\": { \"waits\": \"equal\" }", false)]
    [InlineData("\"strategies\": [{ \"class\": \"SmaCrossing\" }]", false)]
    [InlineData("\"strategies\": [{ \"class\": \"SmaCross\", \"params\": { \"fast\": -1 } }]", false)]
    [InlineData("\"quiet\": true", true)]
    public void A_batch_that_cannot_be_planned_is_found(string text, bool isValid) =>
        (BatchFaultOf(new("a.md:1", "json", text)) is null).ShouldBe(isValid);

    [Theory]
    [InlineData("public sealed class A : Strategy { public override void OnBar(StrategyContext bar) => bar.Buy(); }", false)]
    [InlineData("using Granary.Engine.Strategies;\nsealed class A : Strategy { public override void OnBar(StrategyContext b) { } }", true)]
    [InlineData("var closes = new List<double> { 1 };\nConsole.WriteLine(closes.Sum());", true)]
    public void Code_that_does_not_compile_is_found(string text, bool isValid) =>
        CodeFaultsOf(new("a.md:1", "csharp", text)).Any().ShouldBe(!isValid);

    public void Dispose() => _files.Delete(recursive: true);

    private static GranaryCatalogues CatalogueOfTheCommandLine()
    {
        var root = new CompositionRoot();
        return root.Catalogues(CommandTable.Create(root, []).Parse([]));
    }

    private static string? JsonFaultOf(Snippet snippet)
    {
        try
        {
            snippet.ToJson();
            return null;
        }
        catch (JsonException e)
        {
            return $"{snippet.Place}: {e.Message}";
        }
    }

    // A part of a batch is read with the other sections of a small one; keys within a section are no batch.
    private string? BatchFaultOf(Snippet snippet)
    {
        if (snippet.ToJson() is not JsonObject shown) return null;
        var around = JsonNode.Parse(Around)!.AsObject();
        var schema = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "batch.schema.json"));
        var sections = JsonNode.Parse(schema)!["properties"]!;
        if (shown.Any(k => sections[k.Key] is null)) return null;
        // A file of code that a page names is that of the samples.
        if (shown["code"] is JsonArray files)
            shown["code"] = new JsonArray([.. files.Select(f => (JsonNode)new JsonObject
            {
                ["name"] = f!.GetValue<string>(),
                ["source"] = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "samples", f.GetValue<string>())),
            })]);
        foreach (var (key, value) in shown)
            if (key != "data") around[key] = value?.DeepClone();
        try
        {
            // The source of the documents does not exist here; its other keys do.
            if (shown["data"] is JsonObject data)
            {
                Read(Encoding.UTF8.GetBytes(new JsonObject(shown.Select(k => KeyValuePair.Create(k.Key, k.Value?.DeepClone())))
                { ["strategies"] = around["strategies"]!.DeepClone(), ["data"] = data.DeepClone() }.ToJsonString()));
            }
            var spec = Read(Encoding.UTF8.GetBytes(around.ToJsonString()));
            if (spec.Strategies.Any(s => s.Search is not null)) BatchPlan.MakeSearched(spec, s_symbols);
            else BatchPlan.Make(spec, s_symbols);
            return null;
        }
        catch (Exception e) when (e is InputException)
        {
            return $"{snippet.Place}: {e.Message}";
        }
    }

    private BatchSpec Read(byte[] text) =>
        new BatchReader(s_catalogues).Read("batch.json", text, _files.FullName);

    private static IEnumerable<string> CodeFaultsOf(Snippet snippet)
    {
        // What a project with implicit usings has; a snippet without usings is a part of a file that has those of Granary.
        var implied = snippet.Text.Contains("using Granary.", StringComparison.Ordinal) ? s_implicit : [.. s_implicit, .. s_granary.Value];
        var usings = string.Concat(implied.Select(n => $"global using {n};"));
        var options = new CSharpParseOptions(LanguageVersion.Preview)
            .WithFeatures([KeyValuePair.Create("FileBasedProgram", "true")]);
        var tree = CSharpSyntaxTree.ParseText(snippet.Text, options);
        var isProgram = tree.GetRoot().ChildNodes().Any(n => n is Microsoft.CodeAnalysis.CSharp.Syntax.GlobalStatementSyntax);
        // The README of a project is for those who work on it, and shows what its friends see.
        var isOfHouse = snippet.Place.StartsWith("src/", StringComparison.Ordinal)
            && snippet.Place.Contains("/README.md", StringComparison.Ordinal);
        var name = isOfHouse ? typeof(DocumentedSnippetsTests).Assembly.GetName().Name : "snippet";
        var compilation = CSharpCompilation.Create(name, [tree, CSharpSyntaxTree.ParseText(usings, options)], s_references.Value,
            new CSharpCompilationOptions(isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary)
                .WithNullableContextOptions(NullableContextOptions.Enable));
        return compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error)
            .Select(d => $"{snippet.Place}, {d.Location.GetLineSpan().StartLinePosition.Line + 1}: {d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}");
    }
}
