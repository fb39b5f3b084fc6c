using System.Globalization;
using System.Text;
using Granary.Backtesting.Analyze;
using Granary.Backtesting.Runs;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>What a user runs into in silence elsewhere is said as a note, with its count and its remedy.</summary>
public sealed class BatchNotesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-notes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Bars => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private async Task<RunModel> RunAsync(string strategy, string data = "\"timeframe\": \"1h\"", string more = "", string source = "",
        string name = "run", string symbols = "ACME")
    {
        var text = $$"""
            { "name": "notes", "data": { "source": "csv:{{(source.Length > 0 ? source : Bars)}}", "symbols": "{{symbols}}", {{data}} },
              "strategies": [ {{strategy}} ] {{more}} }
            """;
        var spec = new BatchReader(TestCatalogues.All).Read("notes.json", Encoding.UTF8.GetBytes(text), _folder);
        var runner = new BatchRunner(new EmbeddedHost(1), TimeProvider.System);
        return (await runner.RunAsync(spec, new BatchOptions { Out = Path.Combine(_folder, name), Validation = false })).Model;
    }

    private static RunNote Note(RunModel model, NoteCode code, string words)
    {
        var note = model.Notes.FirstOrDefault(n => n.Code == code && n.Sentence.Contains(words, StringComparison.Ordinal));
        return note.ShouldNotBeNull(string.Join("\n", model.Notes));
    }

    [Fact]
    public async Task Risk_percent_without_a_stop_says_that_every_entry_was_refused_for_its_stop()
    {
        var model = await RunAsync("""{ "class": "SmaCross", "params": { "fast": 5, "slow": 30 }, "size": { "riskPercent": 1 } }""");
        var refused = Note(model, NoteCode.EntriesRefused, "riskPercent needs a stop");
        refused.Count.ShouldBeGreaterThan(10);
        Note(model, NoteCode.NoTrades,
            FormattableString.Invariant($"{refused.Count:N0} without the stop that riskPercent needs")).Count.ShouldBe(1);
        model.Notes[0].Code.ShouldBe(NoteCode.NoTrades, "what made the run worthless comes first");
    }

    [Fact]
    public async Task A_record_of_fewer_than_thirty_returns_says_that_its_ratios_are_chance()
    {
        const string Holds = """{ "class": "BuyAndHold" }""";
        var few = await RunAsync(Holds, "\"timeframe\": \"1h\", \"from\": \"2022-02-01\", \"to\": \"2022-02-04\"", name: "few");
        Note(few, NoteCode.ShortRecord, "with fewer than 30");
        (await RunAsync(Holds, name: "many")).Notes.ShouldNotContain(n => n.Code == NoteCode.ShortRecord);
        // A curve of another program is no different.
        var curve = Path.Combine(_folder, "curve.csv");
        File.WriteAllText(curve, "date,equity\n2020-01-01,100\n2020-01-02,101\n2020-01-03,103\n");
        var analysis = AnalyzeCurve.Run(new AnalyzeRequest(curve));
        analysis.Notes.ShouldContain(n => n.Contains("only 2 returns"));
        CurveAnalysisJson.Write(analysis).ShouldContain("only 2 returns");
    }

    [Fact]
    public async Task A_size_above_the_equity_says_that_the_cash_did_not_pay_and_how_much_is_asked_for()
    {
        var model = await RunAsync("""{ "class": "SmaCross", "params": { "fast": 5, "slow": 30 }, "size": { "percentOfEquity": 950 } }""");
        Note(model, NoteCode.NoTrades, "refused for cash");
        Note(model, NoteCode.EntriesRefused, "percentOfEquity 950 asks for 9.5 times the equity");
    }

    [Fact]
    public async Task A_strategy_that_is_never_warm_says_how_many_bars_it_saw()
    {
        var model = await RunAsync("""{ "class": "SmaCross", "params": { "fast": 5, "slow": [30, 4000] } }""");
        Note(model, NoteCode.NoTrades, "1 of 2 strategies opened no trade: 1 never had a value of every factor").Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_fraction_where_percent_is_meant_gets_a_hint()
    {
        var model = await RunAsync(
            """
                { "class": "SmaCross", "params": { "fast": 5, "slow": 30 }, "size": { "percentOfEquity": 0.95 }, "stopLossPercent": 0.05 }
                """);
        Note(model, NoteCode.Suspicious, "size.percentOfEquity 0.95 is 0.95 %, not 95 %");
        Note(model, NoteCode.Suspicious, "stopLossPercent 0.05 is 0.05 %, not 5 %");
        var usual = await RunAsync(
            """{ "class": "SmaCross", "params": { "fast": 5, "slow": 30 }, "size": { "percentOfEquity": 95 }, "stopLossPercent": 5 }""",
            name: "usual");
        usual.Notes.ShouldNotContain(n => n.Code == NoteCode.Suspicious);
    }

    [Fact]
    public async Task A_fast_average_that_is_not_faster_is_counted_in_the_grid()
    {
        var model = await RunAsync("""{ "class": "SmaCross", "params": { "fast": [10, 30, 50], "slow": [30, 60] } }""");
        Note(model, NoteCode.Suspicious, "2 of 6 strategies have a fast average that is not faster").Count.ShouldBe(2);
    }

    [Fact]
    public async Task Bars_of_a_length_that_no_timeframe_has_are_a_finding_even_without_a_report()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "bars"));
        var rows = Enumerable.Range(0, 90).Where(i => i % 7 < 5)
            .Select(i => FormattableString.Invariant(
                $"{new DateTime(2020, 1, 6).AddDays(i):yyyy-MM-dd},{100 + i},{101 + i},{99 + i},{100 + i},1000"));
        await File.WriteAllLinesAsync(Path.Combine(_folder, "bars", "ACME.csv"), rows.Prepend("time,open,high,low,close,volume"));
        Directory.CreateDirectory(Path.Combine(_folder, "odd"));
        var odd = Enumerable.Range(0, 90).Select(i => FormattableString.Invariant(
            $"{new DateTime(2020, 1, 6).AddMinutes(45 * i):yyyy-MM-dd HH:mm},{100 + i},{101 + i},{99 + i},{100 + i},1000"));
        await File.WriteAllLinesAsync(Path.Combine(_folder, "odd", "ACME.csv"), odd.Prepend("time,open,high,low,close,volume"));
        var model = await RunAsync("""{ "class": "SmaCross", "params": { "fast": 5, "slow": 10 } }""",
            "\"timeframe\": \"30m\"", more: """, "outputs": ["results"]""", source: Path.Combine(_folder, "odd"));
        Note(model, NoteCode.DataFinding, "most bars are 45 min apart, but the batch says 30m");
        var daily = await RunAsync("""{ "class": "SmaCross", "params": { "fast": 5, "slow": 10 } }""", "\"timeframe\": \"1d\"",
            source: Path.Combine(_folder, "bars"), name: "daily");
        daily.Notes.ShouldNotContain(n => n.Code == NoteCode.DataFinding);
        Note(daily, NoteCode.FractionalShares, "are fractional, since no lot is set");
    }

    [Fact]
    public async Task The_volume_of_metatrader_is_said_to_count_ticks_and_an_empty_volume_beside_it_is_not_taken()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "mt"));
        var rows = Enumerable.Range(0, 60)
            .Select(i => string.Create(CultureInfo.InvariantCulture,
                $"{new DateTime(2020, 1, 1).AddHours(i):yyyy.MM.dd\tHH:mm:ss}\t{1 + i / 1e3}"
                    + $"\t{1.01 + i / 1e3}\t{0.99 + i / 1e3}\t{1 + i / 1e3}\t{70 + i}\t0\t12"));
        await File.WriteAllLinesAsync(Path.Combine(_folder, "mt", "ACME.csv"),
            rows.Prepend("<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>"));
        var model = await RunAsync("""{ "class": "SmaCross", "params": { "fast": 5, "slow": 10 } }""", source: Path.Combine(_folder, "mt"));
        Note(model, NoteCode.TickVolume, "counts price changes");
    }

    [Fact]
    public async Task A_batch_on_all_symbols_takes_those_inside_of_files_and_names_the_files_that_it_passed_over()
    {
        var folder = Path.Combine(_folder, "closes");
        Directory.CreateDirectory(folder);
        await File.WriteAllLinesAsync(Path.Combine(folder, "both.csv"), Enumerable.Range(0, 60).SelectMany(i => new[] { "ACME", "COIN" }
            .Select(symbol => FormattableString.Invariant($"{new DateTime(2020, 1, 1).AddDays(i):yyyy-MM-dd},{symbol},{100 + i % 9}")))
            .Prepend("date,symbol,close"));
        await File.WriteAllTextAsync(Path.Combine(folder, "readme.txt"), "Closes of two markets.\n");
        var model = await RunAsync("""{ "class": "SmaCross", "params": { "fast": 2, "slow": 3 } }""", "\"timeframe\": \"1d\"",
            source: folder, symbols: "*");
        model.Markets.Select(m => (m.Symbol, m.Bars)).ShouldBe([("ACME", 60L), ("COIN", 60)]);
        Note(model, NoteCode.DataFinding, "readme.txt is not a bar file and was skipped");
        Note(model, NoteCode.DataFinding, "The bars of ACME, COIN have one price each");
    }

    [Fact]
    public async Task A_second_run_into_a_folder_replaces_the_first_one_whole_and_says_so()
    {
        const string Strategy = """{ "class": "SmaCross", "params": { "fast": 5, "slow": 30 } }""";
        (await RunAsync(Strategy)).Notes.ShouldNotContain(n => n.Sentence.Contains("took the place", StringComparison.Ordinal));
        Directory.CreateDirectory(Path.Combine(_folder, "run", "state"));
        var second = await RunAsync(Strategy, more: """, "outputs": ["results"]""");
        Note(second, NoteCode.Output, "the run of 'notes' with the digest ");
        Directory.EnumerateFiles(Path.Combine(_folder, "run")).Select(Path.GetFileName).Order().ShouldBe(["manifest.json", "results.json"]);
        Directory.Exists(Path.Combine(_folder, "run", "state")).ShouldBeTrue("the journal of an account is no file of a run");
    }

    [Fact]
    public async Task Signals_and_factors_of_strategies_without_weight_are_left_out_unless_they_are_asked_for()
    {
        const string Strategies = """{ "class": "SmaCross", "params": { "fast": [5, 8], "slow": 30 }, "stopLossPercent": 2 }""";
        const string Weights = """, "portfolio": { "weights": { "SmaCross(fast=5,slow=30)@ACME:1h": 1 } }""";
        var some = await RunAsync(Strategies, more: Weights);
        var all = await RunAsync(Strategies, more: Weights + """, "outputs": "all" """, name: "all");
        all.Digest.ShouldBe(some.Digest);
        Note(some, NoteCode.Output, "leave out the 1 of 2 strategies without weight").Sentence.ShouldContain("\"outputs\": \"all\"");
        all.Notes.ShouldNotContain(n => n.Code == NoteCode.Output);
        foreach (var file in (string[])["signals.csv", "factors.csv"])
        {
            Ids("run", file).ShouldBe(["SmaCross(fast=5,slow=30)@ACME:1h"], file);
            Ids("all", file).ShouldBe(["SmaCross(fast=5,slow=30)@ACME:1h", "SmaCross(fast=8,slow=30)@ACME:1h"], file);
        }

        List<string> Ids(string run, string file) =>
            [.. File.ReadLines(Path.Combine(_folder, run, file)).Skip(1)
                .Select(l => l[..(l.IndexOf("1h", StringComparison.Ordinal) + 2)].TrimStart('"')).Distinct()];
    }

    [Fact]
    public async Task Days_that_no_symbol_has_are_reported_although_all_symbols_agree_and_known_closures_are_not()
    {
        // The week after 11 September 2001 and Thanksgiving are known; 16 and 17 October 2001 are not. B misses one day more, which A has.
        static bool IsClosed(DateTime d) =>
            d.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || d >= new DateTime(2001, 9, 11) && d <= new DateTime(2001, 9, 14)
            || d == new DateTime(2001, 11, 22) || d == new DateTime(2001, 7, 4) || d == new DateTime(2001, 9, 3);
        foreach (var symbol in (string[])["A", "B"])
        {
            var lines = new List<string> { "Date,Open,High,Low,Close,Volume" };
            for (var day = new DateTime(2001, 6, 1); day < new DateTime(2001, 12, 15); day = day.AddDays(1))
            {
                if (IsClosed(day) || day == new DateTime(2001, 10, 16) || day == new DateTime(2001, 10, 17)
                    || symbol == "B" && day == new DateTime(2001, 8, 8)) continue;
                lines.Add(FormattableString.Invariant($"{day:yyyy-MM-dd},{10 + day.DayOfYear % 7},20,5,{10 + day.DayOfYear % 5},100"));
            }
            File.WriteAllLines(Path.Combine(_folder, symbol + ".csv"), lines);
        }
        var spec = new BatchReader(TestCatalogues.All).Read("notes.json", Encoding.UTF8.GetBytes($$"""
            { "name": "notes", "data": { "source": "csv:{{_folder}}", "symbols": ["A", "B"], "timeframe": "1d" }, "strategies":
              [ { "class": "SmaCross", "params": { "fast": 3, "slow": 5 } } ] }
            """), _folder);
        var model = (await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "gaps"), Validation = false })).Model;
        var note = Note(model, NoteCode.DataFinding, "No symbol has bars on");
        note.Sentence.ShouldContain("No symbol has bars on 2001-10-16, 2001-10-17: a market holiday, or missing data.");
        note.Count.ShouldBe(2);
    }
}
