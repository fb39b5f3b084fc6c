using System.Net;
using Granary.Contracts.Batches;
using Granary.Server.Access;
using Granary.Server.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Tests;

public sealed class BatchStrategiesOverHttpTests : IDisposable
{
    private readonly string _keys = Path.Combine(Directory.CreateTempSubdirectory("granary-keys-").FullName, "keys.json");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_keys)!, recursive: true);

    private const string Id = "SmaCross(fast=5,slow=30)@BTC/USDT:1h";

    [Fact]
    public async Task A_strategy_of_a_running_batch_is_shown_to_viewers_and_stopped_by_submitters()
    {
        var strategies = new OneStrategy();
        var viewerKey = await ApiKeys.AddAsync(_keys, "reader", Role.Viewer, TimeProvider.System);
        var submitterKey = await ApiKeys.AddAsync(_keys, "research", Role.Submitter, TimeProvider.System);
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(_keys), add: s => s.AddSingleton<IRunningBatches>(strategies));
        var path = $"/api/v1/batches/b-1/strategies/{Uri.EscapeDataString(Id)}";
        using var viewer = server.As(viewerKey);
        using var submitter = server.As(submitterKey);
        using var shown = await viewer.GetAsync(path);
        shown.StatusCode.ShouldBe(HttpStatusCode.OK);
        var strategy = await shown.ReadAsync<BatchStrategy>();
        (strategy.Id, strategy.State, strategy.Bars, strategy.Trades, strategy.Equity).ShouldBe((Id, StrategyPhase.Running, 70, 2, 101.5));
        strategy.Positions.ShouldBe(new Dictionary<string, double> { ["BTC/USDT"] = -0.5 });
        (await (await viewer.GetAsync("/api/v1/batches/b-2/strategies/" + Uri.EscapeDataString(Id))).ProblemAsync(404))
            .ShouldContain("the batch b-2 does not run, or has no strategy " + Id);
        await (await viewer.DeleteAsync(path)).ProblemAsync(403);
        strategies.StoppedBy.ShouldBeNull();
        using var stopped = await submitter.DeleteAsync(path);
        stopped.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        strategies.StoppedBy.ShouldBe("research");
        await (await submitter.DeleteAsync("/api/v1/batches/b-1/strategies/unknown")).ProblemAsync(404);
    }

    [Fact]
    public async Task The_portfolio_of_a_running_batch_is_shown_to_viewers()
    {
        var viewerKey = await ApiKeys.AddAsync(_keys, "reader", Role.Viewer, TimeProvider.System);
        await using var server =
            await ApiServer.StartAsync(ApiKeys.Open(_keys), add: s => s.AddSingleton<IRunningBatches>(new OneStrategy()));
        using var viewer = server.As(viewerKey);
        using var shown = await viewer.GetAsync("/api/v1/batches/b-1/portfolio");
        shown.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await shown.ReadAsync<BatchPortfolio>()).ShouldBe(OneStrategy.Portfolio);
        (await shown.Content.ReadAsStringAsync()).ShouldContain("\"time\":\"2026-01-02T03:00:00Z\"");
        (await (await viewer.GetAsync("/api/v1/batches/b-2/portfolio")).ProblemAsync(404))
            .ShouldContain("the batch b-2 does not run, or its portfolio has not begun");
        using var client = server.Client;
        await (await client.GetAsync("/api/v1/batches/b-1/portfolio")).ProblemAsync(401);
    }

    /// <summary>A server with one strategy under way.</summary>
    private sealed class OneStrategy : IRunningBatches
    {
        public static readonly BatchPortfolio Portfolio =
            new(new DateTime(2026, 1, 2, 3, 0, 0, DateTimeKind.Utc), 1010.5, 900, 110.5, 0.02, 1, 7, false);

        public string? StoppedBy { get; private set; }

        public ValueTask<BatchPortfolio?> PortfolioAsync(string batch, CancellationToken cancellationToken = default) =>
            new(batch == "b-1" ? Portfolio : null);

        public ValueTask<BatchStrategy?> FindAsync(string batch, string strategy, CancellationToken cancellationToken = default) =>
            new(batch == "b-1" && strategy == Id
                ? new BatchStrategy(Id, StrategyPhase.Running, 70, 2, 101.5, new Dictionary<string, double> { ["BTC/USDT"] = -0.5 }, null)
                : null);

        public async ValueTask<BatchStrategy?> StopAsync(string batch, string strategy, string who,
            CancellationToken cancellationToken = default)
        {
            var found = await FindAsync(batch, strategy, cancellationToken);
            if (found is not null) StoppedBy = who;
            return found;
        }
    }
}
