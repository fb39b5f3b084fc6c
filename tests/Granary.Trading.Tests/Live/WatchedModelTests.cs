using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Gating;
using Granary.Modelling.Learning;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>A watched model decides in a session as in the backtest of the same bars.</summary>
public sealed class WatchedModelTests : IDisposable
{
    private const int Count = 3600, Flip = 2000, Wild = 3400;

    private static readonly DateTime s_start = new(2022, 1, 3, 0, 0, 0, DateTimeKind.Utc);
    private readonly SessionUnderTest _under = new();

    private string Data => Path.Combine(_under.Folder, "data");

    private static string Day(int bars) => s_start.AddHours(bars).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // Moves go on until the flip and turn back after it; the last bars move five times as far.
    private void WriteBars()
    {
        var random = new PortableRandom(3);
        var (price, direction, lines) = (100.0, 1, new List<string> { "time,open,high,low,close,volume" });
        for (var i = 0; i < Count; i++)
        {
            if (random.NextDouble() > (i < Flip ? 0.75 : 0.2)) direction = -direction;
            var open = price;
            price = Math.Round(open * Math.Exp(direction * (i < Wild ? 0.002 : 0.01) * (0.5 + random.NextDouble())), 4);
            lines.Add(string.Create(CultureInfo.InvariantCulture,
                $"{s_start.AddHours(i):yyyy-MM-ddTHH:mm:ssZ},{open},{Math.Max(open, price)},{Math.Min(open, price)},{price},1000"));
        }
        Directory.CreateDirectory(Data);
        File.WriteAllLines(Path.Combine(Data, "FLIP.csv"), lines);
    }

    public void Dispose() => _under.Dispose();

    [Fact]
    public async Task Cuts_roll_backs_and_abstentions_of_a_session_are_those_of_the_backtest()
    {
        WriteBars();
        BatchSpec Learned(int bars) => new BatchReader(TestCatalogues.All).Read("learned.json", Encoding.UTF8.GetBytes($$"""
            { "name": "learned", "data": { "source": "csv:{{Data}}", "symbols": ["FLIP"], "timeframe": "1h", "to": "{{Day(bars)}}" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 1, "slow": [2, 3] }, "sides": "both",
                "size": { "cash": 10000 } } ], "portfolio": { "weights": "equal" },
              "learning": { "trainer": "logistic", "features": ["return(1)", "volatility(20)"],
                "label": { "kind": "direction", "bars": 1 }, "apply": { "rule": "veto", "below": 0.45 },
                "watch": { "detector": "adwin", "weight": 0.5, "review": 30 }, "abstain": true } }
            """), _under.Folder);
        await _under.RunAsync(Learned(816), "older");
        var newer = await _under.RunAsync(Learned(1008), "newer");
        var prod = JsonNode.Parse(File.ReadAllText(Path.Combine(newer.Folder, "prod.json")))!;
        prod["data"]!["from"] = Day(1008);
        prod["data"]!["to"] = Day(Count);
        var path = Path.Combine(_under.Folder, "prod.json");
        File.WriteAllText(path, prod.ToJsonString());

        // The newer version judges, the older one is there for a roll-back; both cross a wire with the rule.
        var loaded = (EntryModel)ModelReference.Parse(prod["models"]!.ToJsonString(), new Place("/")).Values.Single()
            .Load(TestCatalogues.All);
        loaded.Windows.Select(w => w.Number).ShouldBe([1, 2]);
        var sent = EntryModelFile.FromBytes(EntryModelFile.ToBytes(loaded), TestCatalogues.All);
        sent.Windows.Select(w => (w.Number, w.From)).ShouldBe(loaded.Windows.Select(w => (w.Number, w.From)));
        (sent.Watch!.Detector, sent.Watch.Weight, sent.Watch.Review, sent.Watch.RollsBack).ShouldBe(("adwin", 0.5, 30, true));

        var backtest = await _under.RunAsync(new BatchReader(TestCatalogues.All).Read(path), "planned");
        Task<LiveRun> LiveAsync(string name, int to, string? state = null) => _under.LiveAsync(backtest, name, r => r with
        {
            Production = path,
            Feed = Address.Parse("csv:" + Data),
            From = s_start.AddHours(1008).Ticks,
            To = s_start.AddHours(to).Ticks,
            State = state,
        });
        var live = await LiveAsync("live", Count);

        var results = backtest.Model.Section<ModelResults>().ShouldNotBeNull();
        results.Actions.ShouldContain(a => a.Action == "alert" && a.Weight == 0.5);
        results.Strategies.SelectMany(s => s.Changes).ShouldContain(v => v.Change == EntryChange.Abstained && v.Entries > 0);
        results.Strategies.SelectMany(s => s.Changes).ShouldContain(v => v.Change == EntryChange.Reduced && v.Entries > 0);
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        foreach (var file in new[] { ModelTables.Log + ".csv", ModelTables.Decisions + ".csv" })
            File.ReadAllText(Path.Combine(live.Run.Folder, file)).ShouldBe(File.ReadAllText(Path.Combine(backtest.Folder, file)), file);

        // Cut while a version is rolled back and the weight is reduced, it continues as if it had not been.
        var account = Path.Combine(_under.Folder, "account");
        foreach (var cut in (int[])[1500, 2300, 3000]) await LiveAsync($"until {cut}", cut, account);
        var again = await LiveAsync("again", Count, account);
        again.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        foreach (var file in new[] { ModelTables.Log + ".csv", ModelTables.Decisions + ".csv" })
            File.ReadAllText(Path.Combine(again.Run.Folder, file)).ShouldBe(File.ReadAllText(Path.Combine(backtest.Folder, file)), file);

        CheckJournal(account, results);
    }

