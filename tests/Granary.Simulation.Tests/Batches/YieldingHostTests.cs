using System.Text;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Simulation.Tests.Batches;

/// <summary>A batch of a server leaves the processors to the threads that answer requests.</summary>
public sealed class YieldingHostTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Threads_of_a_host_that_yields_have_a_lower_priority_than_those_of_requests(bool yields)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the niceness of a thread is read from /proc");
        var bars = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "bars");
        var spec = new BatchReader(TestCatalogues.All).Read("yields.json", Encoding.UTF8.GetBytes($$"""
            { "name": "yields", "data": { "source": "csv:{{bars}}", "symbols": ["alpha-daily"], "timeframe": "1d" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": 50 } } ], "outputs": ["results"] }
            """), ".");
        await using var opened = await OpenedBatch.OpenAsync(spec, new BatchOpening { Threads = 1 }, CancellationToken.None);
        var listener = new NicenessAtSignals();
        var host = new EmbeddedHost(threads: 2) { Yields = yields, ListenerOf = (_, _) => listener };
        await new StrategyPass(opened.Plan, opened.Markets).OutcomesAsync(host, CancellationToken.None);
        var own = Niceness();
        listener.Seen.ShouldNotBeEmpty();
        listener.Seen.ShouldAllBe(n => yields ? n > own : n == own);
    }

    // The 19th field of stat; the name, the second one, may have blanks and ends with the last bracket.
    private static int Niceness()
    {
        var stat = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16]);
    }

    private sealed class NicenessAtSignals : IRunListener
    {
        public List<int> Seen { get; } = [];

        public RunEventKinds Kinds => RunEventKinds.Signal;

        public void On(in RunEvent e) => Seen.Add(Niceness());
    }
}
