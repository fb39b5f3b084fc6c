using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Backtesting.Runs;
using Granary.Scripting;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Explanations;

/// <summary>
/// docs/explanations/why-your-backtest-lied.md: each row of its tables is a run of a batch of samples/traps, with the run's figures, and
/// each quoted sentence is one of the run above it. <c>GRANARY_WRITE_DOCS=1</c> writes the figures and the generated files.
/// </summary>
public sealed partial class BacktestLiedPageTests : IDisposable
{
    private static readonly string s_page = Path.Combine(SharedData.RepositoryRoot, "docs", "explanations", "why-your-backtest-lied.md");
    private static readonly string s_samples = Path.Combine(SharedData.RepositoryRoot, "samples");
    private static readonly bool s_writes = Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-traps-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_files_of_the_traps_are_generated()
    {
        foreach (var (name, text) in TrapData.Files())
        {
            var path = Path.Combine(s_samples, "data", "traps", name);
            if (s_writes) File.WriteAllText(path, text);
            else File.ReadAllText(path).ShouldBe(text, $"{name}: run these tests with GRANARY_WRITE_DOCS=1");
        }
    }

    [Fact]
    public void The_page_runs_every_batch_of_the_traps() =>
        Row().Matches(File.ReadAllText(s_page)).Select(r => r.Groups["name"].Value).Order(StringComparer.Ordinal)
            .ShouldBe(Directory.EnumerateFiles(Path.Combine(s_samples, "traps"), "*.json").Select(f => Path.GetFileName(f)!)
                .Order(StringComparer.Ordinal));

    [Fact]
    public void The_page_shows_the_code_of_the_trap() =>
        Block().Match(File.ReadAllText(s_page)).Groups["code"].Value
            .ShouldBe(File.ReadAllText(Path.Combine(s_samples, "traps", "Peek.cs")));

    [Fact]
    public async Task Each_figure_and_each_quoted_sentence_of_the_page_is_that_of_its_run()
    {
        var page = await File.ReadAllTextAsync(s_page, TestContext.Current.CancellationToken);
        var catalogues = GranaryCataloguesBuilder.CreateDefault().WithCompiler(new RoslynCompiler()).Build();
        var ledger = new TrialLedger(Path.Combine(_folder, "trials"));
        var (lines, said) = (new List<string>(), "");
        foreach (var line in page.Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal)) said = "";
            if (line.StartsWith("> ", StringComparison.Ordinal)) said.ShouldContain(line[2..], Case.Sensitive, said);
            if (Row().Match(line) is not { Success: true } row)
            {
                lines.Add(line);
                continue;
            }
            var (figures, sentences) = await RunAsync(row.Groups["name"].Value, catalogues, ledger);
            said += sentences;
            var written = row.Groups["head"].Value + figures;
            if (!s_writes) line.ShouldBe(written);
            lines.Add(written);
        }
        if (s_writes) await File.WriteAllTextAsync(s_page, string.Join('\n', lines), TestContext.Current.CancellationToken);
    }

    private async Task<(string Figures, string Sentences)> RunAsync(string name, GranaryCatalogues catalogues, TrialLedger ledger)
    {
        var file = Path.Combine(s_samples, "traps", name);
        // The strategy reads files in the current folder, which is another one here.
        var text = (await File.ReadAllTextAsync(file)).Replace("\"samples/", $"\"{s_samples}/", StringComparison.Ordinal);
        var traps = Path.GetDirectoryName(file)!;
        var spec = new BatchReader(catalogues).Read(file, CodeFiles.Inline(System.Text.Encoding.UTF8.GetBytes(text), traps), traps);
        var folder = Path.Combine(_folder, Path.GetFileNameWithoutExtension(name));
        await new BatchRunner(new EmbeddedHost(2), TimeProvider.System, ledger: ledger).RunAsync(spec, new BatchOptions { Out = folder });
        using var results = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "results.json")));
        var stats = results.RootElement.GetProperty("portfolio").GetProperty("stats");
        var sentences = results.RootElement.GetProperty("notes").EnumerateArray()
            .Concat(results.RootElement.GetProperty("evidence").EnumerateObject().Where(e => e.Value.ValueKind == JsonValueKind.Object)
                .Select(e => e.Value))
            .Select(e => e.TryGetProperty("sentence", out var sentence) ? sentence.GetString() + "\n" : "");
        return (string.Create(CultureInfo.InvariantCulture, $" {100 * stats.GetProperty("totalReturn").GetDouble():N1} | ")
            + string.Create(CultureInfo.InvariantCulture, $"{stats.GetProperty("sharpe").GetDouble():F2} | ")
            + string.Create(CultureInfo.InvariantCulture, $"{stats.GetProperty("trades").GetInt32():N0} |"), string.Concat(sentences));
    }

    // | what | `samples/traps/NAME.json` | return | Sharpe ratio | trades |
    [GeneratedRegex(@"^(?<head>\|[^|]*\| `samples/traps/(?<name>[a-z-]+\.json)` \|).*$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
