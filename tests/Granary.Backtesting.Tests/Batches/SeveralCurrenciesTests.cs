using System.Text;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>Amounts of several currencies are never added up one to one.</summary>
public sealed class SeveralCurrenciesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-currencies-").FullName;

    public SeveralCurrenciesTests()
    {
        foreach (var (symbol, start) in new[] { ("ACME", 100), ("TM", 2_000), ("fx/EURUSD", 1), ("fx/USDJPY", 150), ("fx/GBPUSD", 2) })
        {
            Directory.CreateDirectory(Path.Combine(_folder, "fx"));
            File.WriteAllLines(Path.Combine(_folder, symbol + ".csv"), Enumerable.Range(0, 60)
                .Select(i => $"{new DateTime(2024, 1, 1).AddDays(i):yyyy-MM-dd},{start + i},{start + i},{start + i},{start + i},1000")
                .Prepend("date,open,high,low,close,volume"));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private BatchSpec Spec(string instruments, string symbols = "\"*\"", string strategy = """{ "class": "BuyAndHold" }""",
        string more = "", string folder = "") =>
        new BatchReader(TestCatalogues.All).Read("money.json", Encoding.UTF8.GetBytes($$"""
            { "name": "money", "data": { "source": "csv:{{_folder}}{{folder}}", "symbols": {{symbols}}, "timeframe": "1d",
              "instruments": {{instruments}} }, "strategies": [ {{strategy}} ], "portfolio": { "weights": "equal" } {{more}} }
            """), _folder);

    private Task<BatchRun> RunAsync(BatchSpec spec) => new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
        new BatchOptions { Out = Path.Combine(_folder, "run"), Validation = false });

    private const string Yen = """{ "TM": { "currency": "JPY" } }""";

    [Fact]
    public async Task Markets_of_two_currencies_are_refused_with_both_named()
    {
        var fault = await Should.ThrowAsync<InputException>(() => RunAsync(Spec(Yen)));
        fault.Message.ShouldContain("money.json, line 2, data.instruments");
        fault.Message.ShouldContain("(ACME in USD, TM in JPY)");
    }

    [Fact]
    public Task A_strategy_over_both_is_refused() => Should.ThrowAsync<InputException>(() => RunAsync(Spec(Yen,
        strategy: """{ "class": "MonthlyRebalance" }""")));

    [Theory]
    [InlineData("TM")]
    [InlineData("buy-and-hold")]
    public async Task A_benchmark_in_another_currency_is_refused(string benchmark)
    {
        var own = benchmark == "TM";
        var spec = Spec(Yen, own ? "[\"ACME\"]" : "\"*\"", own ? """{ "class": "BuyAndHold" }"""
            : """{ "class": "BuyAndHold", "symbols": ["ACME"] }""", $", \"benchmark\": \"{benchmark}\"");
        if (own) (await Should.ThrowAsync<InputException>(() => RunAsync(spec))).Message.ShouldContain("the benchmark TM in JPY");
        else (await RunAsync(spec)).Model.Strategies.Count.ShouldBe(1);
    }

    [Fact]
    public Task A_walk_forward_is_refused() => Should.ThrowAsync<InputException>(() =>
        new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(Spec(Yen, strategy:
            """{ "class": "SmaCross", "params": { "fast": [2, 3], "slow": 5 } }""",
            more: """, "walkForward": { "inSample": "3w", "outOfSample": "1w" }"""),
            new BatchOptions { Out = Path.Combine(_folder, "walk"), Validation = false }));

    [Theory]
    [InlineData("""{ "*": { "currency": "JPY" } }""", false)]
    [InlineData("{}", false)]
    [InlineData("""{ "TM": { "currency": "USDT" } }""", true)]
    public async Task One_unit_is_accepted_and_coins_that_count_as_dollars_are_noted(string instruments, bool noted)
    {
        var run = await RunAsync(Spec(instruments));
        run.Model.Notes.Any(n => n.Sentence == "The account counts USD (ACME) and USDT (TM) as the same currency, one to one.")
            .ShouldBe(noted);
    }

    [Fact]
    public async Task A_symbol_that_is_not_traded_may_have_another_currency() =>
        (await RunAsync(Spec(Yen, strategy: """{ "class": "BuyAndHold", "symbols": ["ACME"] }"""))).Model.Strategies.Count.ShouldBe(1);

    [Theory]
    [InlineData("\"*\"", "{}", false)]
    [InlineData("[\"EURUSD\", \"GBPUSD\"]", "{}", true)]
    [InlineData("\"*\"", """{ "USDJPY": { "currency": "USD" } }""", true)]
    public async Task Pairs_of_currencies_are_quoted_in_their_second_unless_the_batch_names_another(string symbols, string instruments,
        bool isAccepted)
    {
        var spec = Spec(instruments, symbols, folder: "/fx");
        if (isAccepted) (await RunAsync(spec)).Model.Portfolio.ShouldNotBeNull();
        else (await Should.ThrowAsync<InputException>(() => RunAsync(spec))).Message.ShouldContain("(EURUSD in USD, USDJPY in JPY)");
    }
}
