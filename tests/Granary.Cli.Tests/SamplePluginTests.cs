using System.Globalization;
using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>The plug-in of samples/Plugin, as its README uses it: every class of it through the command line.</summary>
public sealed class SamplePluginTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public SamplePluginTests()
    {
        // A folder of plug-ins holds the plug-in alone; its README builds it the same way.
        Directory.CreateDirectory(Plugins);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "SamplePlugin.dll"), Path.Combine(Plugins, "SamplePlugin.dll"));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "SampleDataPlugin.dll"), Path.Combine(Plugins, "SampleDataPlugin.dll"));
        // The bars of a sample, turned over and in the plug-in's format: read back through its source they are nearly the sample's.
        var rows = File.ReadLines(Path.Combine(SharedData.RepositoryRoot, "samples/data/1h/COINUSDT.csv")).Skip(1).Take(3000).Select(Cents);
        _folder.Write("bars/COINUSDT.csv", string.Join('\n', rows));
    }

    private string Plugins => _folder.At("plugins");

    public void Dispose() => _folder.Dispose();

    private static string Cents(string row)
    {
        var cells = row.Split(',');
        long Cents(int column) => (long)Math.Round(1e9 / double.Parse(cells[column], CultureInfo.InvariantCulture));
        return FormattableString.Invariant($"{Cents(4)},{Cents(2)},{Cents(3)},{Cents(1)},{cells[5]},{cells[0]}");
    }

    private async Task<JsonElement> RunAsync(params string[] arguments)
    {
        var call = await GranaryCall.RunAsync([.. arguments, "--plugins", Plugins, "--json"]);
        call.ExitCode.ShouldBe(0, call.Error);
        return JsonDocument.Parse(call.Output).RootElement;
    }

    private string Batch() => _folder.Write("batch.json", """
        {
          "name": "sample-plugin",
          "data": { "source": "inverse:bars", "format": "cents", "symbols": ["COINUSDT"], "timeframe": "1h" },
          "strategies": [
            { "class": "PullbackBuyer", "params": { "period": 10 }, "size": { "percentOfEquity": 50 }, "stopLossPercent": 2 }
          ],
          "learning": [
            {
              "name": "gate", "strategies": ["PullbackBuyer"], "trainer": "nearest-mean",
              "features": ["close-place(5)", "return(5)"], "label": { "kind": "direction", "bars": 5 },
              "walkForward": { "window": "expanding", "train": 1000, "test": 500 },
              "apply": { "rule": "gate", "buyAbove": 0.4, "sellBelow": 0.3 }
            }
          ],
          "portfolio": { "weights": "equal" }
        }
        """);

    [Fact]
    public async Task Its_format_source_factor_strategy_and_trainer_train_and_run_a_batch_whose_configuration_trades_through_its_broker()
    {
        var batch = Batch();
        await RunAsync("train", batch);
        var backtest = await RunAsync("backtest", batch, "--out", _folder.At("run"));
        backtest.GetProperty("trades").GetInt32().ShouldBeGreaterThan(10);

        string[] live = ["live", _folder.At("run/prod.json"), "--feed", "inverse:" + _folder.At("bars"), "--without-evidence"];
        var paper = await RunAsync([.. live, "--broker", "paper", "--out", _folder.At("paper"), "--state", _folder.At("paper-state")]);
        var session = await RunAsync([.. live, "--broker", "practice", "--broker-options", "failEvery=7", "--out", _folder.At("live"),
            "--state", _folder.At("live-state")]);
        session.GetProperty("fills").GetInt32().ShouldBeGreaterThan(10);
        // Answers get lost, and each order is at the exchange once: the account is that of a perfect venue.
        foreach (var figure in (string[])["digest", "orders", "fills", "accountTrades", "accountEquity"])
            session.GetProperty(figure).GetRawText().ShouldBe(paper.GetProperty(figure).GetRawText(), figure);
        using var account = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.At("live/account.json")));
        account.RootElement.GetProperty("broker").GetString().ShouldBe("practice");
    }

    [Fact]
    public async Task Its_live_feed_brings_bars_on_which_a_session_trades_through_its_broker()
    {
        var batch = _folder.Write("wave.json", """
            { "name": "wave", "data": { "source": "inverse:bars", "format": "cents", "symbols": ["COINUSDT"], "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 3, "slow": 8 }, "size": { "percentOfEquity": 50 } } ],
              "portfolio": { "weights": "equal" } }
            """);
        await RunAsync("backtest", batch, "--out", _folder.At("run"), "--no-guards");
        var session = await RunAsync("live", _folder.At("run/prod.json"), "--feed", "wave:300", "--broker", "practice",
            "--without-evidence", "--out", _folder.At("live"), "--state", _folder.At("state"));
        session.GetProperty("sameAsBacktest").GetBoolean().ShouldBeTrue();
        // The wave crosses its mean about every 28 bars; all orders are of its bars, and the sample's bars only warm the strategy up.
        session.GetProperty("fills").GetInt32().ShouldBeGreaterThan(10);
        var warm = 3000;
        session.GetProperty("bars").GetInt64().ShouldBe(warm + 300);
        var wrong = await GranaryCall.RunAsync("live", _folder.At("run/prod.json"), "--feed", "wave:many",
            "--without-evidence", "--state", _folder.At("wrong"), "--plugins", Plugins);
        wrong.ExitCode.ShouldBe(2);
        wrong.Error.ShouldContain("the number of bars is missing; write wave:500");
    }

    [Fact]
    public async Task Without_its_plug_in_a_run_is_not_verified_and_not_deployed_and_the_option_that_is_missing_is_named()
    {
        var batch = _folder.Write("own.json", $$"""
            { "name": "own", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples/data/1h")}}",
                "symbols": ["COINUSDT"], "timeframe": "1h", "to": "2022-04-01" },
              "strategies": [ { "class": "PullbackBuyer" } ], "portfolio": { "weights": "equal" } }
            """);
        await RunAsync("backtest", batch, "--out", _folder.At("own"), "--no-guards");
        string[][] calls = [["verify", _folder.At("own")], ["deployments", "add", _folder.At("own/prod.json"), "--store", _folder.At("d")]];
        foreach (var call in calls)
        {
            var refused = await GranaryCall.RunAsync(call);
            (refused.ExitCode, refused.Output).ShouldBe((2, ""));
            refused.Error.ShouldContain("there is no strategy class 'PullbackBuyer'");
            refused.Error.ShouldContain("--plugins DIR");
            (await GranaryCall.RunAsync([.. call, "--plugins", Plugins])).ExitCode.ShouldBe(0);
        }
    }

    private string Limited(string rule) => _folder.Write("limited.json", $$"""
        { "name": "limited", "data": { "source": "inverse:bars", "format": "cents", "symbols": ["COINUSDT"], "timeframe": "1h" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 3, "slow": 8 }, "size": { "percentOfEquity": 50 } } ],
          "portfolio": { "weights": "equal", "limits": { "maxPositions": 3, {{rule}} } } }
        """);

    [Fact]
    public async Task Its_portfolio_rule_refuses_entries_in_batch_and_live_session_alike()
    {
        await RunAsync("backtest", Limited("\"quietHours\": { \"from\": 8, \"until\": 20 }"), "--out", _folder.At("run"));
        var decisions = new Dictionary<string, List<int>>();
        foreach (var signal in CsvRows.Of(_folder.At("run/signals.csv")))
        {
            var decision = signal["decision"];
            if (!decisions.TryGetValue(decision, out var hours)) decisions[decision] = hours = [];
            hours.Add(DateTimeOffset.Parse(signal["time"], CultureInfo.InvariantCulture).UtcDateTime.Hour);
        }
        decisions["quiet-hours"].Count.ShouldBeGreaterThan(20);
        decisions["quiet-hours"].ShouldAllBe(hour => hour >= 8 && hour < 20);
        decisions["accepted"].Count.ShouldBeGreaterThan(20);
        decisions["accepted"].ShouldAllBe(hour => hour < 8 || hour >= 20);

        const string Reason = "The bar opened in the hours that limits.quietHours names.";
        (await File.ReadAllTextAsync(_folder.At("run/report.html"))).ShouldContain(Reason);
        (await GranaryCall.RunAsync("explain", "quiet-hours", "--plugins", Plugins)).Output.ShouldContain(Reason);

        var session = await RunAsync("live", _folder.At("run/prod.json"), "--feed", "inverse:" + _folder.At("bars"), "--without-evidence",
            "--out", _folder.At("live"), "--state", _folder.At("state"));
        session.GetProperty("sameAsBacktest").GetBoolean().ShouldBeTrue();
        var verify = await GranaryCall.RunAsync("verify", _folder.At("run"), "--plugins", Plugins);
        verify.ExitCode.ShouldBe(0, verify.Output + verify.Error);
    }

    [Theory]
    [InlineData("\"quietHours\": { \"from\": 8, \"untill\": 20 }",
        "portfolio.limits.quietHours: quietHours has no parameter 'untill'; did you mean 'until'?")]
    [InlineData("\"quietHours\": { \"from\": 8, \"until\": 30 }", "quietHours: until = 30 is out of range: 1 … 24")]
    [InlineData("\"quietHours\": { \"from\": 8, \"until\": 3 }", "quietHours: from has to be before until")]
    [InlineData("\"quietHours\": 8", "an object with from, until is needed")]
    [InlineData("\"quietHour\": {}", "there is no key 'quietHour'; did you mean 'quietHours'?")]
    public async Task A_wrong_setting_of_its_portfolio_rule_is_named(string rule, string sentence)
    {
        var call = await GranaryCall.RunAsync("backtest", Limited(rule), "--out", _folder.At("run"), "--plugins", Plugins);
        call.ExitCode.ShouldBe(2);
        call.Error.ShouldContain(sentence);
        Directory.Exists(_folder.At("run")).ShouldBeFalse();
    }

    [Fact]
    public async Task Its_broker_is_listed_with_its_options_and_a_wrong_option_is_named()
    {
        var list = await GranaryCall.RunAsync("broker", "list", "--plugins", Plugins);
        list.ExitCode.ShouldBe(0, list.Error);
        list.Output.ShouldContain("paper");
        list.Output.ShouldContain("practice");
        list.Output.ShouldContain("failEvery 0 (0…1000000)");
    }
}
