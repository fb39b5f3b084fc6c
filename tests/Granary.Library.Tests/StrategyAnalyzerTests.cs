using System.Collections.Immutable;
using Granary.Analyzers;
using Granary.Engine.Strategies;
using Granary.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Granary.Library.Tests;

/// <summary>Each mistake is found in wrong code, and right code has none.</summary>
public sealed class StrategyAnalyzerTests
{
    private static readonly ImmutableArray<MetadataReference> s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)),
    ];

    private const string Usings = """
        using System; using System.Collections.Generic; using System.Diagnostics; using System.IO; using System.Threading.Tasks;
        using Granary.Engine.Factors; using Granary.Engine.Market; using Granary.Engine.Strategies; using Granary.Engine.Trading;
        """;

    private static string Strategy(string body) =>
        $"{Usings} public sealed class Mine : Strategy {{ double[] _prices = []; {body} }}";

    private static string OnBar(string body) => Strategy($"public override void OnBar(StrategyContext bar) {{ {body} }}");

    private static string Kernel(string body) => $$"""
        {{Usings}} [Factor("mine", "Mine.")] public sealed class Mine : FactorKernel
        {
            private double _last;
            public override int WarmUp => 1;
            public override void Process(in FactorInput bars, in FactorOutput lines)
            {
                var result = lines[0];
                var close = bars.Close;
                {{body}}
            }
        }
        """;

    private static async Task<IReadOnlyList<string>> FoundAsync(string code)
    {
        var compilation = CSharpCompilation.Create("Mine", [CSharpSyntaxTree.ParseText(code)], s_references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ShouldBeEmpty();
        var found = await compilation.WithAnalyzers([new StrategyAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        return [.. found.Select(d => d.Id).Distinct()];
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "GRN001", Kernel("for (var i = 0; i < result.Length - 1; i++) result[i] = close[i + 1];") },
        { "GRN001", Kernel("for (var i = 0; i < result.Length - 1; i++) result[i] = bars.High[1 + i];") },
        { "GRN001", Kernel("for (var i = 0; i < result.Length; i++) result[i] = bars.Close[^1];") },
        { "GRN001", Kernel("for (var i = 0; i < result.Length; i++) result[i] = bars.Close[bars.Count - 1];") },
        { "GRN001", OnBar("if (_prices[bar.BarNumber + 1] > bar.Close) bar.Enter(Side.Buy);") },
        { "GRN001", OnBar("var known = new Dictionary<DateTime, double>(); if (known[bar.Time.AddDays(1)] > 0) bar.Exit();") },
        { "GRN002", OnBar("if (DateTime.UtcNow.Hour > 9) bar.Exit();") },
        { "GRN002", OnBar("if (DateTimeOffset.Now.Hour > 9) bar.Exit();") },
        { "GRN002", OnBar("var watch = Stopwatch.StartNew(); if (watch.ElapsedMilliseconds > 1) bar.Exit();") },
        { "GRN002", OnBar("if (TimeProvider.System.GetUtcNow().Hour > 9) bar.Exit();") },
        { "GRN003", Strategy("readonly Random _random = new(); public override void OnBar(StrategyContext bar) { }") },
        { "GRN003", OnBar("if (Random.Shared.Next(2) == 0) bar.Exit();") },
        { "GRN003", OnBar("if (Guid.NewGuid() == Guid.Empty) bar.Exit();") },
        { "GRN003", OnBar("if (bar.Instrument.Symbol.GetHashCode() % 2 == 0) bar.Exit();") },
        { "GRN004", Strategy("static int s_bars; public override void OnBar(StrategyContext bar) => s_bars++;") },
        { "GRN004", Strategy("static readonly List<double> s_seen = []; public override void OnBar(StrategyContext bar) { }") },
        { "GRN004", Strategy("static readonly double[] s_window = new double[9]; public override void OnBar(StrategyContext bar) { }") },
        { "GRN004", Strategy("static double Last { get; set; } public override void OnBar(StrategyContext bar) { }") },
        { "GRN005", OnBar("if (File.Exists(\"stop\")) bar.Exit();") },
        { "GRN005", OnBar("if (Environment.GetEnvironmentVariable(\"STOP\") is not null) bar.Exit();") },
        { "GRN005", OnBar("Task.Run(() => bar.Exit());") },
        { "GRN005", OnBar("_ = new System.Net.Http.HttpClient();") },
    };

    public static TheoryData<string> Right =>
    [
        Kernel("for (var i = 0; i < result.Length; i++) result[i] = close[i] - (i > 0 ? close[i - 1] : _last); _last = close[^1];"),
        Kernel("for (var i = 0; i < result.Length; i++) result[i] = _prices[i % 3 + 1] * close[i]; _last = bars.Close[bars.Count - 1];")
            .Replace("private double _last;", "private double _last; private readonly double[] _prices = new double[9];"),
        OnBar("if (_prices.Length > 0 && _prices[bar.BarNumber - 1] > bar.Close && bar.Time.AddDays(1).Day == 1) bar.Enter(Side.Buy);"),
        Strategy("const int Most = 5; static readonly double[] s_steps = [1, 2]; readonly Random _random; "
            + "public Mine(int seed = 1) { _random = new Random(seed); } public override void OnBar(StrategyContext bar) { }"),
        // Other classes may do all of it.
        $"{Usings} public static class Tool {{ static int s_runs; public static void Run() {{ s_runs++; _ = DateTime.Now; "
            + "_ = new Random(); _ = File.Exists(\"a\"); } }",
    ];

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_mistake_is_found(string id, string code) => (await FoundAsync(code)).ShouldBe([id]);

    [Theory]
    [MemberData(nameof(Right))]
    public async Task Right_code_has_none(string code) => (await FoundAsync(code)).ShouldBeEmpty();

    [Fact]
    public void Each_mistake_has_its_page()
    {
        var page = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "analyzers.md"));
        foreach (var rule in new StrategyAnalyzer().SupportedDiagnostics)
            page.ShouldContain($"\n## {rule.Id}\n\n{rule.Title}", customMessage: rule.Id);
        typeof(Strategy).FullName.ShouldBe("Granary.Engine.Strategies.Strategy");
    }
}