    // A journal has each change once, as the run's own log that is made at the end.
    private static void CheckJournal(string account, ModelResults results)
    {
        var found = FileJournal.Peek(account, new JournalQuery()).Select(JournalCodec.Decode).OfType<ModelWatched>().ToList();
        found.Count(f => f.IsWorse).ShouldBeGreaterThan(0);
        found.Select(f => (FactTime.Of(f.Timestamp, Timeframe.H1), f.Strategy, f.IsWorse ? "alert" : "restored",
                f.Weight, f.Before, f.After, f.Trades)).Order()
            .ShouldBe(results.Actions.Where(a => a.Action is "alert" or "restored")
                .Select(a => (a.Time.Ticks, a.Strategy, a.Action, a.Weight!.Value, a.Before!.Value, a.After!.Value, a.Trades)).Order());
        found.ShouldAllBe(f => f.Symbol == "FLIP");
        foreach (var strategy in found.GroupBy(f => f.Strategy))
        {
            var isCut = false;
            foreach (var f in strategy)
            {
                f.IsFurther.ShouldBe(f.IsWorse && isCut, "an alert while entries are reduced enters no other state");
                isCut = f.IsWorse;
            }
        }
    }

    [Fact]
    public async Task A_version_expires_in_a_session_as_in_the_backtest()
    {
        WriteBars();
        var batch = new BatchReader(TestCatalogues.All).Read("retrained.json", Encoding.UTF8.GetBytes($$"""
            { "name": "retrained", "data": { "source": "csv:{{Data}}", "symbols": ["FLIP"], "timeframe": "1h", "to": "{{Day(1008)}}" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 1, "slow": 2 }, "sides": "both", "size": { "cash": 10000 } } ],
              "portfolio": { "weights": "equal" },
              "learning": { "trainer": "logistic", "features": ["return(1)"], "label": { "kind": "direction", "bars": 1 },
                "walkForward": { "train": 200, "test": 50 }, "apply": { "rule": "veto", "below": 0.45 },
                "retrain": { "days": 7, "expire": { "days": 60 } } } }
            """), _under.Folder);
        var learned = await _under.RunAsync(batch, "learned");
        var prod = JsonNode.Parse(File.ReadAllText(Path.Combine(learned.Folder, "prod.json")))!;
        var expires = prod["models"]!.AsObject().Single().Value!["expires"]!.GetValue<DateTime>();
        var training = learned.Model.Section<ModelResults>()!.Actions.Last(a => a.Action == "promoted");
        expires.ShouldBe(training.Time.AddDays(60));
        prod["data"]!["from"] = Day(1008);
        prod["data"]!["to"] = Day(2400);
        var path = Path.Combine(_under.Folder, "prod.json");
        File.WriteAllText(path, prod.ToJsonString());
        var backtest = await _under.RunAsync(new BatchReader(TestCatalogues.All).Read(path), "planned");
        var live = await _under.LiveAsync(backtest, "live", r => r with
        {
            Production = path,
            Feed = Address.Parse("csv:" + Data),
            From = s_start.AddHours(1008).Ticks,
            To = s_start.AddHours(2400).Ticks,
        });
        live.Run.Model.Section<ModelResults>()!.Strategies.SelectMany(s => s.Changes)
            .ShouldContain(v => v.Change == EntryChange.Expired && v.Entries > 20);
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
    }

