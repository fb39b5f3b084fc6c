using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Contracts.Jobs;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Api.Tests;

public class RealHostTests
{
    [Fact]
    public async Task A_batch_submitted_over_http_gives_the_digest_that_it_gives_without_a_server()
    {
        var bars = Path.Combine(Granary.Testing.SharedData.RepositoryRoot, "tests", "Data", "synthetic", "bars");
        const string symbol = "alpha-daily";
        var text = JsonSerializer.Serialize(new
        {
            name = "real",
            data = new { source = "csv:" + bars, symbols = new[] { symbol }, timeframe = "1d" },
            strategies = new[] { new { @class = "SmaCross", @params = new { fast = new[] { 5, 10 }, slow = 30 }, sides = "long",
                size = new { units = 10 } } },
        });
        await using var server = await ApiServer.StartAsync(host: new HostedRunner(new EmbeddedHost(2), TimeProvider.System, 2, "unused"));
        var submitted = await server.SubmitAsync(text);
        var status = await server.UntilAsync(submitted.Id, s => s.Ended);
        status.Fault.ShouldBeNull();
        status.State.ShouldBe(JobState.Done);
        (status.Progress.Strategies, status.Progress.Done, status.Progress.Failed).ShouldBe((2, 2, 0));
        status.Files.ShouldContain("results.json");
        using var results = JsonDocument.Parse(await server.Client.GetStringAsync($"/api/v1/batches/{status.Id}/files/results.json"));
        results.RootElement.GetProperty("digest").GetString().ShouldBe(status.Digest);

        var alone = Directory.CreateTempSubdirectory("granary-alone-").FullName;
        try
        {
            var run = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(
                new BatchReader(TestCatalogues.All).Read("real.json", System.Text.Encoding.UTF8.GetBytes(text), alone),
                    new BatchOptions { Out = Path.Combine(alone, "run") });
            run.Model.Digest.ShouldBe(status.Digest);
            run.Trades.ShouldBe(status.Trades!.Value);
        }
        finally
        {
            Directory.Delete(alone, recursive: true);
        }
    }
}
