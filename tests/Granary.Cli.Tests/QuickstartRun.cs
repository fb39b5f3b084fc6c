using System.Text.Json;
using Granary.Testing;

[assembly: AssemblyFixture(typeof(Granary.Cli.Tests.QuickstartRun))]

namespace Granary.Cli.Tests;

/// <summary>
/// One <c>granary backtest</c> of the quickstart with its default options, and one of two of its six markets, shared by the tests that
/// compare another run with them.
/// </summary>
public sealed class QuickstartRun : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Lazy<Task<JsonElement>> _outcome;

    private readonly Lazy<Task<JsonElement>> _part;

    public QuickstartRun()
    {
        _outcome = new Lazy<Task<JsonElement>>(RunAsync);
        _part = new Lazy<Task<JsonElement>>(RunPartAsync);
    }

    public static string Batch => Path.Combine(SharedData.RepositoryRoot, "samples", "quickstart.json");

    /// <summary>What <c>--json</c> printed; the run's folder is complete then.</summary>
    public Task<JsonElement> Outcome => _outcome.Value;

    /// <summary>A file of the run's folder.</summary>
    public string At(string name) => _folder.At("run/" + name);

    /// <summary>What the run of two markets printed, on as many threads as processors.</summary>
    public Task<JsonElement> PartOutcome => _part.Value;

    /// <summary>A file of the folder of the run of two markets.</summary>
    public string PartAt(string name) => _folder.At("part/" + name);

    /// <summary>The quickstart's text for a batch in any folder.</summary>
    public static async Task<string> TextAsync() => (await File.ReadAllTextAsync(Batch))
        .Replace("csv:data/1h", "csv:" + Path.Combine(SharedData.RepositoryRoot, "samples/data/1h"), StringComparison.Ordinal);

    /// <summary>The quickstart on two of its six markets.</summary>
    public static async Task<string> PartTextAsync()
    {
        var text = (await TextAsync()).Replace("\"symbols\": \"*\"", "\"symbols\": [\"ACME\", \"COINUSDT\"]", StringComparison.Ordinal);
        text.ShouldContain("COINUSDT");
        return text;
    }

    public void Dispose() => _folder.Dispose();

    private async Task<JsonElement> RunPartAsync()
    {
        var call = await GranaryCall.RunAsync("backtest", _folder.Write("part.json", await PartTextAsync()), "--out", _folder.At("part"),
            "--no-guards", "--json");
        call.ExitCode.ShouldBe(0, call.Error);
        return JsonDocument.Parse(call.Output).RootElement;
    }

    private async Task<JsonElement> RunAsync()
    {
        var call = await GranaryCall.RunAsync("backtest", Batch, "--out", _folder.At("run"), "--json");
        call.ExitCode.ShouldBe(0, call.Error);
        return JsonDocument.Parse(call.Output).RootElement;
    }
}