    [Theory]
    [InlineData("bars", 1100)]
    [InlineData("trades", 330)]
    public async Task A_session_goes_on_counting_the_bars_and_trades_by_which_a_version_expires(string unit, int most)
    {
        WriteBars();
        var batch = new BatchReader(TestCatalogues.All).Read("retrained.json", Encoding.UTF8.GetBytes($$"""
            { "name": "retrained", "data": { "source": "csv:{{Data}}", "symbols": ["FLIP"], "timeframe": "1h", "to": "{{Day(1008)}}" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 1, "slow": 2 }, "sides": "both", "size": { "cash": 10000 } } ],
              "portfolio": { "weights": "equal" },
              "learning": { "trainer": "logistic", "features": ["return(1)"], "label": { "kind": "direction", "bars": 1 },
                "walkForward": { "train": 200, "test": 50 }, "apply": { "rule": "veto", "below": 0.45 },
                "retrain": { "days": 7, "expire": { "{{unit}}": {{most}} } } } }
            """), _under.Folder);
        var learned = await _under.RunAsync(batch, "learned");
        var prod = Path.Combine(learned.Folder, "prod.json");
        var model = JsonNode.Parse(File.ReadAllText(prod))!["models"]!.AsObject().Single().Value!;
        model["expires"].ShouldBeNull("it has not been reached when the configuration is written");

        // What the configuration has counted: the bars have no gaps, and the trades are those of the strategy's own account.
        var trained = learned.Model.Section<ModelResults>()!.Actions.Last(a => a.Action == "promoted").Time;
        var closings = Closings(learned.Folder).Where(t => t > trained).ToList();
        var age = model["age"]!;
        age["at"]!.GetValue<DateTime>().ShouldBe(s_start.AddHours(1008));
        age["bars"]!.GetValue<int>().ShouldBe((int)(s_start.AddHours(1008) - trained).TotalHours);
        age["trades"]!.GetValue<int>().ShouldBe(closings.Count);

        Task<LiveRun> LiveAsync(string name, int to, string? state = null) => _under.LiveAsync(learned, name, r => r with
        {
            Production = prod,
            Feed = Address.Parse("csv:" + Data),
            From = s_start.AddHours(1008).Ticks,
            To = s_start.AddHours(to).Ticks,
            State = state is null ? null : Path.Combine(_under.Folder, state),
        });
        var live = await LiveAsync("live", 2400);
        live.Against!.IsSame.ShouldBeTrue();
        var left = most - age[unit]!.GetValue<int>();
        var expiry = unit == "bars" ? s_start.AddHours(1008 + left)
            : Closings(live.Run.Folder).Where(t => t > s_start.AddHours(1008)).ElementAt(left - 1);
        var judged = Column(live.Run.Folder, "signals.csv", "time").Zip(Column(live.Run.Folder, "signals.csv", "model_size"))
            .Where(s => s.Second.Length > 0).ToLookup(s => At(s.First).AddHours(1) >= expiry, s => s.Second);
        judged[true].Count().ShouldBeGreaterThan(50);
        judged[true].ShouldAllBe(size => size == "0");
        judged[false].Count(s => s == "1").ShouldBeGreaterThan(20);
        live.Run.Model.Section<ModelResults>()!.Strategies.SelectMany(s => s.Changes)
            .ShouldContain(v => v.Change == EntryChange.Expired && v.Entries > 50);
        live.Status.Notes.Count(n => n.Contains(" has expired (more than its ", StringComparison.Ordinal)).ShouldBe(1);

        // One that is started again has counted what its journal has.
        foreach (var cut in (int[])[1500, 2000]) await LiveAsync($"until {cut}", cut, "account");
        var again = await LiveAsync("again", 2400, "account");
        again.Run.Model.Digest.ShouldBe(live.Run.Model.Digest);
    }

