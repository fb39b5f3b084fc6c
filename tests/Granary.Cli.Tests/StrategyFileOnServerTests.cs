using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

public sealed class StrategyFileOnServerTests(SharedServer server) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string DigestOf(string run) =>
        JsonDocument.Parse(File.ReadAllText(_folder.At(Path.Combine(run, "results.json")))).RootElement.GetProperty("digest").GetString()!;

    [Fact]
    public async Task A_strategy_file_has_the_digest_of_this_process_on_a_server()
    {
        string[] call = ["backtest", Path.Combine(SharedData.RepositoryRoot, "samples", "Idea.cs"), "--source",
            "csv:" + Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h"), "--symbols", "ACME,BOLT", "--timeframe", "1h",
            "--param", "length=20,50", "--quiet"];
        var here = await GranaryCall.RunAsync([.. call, "--out", _folder.At("here")]);
        here.ExitCode.ShouldBe(0, here.Error);
        var there = await GranaryCall.RunAsync([.. call, "--out", _folder.At("there"), "--host", await server.UrlAsync]);
        there.ExitCode.ShouldBe(0, there.Error);
        DigestOf("there").ShouldBe(DigestOf("here"));
    }
}
