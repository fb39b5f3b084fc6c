using System.Text;
using Granary.Application.Batches;
using Granary.Application.Runs;
using Granary.Application.Simulation;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Testing;

namespace Granary.Application.Tests.Batches;

/// <summary>Waits for ever in its constructor where it is asked to, and else compares with another symbol.</summary>
[Strategy("Does not come back from its constructor where it is asked to; only for tests.")]
public sealed class Waiter : Strategy
{
    private readonly Factor _beta;

    public Waiter([Range(0, 1)] int stuck = 0)
    {
        if (stuck == 1) Thread.Sleep(Timeout.Infinite);
        _beta = Use("beta(COINUSDT,20)");
    }

    public override void OnBar(StrategyContext bar)
    {
        if (bar[_beta] > 0) bar.Go(Side.Buy);
        else bar.Exit();
    }
}

[Collection(nameof(WithoutAccounts))]
public sealed class StuckConstructorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-stuck-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_constructor_that_waits_for_ever_fails_alone_and_says_so_and_its_neighbours_keep_the_symbol_that_they_read()
    {
        var bars = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");
        var spec = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
            { "name": "stuck", "data": { "source": "csv:{{bars}}", "symbols": ["ACME", "COINUSDT"], "timeframe": "1h" }, "outputs":
              ["results"],
              "strategies": [ { "class": "Waiter", "params": { "stuck": [1, 0] }, "symbols": ["ACME"] } ] }
            """), Path.GetTempPath());
        var plan = BatchPlan.Make(spec, ["ACME", "COINUSDT"]);
        plan.Instances[0].Unmade.ShouldNotBeNull();
        plan.Instances[1].Unmade.ShouldBeNull();
        plan.Instances[1].References.ShouldBe(["COINUSDT"]);

        var run = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "run") });
        run.Model.Strategies[0].Error.ShouldBe("it could not be made: its constructor does not come back");
        run.Model.Strategies[1].Error.ShouldBeNull();
        run.Model.Strategies[1].Stats!.Trades.ShouldBeGreaterThan(0);
    }

    // The long form waits for the usual 5 s of processor time.
    [Fact]
    public void A_constructor_that_never_returns_is_recognised_by_its_processor_time_and_stopped()
    {
        var turns = 0L;
        Constructing.Returns(() =>
        {
            while (true) Interlocked.Increment(ref turns);
        }, out var fault, TestEffort.IsLong ? null : TimeSpan.FromSeconds(0.5)).ShouldBeFalse();
        fault.ShouldBeNull();
        // stopped: it stands still some time, however long the machine takes for it
        for (var (before, look) = (-1L, 0); before != Interlocked.Read(ref turns); look++)
        {
            look.ShouldBeLessThan(600, "it still turns");
            before = Interlocked.Read(ref turns);
            Thread.Sleep(100);
        }
    }

    [Fact]
    public void What_a_constructor_throws_is_handed_on()
    {
        Constructing.Returns(() => throw new ArgumentException("no"), out var fault).ShouldBeTrue();
        fault.ShouldBeOfType<ArgumentException>();
        Constructing.Returns(() => { }, out fault).ShouldBeTrue();
        fault.ShouldBeNull();
    }
}
