using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Granary.Backtesting.FactorStudies;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Validation;

namespace Granary.Backtesting.Tests.FactorStudies;

public sealed class FactorStudyRunTests : IDisposable
{
    private const int Symbols = 12, Dates = 150;

    private static readonly GranaryCatalogues s_known = GranaryCataloguesBuilder.CreateDefault().Build();

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-study").FullName;

    public FactorStudyRunTests()
    {
        for (var s = 0; s < Symbols; s++) Write(s, Dates);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Returns that reverse: a fall follows a rise.
    private void Write(int symbol, int dates)
    {
        var random = new Random(100 + symbol);
        var (text, close, last) = (new StringBuilder("time,open,high,low,close,volume\n"), 100.0, 0.0);
        for (var d = 0; d < dates; d++)
        {
            last = 0.02 * (random.NextDouble() - 0.5) - 0.6 * last;
            var (open, time) = (close, new DateTime(2021, 1, 1).AddDays(d));
            close *= 1 + last;
            text.Append(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd},{open:F4},{Math.Max(open, close) + 1:F4},")
                .Append(CultureInfo.InvariantCulture, $"{Math.Min(open, close) - 1:F4},{close:F4},1000\n");
        }
        File.WriteAllText(Path.Combine(_folder, $"S{symbol:00}.csv"), text.ToString());
    }

    private FactorStudySpec Spec(string keys = "", string factors = "\"roc(1)\", \"rsi(5)\"", string symbols = "\"*\"") =>
        FactorStudySpec.Read("study.json", Encoding.UTF8.GetBytes($$"""
            { "data": { "source": "csv:.", "symbols": {{symbols}}, "timeframe": "1d" }, "factors": [{{factors}}]{{keys}} }
            """), _folder, s_known);

    private static async Task<FactorStudyResults> RunAsync(FactorStudySpec spec, int threads = 2, TrialLedger? ledger = null) =>
        (await new FactorStudyRun(threads, ledger).RunAsync(spec, null, TestContext.Current.CancellationToken)).Results;

    private async Task<string> FaultAsync(Func<FactorStudySpec> spec) =>
        (await Should.ThrowAsync<InputException>(async () => await RunAsync(spec()))).Message;

    // Contracts without a common day: the first ends at 50 after 100, the second begins at 400.
    [Fact]
    public async Task The_return_of_a_contract_that_ends_without_a_next_one_is_until_its_last_close()
    {
        void Contract(string name, int from, int to, double price) => File.WriteAllLines(Path.Combine(_folder, name + ".csv"),
            ["time,open,high,low,close,volume", .. Enumerable.Range(from, to - from).Select(d => string.Create(CultureInfo.InvariantCulture,
                $"{new DateTime(2021, 1, 1).AddDays(d):yyyy-MM-dd},{price},{price},{price / 2},{(d == to - 1 ? price / 2 : price)},1"))]);
        Contract("ZZH21", 0, 60, 100);
        Contract("ZZM21", 60, 120, 400);
        File.WriteAllText(Path.Combine(_folder, "x.tsv"), "contract,expiry\nZZH21,2021-03-01\nZZM21,2021-04-30\n");
        var spec = FactorStudySpec.Read("study.json", Encoding.UTF8.GetBytes("""
            { "data": { "source": "csv:.", "symbols": "*", "timeframe": "1d",
                "instruments": { "ZZ": { "chain": { "contracts": "ZZ*", "expiries": "x.tsv" } } } }, "factors": ["roc(1)"] }
            """), _folder, s_known);
        await using var reader = new PanelReader(spec, 2);
        var panel = await reader.ReadAsync(null, TestContext.Current.CancellationToken);
        var zz = reader.Symbols.ToList().IndexOf("ZZ");
        (panel.ForwardReturn(zz, 57, 1), panel.ForwardReturn(zz, 57, 10)).ShouldBe((0, -0.5));
        panel.ForwardReturn(zz, 59, 1).ShouldBe(double.NaN);
        panel.ForwardReturn(zz, 60, 10).ShouldBe(0);
        panel.Value(0, zz, 60).ShouldBe(double.NaN);
    }

    [Fact]
    public async Task Returns_that_reverse_are_a_discovery_of_the_last_return()
    {
        var study = await RunAsync(Spec(", \"horizons\": [1]"));
        study.Factors[0].Horizons[0].Ic.Mean.ShouldNotBeNull().ShouldBeLessThan(-0.3);
        study.Factors[0].Horizons[0].IsDiscovery.ShouldBeTrue();
        study.Tests.ShouldBe(2);
    }

    [Fact]
    public async Task The_digest_does_not_depend_on_threads_or_on_earlier_studies()
    {
        var ledger = new TrialLedger(Path.Combine(_folder, ".trials"));
        var first = await RunAsync(Spec(), 1, ledger);
        for (var threads = 2; threads <= 3; threads++)
        {
            var again = await RunAsync(Spec(), threads, ledger);
            again.Digest.ShouldBe(first.Digest);
            FactorStudyJson.Write(again).ShouldBe(FactorStudyJson.Write(first));
        }
    }

    [Fact]
    public async Task A_factor_counts_as_one_trial_however_often_it_is_studied()
    {
        var ledger = new TrialLedger(Path.Combine(_folder, ".trials"));
        (await RunAsync(Spec(), ledger: ledger)).Trials!.All.ShouldBe(2);
        // Other horizons, another spelling and another level are the same factors.
        (await RunAsync(Spec(", \"horizons\": [2], \"level\": 0.05", "\"roc( 1 )\""), ledger: ledger)).Trials!.All.ShouldBe(2);
        (await RunAsync(Spec("", "\"cci(10)\""), ledger: ledger)).Trials!.All.ShouldBe(3);
    }

    [Fact]
    public async Task Files_are_whole_and_read_back()
    {
        var study = await new FactorStudyRun(2, null).RunAsync(Spec(), null, TestContext.Current.CancellationToken);
        var (results, folder) = (study.Results, Path.Combine(_folder, "out"));
        FactorStudyFiles.Write(folder, study);
        Directory.GetFiles(folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal).ShouldBe(["decay.csv", "factors.csv",
            "quantiles.csv", "series.csv", "study.html", "study.json"]);
        FactorStudyJson.Write(FactorStudyJson.Read(folder)).ShouldBe(FactorStudyJson.Write(results));
        File.WriteAllText(Path.Combine(folder, "study.json"), "{");
        Should.Throw<InputException>(() => FactorStudyJson.Read(folder)).Message.ShouldContain("run the study again");
    }

    [Fact]
    public async Task A_cancelled_study_ends()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => new FactorStudyRun(2, null).RunAsync(Spec(), null, stop.Token));
    }

    private sealed class Stopping(CancellationTokenSource stop, string stage) : IProgress<string>
    {
        public void Report(string value)
        {
            if (value.StartsWith(stage, StringComparison.Ordinal)) stop.Cancel();
        }
    }

    [Theory]
    [InlineData("5 of 12")]
    [InlineData("roc(1)")]
    [InlineData("rsi(5)")]
    public async Task A_study_that_is_cancelled_in_the_middle_counts_no_trial_and_writes_nothing(string stage)
    {
        using var stop = new CancellationTokenSource();
        var ledger = new TrialLedger(Path.Combine(_folder, ".trials"));
        var before = Directory.GetFileSystemEntries(_folder);
        await Should.ThrowAsync<OperationCanceledException>(() =>
            new FactorStudyRun(2, ledger).RunAsync(Spec(), new Stopping(stop, stage), stop.Token));
        Directory.GetFileSystemEntries(_folder).ShouldBe(before, ignoreOrder: true);
        (await RunAsync(Spec(), ledger: ledger)).Trials!.All.ShouldBe(2);
    }

    // Adds a column of its own to the bars: the next close less the close.
    private void WriteScores()
    {
        foreach (var path in Directory.GetFiles(_folder, "S*.csv"))
        {
            var lines = File.ReadAllLines(path);
            File.WriteAllLines(path, lines.Select((line, i) => i == 0 ? line + ",score" : line + ","
                + (i + 1 < lines.Length ? (Close(lines[i + 1]) - Close(line)).ToString("R", CultureInfo.InvariantCulture) : "")));
        }

        static double Close(string line) => double.Parse(line.Split(',')[4], CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_column_of_the_bars_is_a_factor()
    {
        WriteScores();
        var study = await new FactorStudyRun(2, null).RunAsync(Spec(", \"horizons\": [1]", "\"column(score)\""), null,
            TestContext.Current.CancellationToken);
        // All prices are near 100, so that differences and returns have nearly the same ranks.
        study.Results.Factors[0].Horizons[0].Ic.Mean.ShouldNotBeNull().ShouldBeGreaterThan(0.9);
        var line = File.ReadAllLines(Path.Combine(_folder, "S04.csv"))[18].Split(',');
        study.Panel.Value(0, 4, 17).ShouldBe(double.Parse(line[^1], CultureInfo.InvariantCulture));
        Matches(await FaultAsync(() => Spec("", "\"column(scor)\"")),
            "study.json, line 1, data.source: *no column 'scor'; did you mean 'score'?");
    }

    [Fact]
    public async Task A_slower_series_is_a_factor_from_its_publication_on()
    {
        var others = Directory.CreateDirectory(Path.Combine(_folder, "slow")).FullName;
        var rows = from week in Enumerable.Range(0, 20)
                   from s in Enumerable.Range(0, Symbols)
                   select FormattableString.Invariant(
                       $"{new DateTime(2021, 1, 2).AddDays(7 * week):yyyy-MM-dd},S{s:00},{(s * 7 + week * 5) % 12}");
        File.WriteAllLines(Path.Combine(others, "scores.csv"), ["time,symbol,score", .. rows]);
        var spec = FactorStudySpec.Read("study.json", Encoding.UTF8.GetBytes("""
            { "data": { "source": "csv:.", "symbols": "*", "timeframe": "1d",
                "asof": [ { "file": "slow/scores.csv", "columns": ["score"], "delay": "1d" } ] },
              "factors": ["column(score)"], "horizons": [1] }
            """), _folder, s_known);
        var study = await new FactorStudyRun(2, null).RunAsync(spec, null, TestContext.Current.CancellationToken);
        // The first score is of 2 January, known at the end of that day and published a day later, when the bar of the 3rd closes.
        study.Panel.Value(0, 3, 1).ShouldBe(double.NaN);
        study.Panel.Value(0, 3, 2).ShouldBe(21 % 12);
        study.Panel.Value(0, 3, 8).ShouldBe(21 % 12);
        study.Panel.Value(0, 3, 9).ShouldBe(26 % 12);
    }

    private const string Members = "\"universe\": { \"members\": \"members/members.csv\" }";

    private void WriteMembers(params string[] rows)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "members"));
        File.WriteAllLines(Path.Combine(_folder, "members", "members.csv"), ["symbol,from,to", .. rows]);
    }

    [Fact]
    public async Task Only_members_count_on_each_date()
    {
        WriteMembers([.. Enumerable.Range(0, 11).Select(s => s == 2 ? "S02,2021-02-01,2021-03-01" : $"S{s:00},,"), "GONE,,"]);
        var study = await new FactorStudyRun(2, null).RunAsync(Spec($", \"horizons\": [1], {Members}", "\"roc(1)\""), null,
            TestContext.Current.CancellationToken);
        var all = await new FactorStudyRun(2, null).RunAsync(Spec(", \"horizons\": [1]", "\"roc(1)\""), null,
            TestContext.Current.CancellationToken);
        // S11 is never a member, so that "*" does not stand for it.
        study.Panel.Symbols.Select(s => s.Name).ShouldBe(Enumerable.Range(0, 11).Select(s => $"S{s:00}"));
        var closes = study.Panel.Times.Select(t => new DateTime(t).AddDays(1)).ToList();
        for (var s = 0; s < 11; s++)
            for (var d = 0; d < closes.Count; d++)
            {
                var isMember = s != 2 || closes[d] >= new DateTime(2021, 2, 1) && closes[d] < new DateTime(2021, 3, 1);
                study.Panel.Value(0, s, d).ShouldBe(isMember ? all.Panel.Value(0, s, d) : double.NaN);
                study.Panel.ForwardReturn(s, d, 1).ShouldBe(all.Panel.ForwardReturn(s, d, 1));
            }
        study.Results.Factors[0].MeanSymbols.ShouldNotBeNull().ShouldBeInRange(10.1, 10.3);
        study.Results.Notes.ShouldContain(n => n.Contains("does not have 1 member of the universe: GONE", StringComparison.Ordinal));
        study.Results.Digest.ShouldNotBe(all.Results.Digest);
    }

    [Fact]
    public async Task Members_by_rank_are_those_of_the_period_before()
    {
        var universe = ", \"horizons\": [1], \"universe\": { \"rank\": \"-roc(1)\", \"top\": 10, \"every\": \"1w\" }";
        var study = await new FactorStudyRun(2, null).RunAsync(Spec(universe, "\"roc(1)\""), null, TestContext.Current.CancellationToken);
        var all = (await new FactorStudyRun(2, null).RunAsync(Spec(", \"horizons\": [1]", "\"roc(1)\""), null,
            TestContext.Current.CancellationToken)).Panel;
        var compared = 0;
        for (var d = 10; d < all.Times.Length; d++)
        {
            // The last bar that closed at a Monday's midnight, and this bar's own close counts too.
            var ranked = d;
            while (new DateTime(all.Times[ranked]).AddDays(1).DayOfWeek != DayOfWeek.Monday) ranked--;
            var members = Enumerable.Range(0, Symbols).OrderBy(s => all.Value(0, s, ranked)).Take(10).ToHashSet();
            for (var s = 0; s < Symbols; s++)
                study.Panel.Value(0, s, d).ShouldBe(members.Contains(s) ? all.Value(0, s, d) : double.NaN, $"{s} on {d}");
            compared++;
        }
        compared.ShouldBeGreaterThan(100);
        for (var threads = 1; threads <= 3; threads += 2)
            (await RunAsync(Spec(universe, "\"roc(1)\""), threads)).Digest.ShouldBe(study.Results.Digest);
    }

    [Fact]
    public async Task Another_universe_is_another_trial()
    {
        var ledger = new TrialLedger(Path.Combine(_folder, ".trials"));
        WriteMembers([.. Enumerable.Range(0, 12).Select(s => $"S{s:00},,")]);
        (await RunAsync(Spec(), ledger: ledger)).Trials!.All.ShouldBe(2);
        (await RunAsync(Spec($", {Members}"), ledger: ledger)).Trials!.All.ShouldBe(4);
        (await RunAsync(Spec($", {Members}"), ledger: ledger)).Trials!.All.ShouldBe(4);
    }

    [Theory]
    [InlineData("\"members\": \"none.csv\"", "study.json, line 1, universe.members: *none.csv*")]
    [InlineData("\"rank\": \"momentom(3)\", \"top\": 10", "study.json, line 1, universe.rank: *did you mean 'momentum'?")]
    [InlineData("\"rank\": \"roc(3)\"", "study.json, line 1, universe: 'top' is missing*")]
    [InlineData("\"rank\": \"roc(3)\", \"top\": 5", "roc(1): no date has 10 symbols*the most are 5*")]
    public async Task A_wrong_universe_is_refused_with_place_and_remedy(string keys, string sentence) =>
        Matches(await FaultAsync(() => Spec($", \"universe\": {{ {keys} }}", "\"roc(1)\"")), sentence);

    [Fact]
    public async Task Bars_before_the_first_date_warm_up_the_factors()
    {
        FactorStudySpec Late(string warmUp) => FactorStudySpec.Read("study.json", Encoding.UTF8.GetBytes($$"""
            { "data": { "source": "csv:.", "symbols": "*", "timeframe": "1d", "from": "2021-03-01"{{warmUp}} }, "factors": ["roc(20)"],
              "horizons": [1] }
            """), _folder, s_known);
        var (warm, cold) = (await RunAsync(Late("")), await RunAsync(Late(", \"warmUp\": false")));
        warm.From.ShouldBe(new DateTime(2021, 3, 1));
        (warm.Factors[0].Dates - cold.Factors[0].Dates).ShouldBe(20);
    }

    [Theory]
    [InlineData("", "\"momentom(5)\"", "study.json, line 1, factors[0]: *'momentom'*did you mean 'momentum'?")]
    [InlineData("", "\"roc(1)\", \"roc(01)\"", "study.json, line 1, factors[1]: the factor roc(1) is named twice*")]
    [InlineData("", "\"roc(0)\"", "*factors[0]: *roc(0)*")]
    [InlineData(", \"horizons\": [5, 1]", "\"roc(1)\"", "*horizons[1]: the horizon 1 follows 5*")]
    [InlineData(", \"horizons\": [0]", "\"roc(1)\"", "*horizons[0]: 0 is out of range*")]
    [InlineData(", \"horizons\": []", "\"roc(1)\"", "*horizons: no horizon is named*")]
    [InlineData(", \"horizons\": [150]", "\"roc(1)\"", "*150 dates*the longest horizon is 150 bars; name a shorter horizon*")]
    [InlineData(", \"quantiles\": 7", "\"roc(1)\"", "*12 symbols are too few for 7 quantiles*at least 14, or ask for 6 quantiles")]
    [InlineData(", \"quantiles\": 1", "\"roc(1)\"", "*quantiles: 1 is out of range: 2 … 20*")]
    [InlineData(", \"price\": \"open\"", "\"roc(1)\"", "*price: 'open' is not understood*")]
    [InlineData(", \"groupNeutral\": true", "\"roc(1)\"", "*groupNeutral: there are no groups*")]
    [InlineData(", \"group\": \"none.csv\"", "\"roc(1)\"", "*none.csv does not exist; give a CSV file*")]
    [InlineData("", "\"roc(149)\"", "roc(149): it has no value before the last 20 bars*")]
    [InlineData("", "\"beta(NONE,20)\"", "study.json, line 1, data.source: *NONE*")]
    public async Task Wrong_requests_are_refused_with_place_and_remedy(string keys, string factors, string sentence) =>
        Matches(await FaultAsync(() => Spec(keys, factors)), sentence);

    [Theory]
    [InlineData("", "groups.csv is empty; its first line has to be: symbol,group")]
    [InlineData("symbol,group\n", "groups.csv has no groups*")]
    [InlineData("name,group\nS00,A\n", "groups.csv, line 1: there is no column 'symbol'*")]
    [InlineData("symbol,group,group\nS00,A,B\n", "groups.csv, line 1: the header names 'group' twice*")]
    [InlineData("symbol,group\nS00,A\nS01\n", "groups.csv, line 3: the line has 1 fields and the header 2*")]
    [InlineData("symbol,group\nS00,\n", "groups.csv, line 2, group: the group is missing*")]
    [InlineData("symbol,group\n,A\n", "groups.csv, line 2, symbol: the symbol is missing*")]
    [InlineData("symbol,group\nS00,A\nS00,B\n", "groups.csv, line 3, symbol: 'S00' is there twice; keep one*")]
    [InlineData("symbol,group,from\nS00,A,01/02/2020\n", "groups.csv, line 2, from: '01/02/2020' is not a date*")]
    [InlineData("symbol,group\nXX,A\n", "groups.csv, symbol: it names none of the study's symbols*")]
    public async Task Faults_of_the_group_file_have_their_line_and_column(string text, string sentence)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "groups.csv"), text, TestContext.Current.CancellationToken);
        // The file of groups lies beside the bars, and is none.
        var spec = () => Spec(", \"group\": \"groups.csv\"", symbols: string.Join(", ", "["
            + string.Join(", ", Enumerable.Range(0, Symbols).Select(s => $"\"S{s:00}\"")) + "]"));
        Matches((await FaultAsync(spec)).Replace(_folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal), sentence);
    }

    [Fact]
    public async Task One_symbol_has_no_cross_section() =>
        Matches(await FaultAsync(() => Spec(symbols: "\"S00\"")), "*S00 is the only symbol*name at least 10*'granary features'");

    [Fact]
    public async Task A_factor_with_one_value_says_that_no_rank_exists()
    {
        // The day of the week is the same for all symbols.
        var fault = await FaultAsync(() => Spec("", "\"season(168)\""));
        Matches(fault, "season(168,1): all symbols have the same value on each date*name a factor that differs between symbols");
    }

    [Fact]
    public async Task A_symbol_that_ends_early_is_named()
    {
        Write(3, 60);
        var study = await RunAsync(Spec());
        study.Notes.ShouldContain(n => n.StartsWith("S03: the bars end before those of the others", StringComparison.Ordinal));
        study.Factors[0].EndedReturns.ShouldBe(19);
    }

    private static void Matches(string sentence, string pattern) =>
        Regex.IsMatch(sentence, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.Singleline)
            .ShouldBeTrue(sentence);
}
