using System.Globalization;
using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Learning.Tracking;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Track;

namespace Granary.Trading.Tests.Track;

public sealed class TrackIndexTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-track").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static readonly string Panel = Path.Combine(SharedData.RepositoryRoot, "tests", "Shared", "oracles", "ml", "omp_panel.csv");

    private static TrackRequest Names(int most, bool intercept = false) =>
        new() { Options = new PursuitOptions { MaxNames = most, Intercept = intercept } };

    [Fact]
    public void A_panel_gives_the_contracts_record_with_scikit_learns_values()
    {
        using var json = JsonDocument.Parse(TrackJson.Write(TrackIndex.FromPanel(Panel, "INDEX", Names(5, intercept: true))));
        var root = json.RootElement;
        root.GetProperty("support").EnumerateArray().Select(e => e.GetString()).ShouldBe(["S00", "S17", "S10", "S33", "S01"]);
        root.GetProperty("weights").GetProperty("S33").GetDouble().ShouldBe(0.37315605582477235, 1e-8);
        root.GetProperty("residualNorm").GetDouble().ShouldBe(0.05479315367438911, 1e-8);
        root.GetProperty("trackingError").GetDouble().ShouldBe(0.038938237971222554, 1e-8);
        root.GetProperty("intercept").GetDouble().ShouldBe(0.00016036327604810469, 1e-8);
        root.GetProperty("path").GetArrayLength().ShouldBe(5);
    }

    // The panel's returns, multiplied up from 50: the same panel as prices.
    [Fact]
    public void A_panel_of_prices_gives_what_its_returns_give_and_is_named_as_prices()
    {
        var lines = File.ReadAllLines(Panel);
        var prices = lines[0].Split(',').Skip(1).Select(_ => 50.0).ToArray();
        var first = new DateTime(2000, 1, 1);
        var text = new System.Text.StringBuilder($"{lines[0]}\n{first:yyyy-MM-dd},{string.Join(',', prices.Select(_ => "50"))}\n");
        foreach (var line in lines[1..])
        {
            var fields = line.Split(',');
            for (var c = 0; c < prices.Length; c++) prices[c] *= 1 + double.Parse(fields[c + 1], CultureInfo.InvariantCulture);
            text.Append(fields[0] + "," + string.Join(',', prices.Select(p => p.ToString("R", CultureInfo.InvariantCulture))) + "\n");
        }
        var file = Path.Combine(_folder, "prices.csv");
        File.WriteAllText(file, text.ToString());

        var (returns, taken) = (TrackIndex.FromPanel(Panel, "INDEX", Names(5)), TrackIndex.FromPanel(file, "INDEX", Names(5)));
        taken.Support.ShouldBe(returns.Support);
        taken.InSample.TrackingError.ShouldBe(returns.InSample.TrackingError, 1e-9);
        for (var i = 0; i < 5; i++) taken.Fit.Weights[i].ShouldBe(returns.Fit.Weights[i], 1e-7);
        taken.Times.ShouldBe(returns.Times);
        taken.Notes.ShouldHaveSingleItem().ShouldContain("prices.csv was taken for prices");
        returns.Notes.ShouldHaveSingleItem().ShouldContain("was taken for returns");
        // What the caller says wins, and needs no note.
        TrackIndex.FromPanel(file, "INDEX", Names(5), arePrices: true).Notes.ShouldBeEmpty();
        TrackIndex.FromPanel(file, "INDEX", Names(5), arePrices: false).InSample.TrackingError
            .ShouldBeGreaterThan(2 * taken.InSample.TrackingError);
        var fault = Should.Throw<BarDataException>(() => TrackIndex.FromPanel(Panel, "INDEX", Names(5), arePrices: true)).Message;
        fault.ShouldContain("a price is not positive");
        fault.ShouldContain("--returns");
        var options = new TrackOptions { Panel = Address.Parse(file), Index = "INDEX", MaxStocks = 5, Prices = true, Returns = true };
        options.KeyFaults.ShouldHaveSingleItem().ShouldBe(("returns", "'prices' is given too; give what the panel holds"));
    }

    [Fact]
    public void A_split_judges_the_rest_out_of_sample()
    {
        var result = TrackIndex.FromPanel(Panel, "INDEX", Names(10) with { Split = 0.5 });
        result.OutOfSample!.ResidualNorm.ShouldBe(0.03365515220453732, 1e-8);
        result.OutOfSample.TrackingError.ShouldBe(0.0338298928419072, 1e-8);
    }

    [Fact]
    public void Reselections_are_listed_with_their_dates()
    {
        using var json =
            JsonDocument.Parse(TrackJson.Write(TrackIndex.FromPanel(Panel, "INDEX", Names(5) with { Window = 250, Step = 100 })));
        var history = json.RootElement.GetProperty("rolling").GetProperty("history");
        history.GetArrayLength().ShouldBe(3);
        history[0].GetProperty("from").GetString().ShouldBe("2020-12-16T00:00:00Z");
    }

    [Fact]
    public async Task A_universe_of_prices_replicates_the_index_made_of_it()
    {
        var ct = TestContext.Current.CancellationToken;
        var universe = Universe(40, 300);
        // The index is made of three of them in fixed shares of return.
        var values = new double[300];
        values[0] = 100;
        for (var t = 1; t < 300; t++)
            values[t] = values[t - 1] * (1 + 0.5 * Return(universe["S3"], t) + 0.3 * Return(universe["S11"], t)
                + 0.2 * Return(universe["S29"], t));
        var index = new EquityCurve(universe["S3"].Times.ToArray(), values);
        var result = await TrackIndex.FromUniverseAsync(index, [.. universe.Keys], (s, _) => ValueTask.FromResult(universe[s]),
            new TrackRequest { Options = new PursuitOptions { MaxNames = 3, NonNegative = true, SumToOne = true } }, ct);
        result.Support.ShouldBe(["S3", "S11", "S29"], ignoreOrder: true);
        result.Fit.Weights.Order().Zip([0.2, 0.3, 0.5]).ShouldAllBe(p => Math.Abs(p.First - p.Second) < 1e-8);
        result.InSample.TrackingError.ShouldBeLessThan(1e-8);
        result.PeriodsPerYear.ShouldBe(365);
    }

    [Fact]
    public async Task Symbols_that_do_not_cover_the_dates_are_left_out_and_named()
    {
        var ct = TestContext.Current.CancellationToken;
        var universe = Universe(4, 100);
        var index = universe["S0"];
        EquityCurve Keep(string s, Func<int, bool> kept)
        {
            int[] rows = [.. Enumerable.Range(0, 100).Where(kept)];
            return new EquityCurve([.. rows.Select(i => universe[s].Times[i])], [.. rows.Select(i => universe[s].Values[i])]);
        }
        universe["late"] = Keep("S1", i => i >= 20);
        universe["gone"] = Keep("S1", i => i < 99);
        universe["pause"] = Keep("S1", i => i is < 40 or > 47);
        universe["short pause"] = Keep("S1", i => i is < 40 or > 43);
        var result = await TrackIndex.FromUniverseAsync(index, [.. universe.Keys], (s, _) => ValueTask.FromResult(universe[s]), Names(2),
            ct);
        result.Names.ShouldBe(["S0", "S1", "S2", "S3", "short pause"]);
        result.Notes.ShouldHaveSingleItem().ShouldContain("late, gone, pause");
        result.Support.First().ShouldBe("S0");
    }

    [Fact]
    public void Bad_calls_are_one_sentence()
    {
        void Says(Action act, params string[] parts)
        {
            // Of a file, or of an option.
            var fault = Should.Throw<Exception>(act);
            (fault is BarDataException or InputException).ShouldBeTrue($"{fault}");
            var message = fault.Message;
            message.ShouldNotContain('\n');
            foreach (var part in parts) message.ShouldContain(part);
        }
        Says(() => TrackIndex.FromPanel(Panel, "INDX", Names(5)), Panel, "line 1", "INDX", "did you mean 'INDEX'?");
        Says(() => TrackIndex.FromPanel(Panel, "INDEX", Names(0)), "at least 1");
        Says(() => TrackIndex.FromPanel(Panel, "INDEX", Names(5) with { Split = 0 }), "--split 0");
        Says(() => TrackIndex.FromPanel(Panel, "INDEX", Names(5) with { Window = 600 }), "window of 600");
        Says(() => TrackIndex.FromPanel(Panel, "INDEX",
            new TrackRequest { Options = new PursuitOptions { MaxNames = 2, SumToOne = true, MaxWeight = 0.1 } }), "cannot add up to 1");
        var file = Path.Combine(_folder, "panel.csv");
        File.WriteAllText(file, "date,A,INDEX\n2024-01-01,0.1,x\n");
        Says(() => TrackIndex.FromPanel(file, "INDEX", Names(1)), file, "line 2", "INDEX", "'x' is not a number");
        File.WriteAllText(file, "date,INDEX\n2024-01-01,0.1\n2024-01-02,0.1\n");
        Says(() => TrackIndex.FromPanel(file, "INDEX", Names(1)), "only column");
        Says(() => TrackIndex.FromPanel(Path.Combine(_folder, "none.csv"), "INDEX", Names(1)), "no such file");
    }

    private static Dictionary<string, EquityCurve> Universe(int symbols, int days)
    {
        var random = new Random(9);
        long[] times = [.. Enumerable.Range(0, days).Select(i => new DateTime(2024, 1, 1).AddDays(i).Ticks)];
        var universe = new Dictionary<string, EquityCurve>();
        for (var s = 0; s < symbols; s++)
        {
            var prices = new double[days];
            prices[0] = 50;
            for (var t = 1; t < days; t++) prices[t] = prices[t - 1] * (1 + 0.02 * (random.NextDouble() - 0.5));
            universe[$"S{s}"] = new EquityCurve(times, prices);
        }
        return universe;
    }

    private static double Return(EquityCurve c, int t) => c.Values[t] / c.Values[t - 1] - 1;

    // Prices of a market with ten sectors: seeded, so that every machine has the same.
    private static (Dictionary<string, EquityCurve> Universe, EquityCurve Index) Market(int symbols, int days)
    {
        var random = new Random(23);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        long[] times = [.. Enumerable.Range(0, days).Select(t => new DateTime(2019, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(t).Ticks)];
        var market = Enumerable.Range(0, days).Select(_ => 0.009 * Normal()).ToArray();
        var sectors = Enumerable.Range(0, 10).Select(_ => Enumerable.Range(0, days).Select(_ => 0.006 * Normal()).ToArray()).ToArray();
        var universe = new Dictionary<string, EquityCurve>(StringComparer.Ordinal);
        var index = new double[days];
        for (var s = 0; s < symbols; s++)
        {
            var prices = new double[days];
            prices[0] = 20 + s % 80;
            for (var t = 1; t < days; t++) prices[t] = prices[t - 1] * (1 + market[t] + sectors[s % 10][t] + 0.012 * Normal());
            universe[$"S{s:D3}"] = new EquityCurve(times, prices);
            // Weighted by size, the larger the earlier.
            for (var t = 0; t < days; t++) index[t] += prices[t] / prices[0] / (s + 20.0);
        }
        return (universe, new EquityCurve(times, index));
    }

    [Fact]
    public async Task An_index_over_520_symbols_is_followed_out_of_sample_with_forty_and_the_report_shows_how()
    {
        var (universe, index) = Market(520, 700);
        var result = await TrackIndex.FromUniverseAsync(index, [.. universe.Keys], (symbol, _) => new(universe[symbol]), new TrackRequest
        {
            Options = new PursuitOptions { MaxNames = 40, NonNegative = true, SumToOne = true, MaxWeight = 0.1 },
            Split = 0.6,
            Window = 400,
            Step = 150,
            PeriodsPerYear = 252,
        }, TestContext.Current.CancellationToken);
        result.Names.Count.ShouldBe(520);
        result.OutOfSample!.Correlation.ShouldBeGreaterThan(0.95);
        result.OutOfSample.TrackingError.ShouldBeLessThan(0.06);
        result.Rolling!.History.Count.ShouldBe(2);
        result.Rolling.OutOfSample.Correlation.ShouldBeGreaterThan(0.95);
        var page = new StringWriter();
        result.Report("Made of 520").Write(page);
        foreach (var shown in new[] { "Residual: index less replica", "Yearly tracking error by number of names",
            "Choices, each from the periods before it", result.Support.First() }) page.ToString().ShouldContain(shown);
        result.Fit.Path.Zip(result.Fit.Path.Skip(1)).ShouldAllBe(p => p.Second.ResidualNorm <= p.First.ResidualNorm * (1 + 1e-9));
    }
}
