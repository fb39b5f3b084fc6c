using System.Text.Json;
using Granary.Backtesting.Analyze;
using Granary.Engine.Market;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Analyze;

public sealed class AnalyzeCurveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-analyze").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string File(string content, string name = "equity.csv")
    {
        var path = Path.Combine(_folder, name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    private static string Synthetic(string name) => Path.Combine(SharedData.RepositoryRoot, "tests", "Shared", "oracles", "metrics", name);

    [Theory]
    [InlineData("date,strategy,benchmark\n2022-01-03,101,90\n2022-01-04,102,91\n",
        "none of the columns strategy, benchmark is called equity")]
    [InlineData("Date(UTC),Pair,Side,Price,Executed\n2024-01-01,A,BUY,100,1\n2024-01-02,A,SELL,102,1\n", "the file lists fills or trades")]
    [InlineData("date,price,model\n2022-01-03,101,90\n2022-01-04,102,91\n", "none of the columns price, model is called equity")]
    [InlineData("date,Direction,equity2\n2022-01-03,Long,90\n2022-01-04,Long,91\n", "the file lists fills or trades")]
    public void A_file_whose_account_no_column_shows_is_asked_about(string text, string fault)
    {
        var path = File(text);
        Should.Throw<BarDataException>(() => AnalyzeCurve.Run(new AnalyzeRequest(path))).Message.ShouldContain(fault);
    }

    [Theory]
    [InlineData("date,price\n2022-01-03,100\n2022-01-04,102\n")]
    [InlineData("date,benchmark\n2022-01-03,100\n2022-01-04,102\n")]
    [InlineData("date,open,high,low,price,volume\n2022-01-03,9,9,9,100,1\n2022-01-04,9,9,9,102,1\n")]
    [InlineData("date,benchmark,equity\n2022-01-03,1,100\n2022-01-04,2,102\n")]
    public void A_price_or_a_benchmark_is_the_curve_where_nothing_else_can_be(string text) =>
        AnalyzeCurve.Run(new AnalyzeRequest(File(text))).Curve.Returns[0].ShouldBe(0.02, 1e-12);

    [Fact]
    public void The_printed_json_carries_the_statistics_under_the_contracts_names()
    {
        var analysis = AnalyzeCurve.Run(new AnalyzeRequest(Synthetic("synthetic_equity.csv"), Synthetic("synthetic_benchmark.csv")));
        using var json = JsonDocument.Parse(CurveAnalysisJson.Write(analysis));
        // numpy and pandas' values, from the metrics oracle.
        foreach (var (key, expected) in new (string, double)[]
        {
            ("totalReturn", -0.23927575599999995), ("cagr", -0.04647477905097619), ("volatility", 0.13722011712152452),
            ("sharpe", -0.266340973048149),
            ("sortino", -0.3662620933555931), ("calmar", -0.14962127835629427), ("maxDrawdown", 0.3106161072912734),
            ("monthsProfitable", 0.44285714285714284),
            ("weeksProfitable", 0.5083056478405316), ("var95", 0.013860563167529571), ("cvar95", 0.019321807054515684),
            ("skew", -0.2426976938585881),
            ("kurtosis", 4.8939804992902918), ("ulcerIndex", 0.19454506472935917), ("omega", 0.9562570532610764),
            ("longestUnderwaterDays", 1968),
            ("trackingError", 0.11669934792037909), ("informationRatio", 0.17434048207147224), ("beta", 0.5941439376555818),
            ("alpha", -0.0027448510120837728), ("correlation", 0.7202902269967166), ("periodsPerYear", 252),
        })
            json.RootElement.GetProperty(key).GetDouble().ShouldBe(expected, 1e-9 * Math.Max(1e-3, Math.Abs(expected)), key);
        json.RootElement.GetProperty("from").GetString().ShouldBe("2012-03-14");
        json.RootElement.GetProperty("drawdowns").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public void The_sharpe_ratio_above_a_risk_free_rate_is_that_of_the_returns_less_the_rate()
    {
        var analysis = AnalyzeCurve.Run(new AnalyzeRequest(Synthetic("synthetic_equity.csv"), PeriodsPerYear: 252, RiskFreePercent: 2.5));
        var excess = analysis.Curve.Returns.ToArray().Select(r => r - 0.025 / 252).ToArray();
        var mean = excess.Average();
        var deviation = Math.Sqrt(excess.Sum(r => (r - mean) * (r - mean)) / (excess.Length - 1));
        using var json = JsonDocument.Parse(CurveAnalysisJson.Write(analysis));
        json.RootElement.GetProperty("excessSharpe").GetDouble().ShouldBe(mean / deviation * Math.Sqrt(252), 1e-9);
        json.RootElement.GetProperty("sharpe").GetDouble()
            .ShouldBe(AnalyzeCurve.Run(new AnalyzeRequest(Synthetic("synthetic_equity.csv"),
                PeriodsPerYear: 252)).Statistics.Metrics.Sharpe, 1e-12);
        Should.Throw<BarDataException>(() => AnalyzeCurve.Run(new AnalyzeRequest(Synthetic("synthetic_equity.csv"),
            RiskFreePercent: double.NaN))).Message.ShouldContain("--risk-free");
    }

    [Fact]
    public void What_is_undefined_is_null()
    {
        using var json = JsonDocument.Parse(
            CurveAnalysisJson.Write(AnalyzeCurve.Run(new AnalyzeRequest(File("date,equity\n2024-01-01,5\n2024-01-02,5\n")))));
        json.RootElement.GetProperty("sharpe").ValueKind.ShouldBe(JsonValueKind.Null);
        json.RootElement.GetProperty("totalReturn").GetDouble().ShouldBe(0);
    }

    [Fact]
    public void The_number_of_periods_scales_the_ratios()
    {
        var path = Synthetic("synthetic_equity.csv");
        var daily = AnalyzeCurve.Run(new AnalyzeRequest(path)).Statistics;
        AnalyzeCurve.Run(new AnalyzeRequest(path, PeriodsPerYear: 365)).Statistics.Metrics.Sharpe.ShouldBe(daily.Metrics.Sharpe
            * Math.Sqrt(365 / 252.0), 1e-12);
    }

    [Theory]
    [InlineData("time,equity,cash,exposure,drawdown\n2024-01-01T00:00:00Z,100,1,0,0\n2024-01-01T00:01:00Z,110,1,0,0\n")] // a run's own file
    [InlineData("2024-01-01,100\n2024-01-02,110\n")] // no header
    [InlineData("\uFEFFDate;Equity\r\n2024/01/01;100\r\n\r\n2024/01/02;110\r\n")] // a byte order mark, semicolons, blank lines
    [InlineData("Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-01,1,1,1,7,100,5\n2024-01-02,1,1,1,8,110,5\n")] // prices
    [InlineData("\"timestamp\",\"nav\"\n1704067200,100\n1704153600,110\n")] // Unix seconds
    [InlineData("day,whatever\n20240101,1e2\n20240102,1.1e2")]
    public void Other_programs_curves_are_understood(string content)
    {
        var s = AnalyzeCurve.Run(new AnalyzeRequest(File(content))).Statistics;
        s.Metrics.TotalReturn.ShouldBe(0.1, 1e-12);
        new DateTime(s.Measures.FirstTime).ShouldBe(new DateTime(2024, 1, 1));
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("\n\n", "the file is empty")]
    [InlineData("date,equity\n", "no lines below the header")]
    [InlineData("date,equity\n2024-01-01,100\n", "one point")]
    [InlineData("equity\n100\n", "names one column")]
    [InlineData("date,a,b\n2024-01-01,1,2\n", "line 1", "equity")]
    [InlineData("date,equity\n2024-01-01,100\n2024-01-02,abc\n", "line 3", "equity", "'abc' is not a number")]
    [InlineData("date,equity\n2024-01-01,100\n2024-01-02,NaN\n", "line 3", "equity", "not finite")]
    [InlineData("date,equity\n2024-01-01,100\n2024-01-02,Infinity\n", "line 3", "equity", "not finite")]
    [InlineData("date,equity\n2024-01-01,100\n2024-01-02,-3\n", "line 3", "equity", "not positive")]
    [InlineData("date,equity\n2024-01-01,0\n2024-01-02,3\n", "line 2", "equity", "not positive")]
    [InlineData("date,equity\n2024-01-01,100\n2024-01-02,\n", "line 3", "equity", "not a number")]
    [InlineData("date,equity\n2024-01-01,100\nyesterday,101\n", "line 3", "date", "'yesterday' is not a date")]
    [InlineData("date,equity\n2024-01-02,100\n2024-01-01,101\n", "line 3", "date", "earlier", "sort")]
    [InlineData("date,equity\n2024-01-02,100\n2024-01-02,101\n", "line 3", "date", "twice")]
    [InlineData("date,equity\n2024-01-01,100\n2024-01-02,101,7\n", "line 3", "3 columns")]
    [InlineData("date,equity\n2024-01-01T10:00:00Z,100\n2024-01-02T10:00:00,101\n", "line 3", "date", "time zone")]
    [InlineData("date,equity,equity\n2024-01-01,100,1\n", "line 1", "equity", "twice")]
    public void Bad_input_is_one_sentence_that_names_the_place_and_the_remedy(string content, params string[] parts)
    {
        var path = File(content);
        var message = Should.Throw<BarDataException>(() => AnalyzeCurve.Run(new AnalyzeRequest(path))).Message;
        message.ShouldStartWith(path);
        message.ShouldNotContain('\n');
        message.ShouldContain("; ");
        foreach (var part in parts) message.ShouldContain(part);
    }

    [Fact]
    public void A_fault_below_blank_lines_is_named_by_its_own_line()
    {
        var path = File("date,equity\n\n\n2024-01-01,100\n\n2024-01-02,-1\n");
        Should.Throw<BarDataException>(() => AnalyzeCurve.Run(new AnalyzeRequest(path))).Message.ShouldContain("line 6");
    }

    [Fact]
    public void A_missing_file_a_folder_and_a_strange_number_of_periods_are_refused()
    {
        Should.Throw<BarDataException>(() =>
            AnalyzeCurve.Run(new AnalyzeRequest(Path.Combine(_folder, "none.csv")))).Message.ShouldContain("no such file");
        Should.Throw<BarDataException>(() => AnalyzeCurve.Run(new AnalyzeRequest(_folder))).Message.ShouldContain("folder");
        Should.Throw<BarDataException>(() => AnalyzeCurve.Run(new AnalyzeRequest(Synthetic("synthetic_equity.csv"),
            PeriodsPerYear: -1))).Message.ShouldContain("--periods-per-year -1");
    }

    [Fact]
    public void A_benchmark_of_other_dates_is_refused() =>
        Should.Throw<BarDataException>(() => AnalyzeCurve.Run(new AnalyzeRequest(Synthetic("synthetic_equity.csv"),
            File("date,equity\n1999-01-01,1\n1999-01-02,2\n"))))
            .Message.ShouldContain("same dates");

    private static string Rows(int count, Func<int, DateTime> time, Func<int, double> value) => "date,equity\n"
        + string.Concat(Enumerable.Range(0, count)
            .Select(i => FormattableString.Invariant($"{time(i):yyyy-MM-ddTHH:mm:ssZ},{value(i):R}\n")));

    [Fact]
    public void A_benchmark_stamped_at_the_close_is_joined_by_day_and_the_number_is_said()
    {
        static double Value(int i) => 100 + Math.Sin(i);
        var start = new DateTime(2022, 1, 3);
        var curve = File(Rows(300, i => start.AddDays(i), Value));
        var benchmark = File(Rows(280, i => start.AddDays(i + 20).AddHours(i % 200 < 100 ? 20 : 21), i => Value(i + 20)), "bench.csv");
        var analysis = AnalyzeCurve.Run(new AnalyzeRequest(curve, benchmark));
        analysis.Statistics.Benchmark!.Correlation.ShouldBe(1, 1e-12);
        using var json = JsonDocument.Parse(CurveAnalysisJson.Write(analysis));
        json.RootElement.GetProperty("benchmarkPoints").GetInt32().ShouldBe(280);
        json.RootElement.GetProperty("benchmarkJoin").GetString().ShouldBe("day");
        json.RootElement.GetProperty("benchmarkFrom").GetString().ShouldBe("2022-01-23");
    }

    [Fact]
    public void A_record_of_five_hours_says_that_it_is_short_by_its_time()
    {
        var start = new DateTime(2022, 1, 3, 9, 0, 0);
        var hours = AnalyzeCurve.Run(new AnalyzeRequest(File(Rows(60, i => start.AddMinutes(5 * i), i => 100 - 0.001 * i))));
        hours.Notes.ShouldContain(n => n.StartsWith("The record covers only 4.9 hours", StringComparison.Ordinal));
        AnalyzeCurve.Run(new AnalyzeRequest(File(Rows(60, i => start.AddDays(i), i => 100 - 0.001 * i)))).Notes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("A,X,long,10,2024-01-02,100,2024-01-04,110", "One closed trade")]
    [InlineData("A,X,long,10,2024-01-02,100,2024-01-04,110\nA,X,long,10,2024-02-02,200,2024-02-04,220\n"
        + "A,X,long,3,2024-03-02,70,2024-03-04,77", "All 3 closed trades have the same return")]
    public void Trades_of_equal_returns_have_no_p_value_and_say_so(string rows, string words)
    {
        var trades = AnalyzeTrades.Run(File(
            "strategy,symbol,side,quantity,entry_time,entry_price,exit_time,exit_price\n" + rows + "\n", "trades.csv"), trials: 10);
        trades.Return.Mean.ShouldBe(0.1, 1e-12);
        (trades.Return.Low, trades.Return.PValue, trades.CorrectedPValue).ShouldBe((double.NaN, double.NaN, double.NaN));
        trades.Undefined.ShouldNotBeNull().ShouldStartWith(words);
    }
}
