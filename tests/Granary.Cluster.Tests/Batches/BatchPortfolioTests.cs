using System.Globalization;
using Granary.Cluster.Grains.Services;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Batches;
using Granary.Contracts.Jobs;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Cluster.Tests.Batches;

/// <summary>The portfolio of a batch can be asked for while its pass runs, in this process and in a cluster.</summary>
[Collection<PlainSilos>]
public sealed class BatchPortfolioTests(PlainSilos.Cluster shared) : IDisposable
{
    private readonly TestBatches _batches = new();

    public void Dispose() => _batches.Dispose();

    private string Write(string name, int row) => _batches.Write(name, $$"""
        { "name": "{{name}}", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 8], "slow": [20, 30] }, "size": { "percentOfEquity": 20 } } ],
          "portfolio": { "weights": "equal", "limits": { "held": { "row": {{row}} } } } }
        """);

    [Fact]
    public async Task The_portfolio_of_a_batch_on_silos_shows_the_row_that_it_has_reached()
    {
        var batch = Write("held-on-silos", 1500);
        var embedded = await _batches.EmbeddedAsync(batch);
        var cluster = shared.Silos;
        var strategies = new ClusterStrategies(cluster.Grains, cluster.Computes);
        (await strategies.PortfolioAsync("never-submitted")).ShouldBeNull();
        string run;
        BatchPortfolio held;
        using (var row = new HeldRow(1500))
        {
            run = await cluster.SubmitAsync(batch);
            await row.ReachedAsync();
            held = (await strategies.PortfolioAsync(run)).ShouldNotBeNull();
        }
        var ended = await cluster.EndAsync(run);
        (ended.State, ended.Digest).ShouldBe((JobState.Done, embedded.Model.Digest), cluster.Log.Text);
        IsRowOf(held, Path.Combine(cluster.Runs, run));
        (await strategies.PortfolioAsync(run)).ShouldBeNull();
    }

    [Fact]
    public async Task The_portfolio_of_a_batch_in_this_process_shows_the_row_that_it_has_reached()
    {
        var batch = Write("held-here", 1400);
        var folder = Directory.CreateTempSubdirectory("granary-held-").FullName;
        var running = new RunningBatches();
        var runner = new HostedRunner(new EmbeddedHost(1), TimeProvider.System, 1, Path.GetDirectoryName(folder)!, running: running);
        var job = new BacktestJob(new BatchReader(TestCatalogues.All).Read(batch));
        var id = Path.GetFileName(folder);
        Task<JobOutcome> done;
        BatchPortfolio held;
        using (var row = new HeldRow(1400))
        {
            done = Task.Run(() => runner.RunAsync(job, folder, false, static _ => { }));
            await row.ReachedAsync();
            held = (await running.PortfolioAsync(id)).ShouldNotBeNull();
        }
        await done;
        IsRowOf(held, folder);
        (await running.PortfolioAsync(id)).ShouldBeNull();
        Directory.Delete(folder, recursive: true);
    }

    // The files of the run are written by the same pass, and recomputed from the bars elsewhere.
    private static void IsRowOf(BatchPortfolio held, string folder)
    {
        var rows = File.ReadAllLines(Path.Combine(folder, "equity.csv"));
        var names = rows[0].Split(',');
        var time = held.Time!.Value.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        var row = rows.Single(r => r.StartsWith(time, StringComparison.Ordinal)).Split(',');
        double Of(string name) => double.Parse(row[Array.IndexOf(names, name)], CultureInfo.InvariantCulture);
        held.Equity!.Value.ShouldBe(Of("equity"), 1e-6);
        held.Cash!.Value.ShouldBe(Of("cash"), 1e-6);
        held.Exposure!.Value.ShouldBe(Of("exposure"), 1e-6);
        held.Drawdown!.Value.ShouldBe(Of("drawdown"), 1e-9);
        var trades = File.ReadAllLines(Path.Combine(folder, "portfolio_trades.csv"));
        var columns = trades[0].Split(',');
        // The ids in the first column have commas.
        Index At(string name) => ^(columns.Length - Array.IndexOf(columns, name));
        var (entry, exit) = (At("entry_time"), At("exit_time"));
        var begun = trades.Skip(1).Select(t => t.Split(',')).Where(t => string.CompareOrdinal(t[entry], row[0]) <= 0).ToList();
        var closed = begun.Count(t => string.CompareOrdinal(t[exit], row[0]) <= 0);
        (held.Trades, held.OpenTrades, held.Done).ShouldBe((closed, begun.Count - closed, false));
        closed.ShouldBeGreaterThan(10);
    }
}
