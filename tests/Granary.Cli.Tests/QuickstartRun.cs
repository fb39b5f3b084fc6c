using System.Text.Json;
using Granary.Testing;

[assembly: AssemblyFixture(typeof(Granary.Cli.Tests.QuickstartRun))]

namespace Granary.Cli.Tests;

/// <summary>
/// One <c>granary backtest</c> of the quickstart with its default options, shared by the tests that compare another run with it.
/// </summary>
public sealed class QuickstartRun : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Lazy<Task<JsonElement>> _outcome;

    public QuickstartRun() => _outcome = new Lazy<Task<JsonElement>>(RunAsync);

    public static string Batch => Path.Combine(SharedData.RepositoryRoot, "samples", "quickstart.json");

    /// <summary>What <c>--json</c> printed; the run's folder is complete then.</summary>
    public Task<JsonElement> Outcome => _outcome.Value;

    /// <summary>A file of the run's folder.</summary>
    public string At(string name) => _folder.At("run/" + name);

    public void Dispose() => _folder.Dispose();

    private async Task<JsonElement> RunAsync()
    {
        var call = await GranaryProcess.RunAsync("backtest", Batch, "--out", _folder.At("run"), "--json");
        call.ExitCode.ShouldBe(0, call.Error);
        return JsonDocument.Parse(call.Output).RootElement;
    }
}
