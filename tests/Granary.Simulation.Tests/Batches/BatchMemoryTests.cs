using System.Text;
using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Testing;

namespace Granary.Simulation.Tests.Batches;

public sealed class BatchMemoryTests
{
    private const double ServerOfOneAndAHalf = 1.29e9;

    private static BatchSpec Grid(int fast, int slow, string more = "") => Read($$"""
        { "class": "SmaCross", "params": { "fast": [{{Numbers(fast)}}], "slow": [{{Numbers(slow)}}] }{{more}} }
        """);

    private static BatchSpec Read(string strategies, string times = "") => new BatchReader(TestCatalogues.All).Read("grid.json",
        Encoding.UTF8.GetBytes($$"""
            { "name": "grid", "data": { "source": "generated:ACME?from=2024-01-01&to=2024-03-01", "symbols": "ACME",
                "timeframe": "1h"{{times}} }, "strategies": [ {{strategies}} ] }
            """), ".");

    private static string Numbers(int count) => string.Join(',', Enumerable.Range(2, count));

    [Fact]
    public void A_grid_that_needs_more_memory_than_the_process_may_use_is_refused_with_both_figures()
    {
        var refused = Should.Throw<InputException>(() => BatchMemory.Check(Grid(1000, 1000), 1, most: ServerOfOneAndAHalf));
        refused.Message.ShouldContain("strategies[0]: the batch makes 1,000,000 strategies with 2,000 factors, which need about 3.38 GB of "
            + "memory, and this process may use 1.29 GB; thin out the lists (about ");
        refused.Message.ShouldEndWith("strategies fit), divide the batch, or give the process more memory");
    }

    [Fact]
    public void A_grid_of_the_size_that_the_refusal_names_fits()
    {
        var refused = Should.Throw<InputException>(() => BatchMemory.Check(Grid(1000, 1000), 1, most: ServerOfOneAndAHalf)).Message;
        var fits = int.Parse(refused.Split("(about ")[1].Split(' ')[0].Replace(",", "", StringComparison.Ordinal),
            System.Globalization.CultureInfo.InvariantCulture);
        BatchMemory.Check(Grid(fits / 1000, 1000), 1, most: ServerOfOneAndAHalf).Strategies.ShouldBe(fits / 1000 * 1000);
    }

    [Fact]
    public void A_factor_counts_once_for_all_combinations_that_share_it() =>
        BatchMemory.Of(Grid(30, 40), 1).Factors.ShouldBe(30 + 40);

    [Fact]
    public void Symbols_timeframes_and_trials_of_a_search_multiply()
    {
        BatchMemory.Of(Grid(3, 4, """, "timeframe": ["1h", "4h"]"""), 5).Strategies.ShouldBe(3 * 4 * 2 * 5);
        BatchMemory.Of(Read("""
            { "class": "SmaCross", "search": { "trials": 70, "space": { "fast": [3, 9], "slow": [10, 90] } } }
            """), 5).Strategies.ShouldBe(70 * 5);
    }

    [Fact]
    public void A_longer_time_needs_more_memory()
    {
        double Of(int years) => BatchMemory.Of(Read("""{ "class": "SmaCross", "params": { "fast": [3, 4] } }""",
            $$""", "from": "{{2024 - years}}-01-01", "to": "2024-01-01" """), 1).Bytes;
        (Of(10) - Of(1)).ShouldBe(2 * 32 * 9 * 365.25 / 7, tolerance: 200);
    }

    [Fact]
    public void The_plan_of_a_batch_is_refused_before_it_is_made()
    {
        var names = Enumerable.Range(0, 4_000_000).Select(i => $"S{i}").ToList();
        Should.Throw<InputException>(() => BatchPlan.Make(Grid(1000, 1000), names, yes: true)).Message.ShouldContain("which need about");
    }
}