    private static DateTime At(string time) => DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    // When the closed trades of a strategy's own account were known, in order.
    private static IEnumerable<DateTime> Closings(string run) => Column(run, "trades.csv", "exit_time")
        .Zip(Column(run, "trades.csv", "exit_reason")).Where(t => t.Second != "open").Select(t => At(t.First).AddHours(1)).Order();

    // Counted from the end of each row: ids of strategies have commas.
    private static List<string> Column(string run, string file, string name)
    {
        var rows = File.ReadAllLines(Path.Combine(run, file)).Select(l => l.Split(',')).ToList();
        var fromEnd = rows[0].Length - Array.IndexOf(rows[0], name);
        return [.. rows.Skip(1).Select(r => r[^fromEnd])];
    }

    [Fact]
    public async Task A_session_puts_versions_in_force_that_were_promoted_since_and_goes_on_with_them()
    {
        WriteBars();
        BatchSpec Learned(int bars) => new BatchReader(TestCatalogues.All).Read("retrained.json", Encoding.UTF8.GetBytes($$"""
            { "name": "retrained", "data": { "source": "csv:{{Data}}", "symbols": ["FLIP"], "timeframe": "1h", "to": "{{Day(bars)}}" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 1, "slow": [2, 3] }, "sides": "both",
                "size": { "cash": 10000 } } ], "portfolio": { "weights": "equal" },
              "learning": { "trainer": "logistic", "features": ["return(1)"], "label": { "kind": "direction", "bars": 1 },
                "walkForward": { "window": "rolling", "train": 200, "test": 60 }, "apply": { "rule": "veto", "below": 0.45 },
                "retrain": { "days": 7, "expire": { "bars": 400 } } } }
            """), _under.Folder);
        var learned = await _under.RunAsync(Learned(1008), "learned");
        var prod = Path.Combine(learned.Folder, "prod.json");
        JsonNode.Parse(File.ReadAllText(prod))!["models"]!.AsObject().ShouldAllBe(m =>
            m.Value!["refresh"]!["every"]!.GetValue<string>() == "7d");
        // Another process trains over longer data, and promotes.
        var later = await _under.RunAsync(Learned(2880), "later");
        Func<LiveRequest, LiveRequest> To(int bars, string state) => r => r with
        {
            Production = prod,
            Feed = Address.Parse("csv:" + Data),
            From = s_start.AddHours(1008).Ticks,
            To = s_start.AddHours(bars).Ticks,
            State = Path.Combine(_under.Folder, state),
        };
        var whole = await _under.LiveAsync(learned, "whole", To(3400, "whole-state"));
        whole.Status.Notes.Count(n => n.Contains(" in force from the bar after ", StringComparison.Ordinal)).ShouldBe(2);
        whole.Against!.IsSame.ShouldBeTrue();
        // The bars before the session warm up, from before any version was trained.
        var versions = Column(whole.Run.Folder, "signals.csv", "time").Zip(Column(whole.Run.Folder, "signals.csv", "model_version"))
            .ToLookup(s => At(s.First) >= s_start.AddHours(1008), s => s.Second);
        versions[true].Distinct().Order().ShouldBe(["1", "2"]);
        // The newer version is as old as its registry says, and expires in the session too.
        foreach (var strategy in later.Model.Strategies)
        {
            var trained = later.Model.Section<ModelResults>()!.Actions.Last(a => a.Action == "promoted" && a.Strategy == strategy.Id).Time;
            const string Reason = ":2 has expired (more than its 400 bars since its training, at the entry of ";
            var note = whole.Status.Notes.Single(n => n.Contains(Reason, StringComparison.Ordinal)
                && n.Contains($"): {strategy.Id} enters no trades", StringComparison.Ordinal));
            var entry = At(note.Split(Reason)[1].Split("): ")[0]);
            entry.ShouldBeInRange(trained.AddHours(400), trained.AddHours(424), "a strategy enters several times a day");
        }

        // A session that is started again has its past by the versions of its journal, whatever is promoted now.
        await _under.LiveAsync(learned, "begun", To(3000, "state"));
        var registry = Path.Combine(_under.Folder, "models");
        foreach (var pointer in Directory.GetFiles(registry, "current.json", SearchOption.AllDirectories)) File.Delete(pointer);
        var continued = await _under.LiveAsync(learned, "continued", To(3400, "state"));
        continued.Against!.IsSame.ShouldBeTrue();
        continued.Run.Model.Digest.ShouldBe(whole.Run.Model.Digest);
    }
}
