using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>
/// Accounts in euros with shorts in three currencies, dividends, funding, margin, borrow fees and availability that change, recalls,
/// interest by currency, and a yen that jumps 15 % over a weekend are computed again by <c>Figures/borrowing.py</c>, with numpy and pandas.
/// </summary>
public sealed class BorrowingTests : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private static readonly DateTime Start = new(2022, 7, 4), End = new(2023, 10, 2), Jump = new(2023, 6, 12);

    private readonly TemporaryFolder _folder = new();
    private readonly JsonObject _bars = [], _dividends = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, "close", "cut")]
    [InlineData(2, "close", "refuse")]
    [InlineData(3, "block", "cut")]
    public async Task Each_row_of_a_portfolio_and_the_parts_of_its_return_follow_from_its_fills_and_the_raw_files(int seed, string recall,
        string shortage)
    {
        SkipWithoutPython();
        var random = new Random(seed);
        WriteMarkets(random, fallsInSteps: true);
        var answer = await ComputeAsync("portfolio", recall, shortage, new JsonArray(
            Strategy("SmaCross", """{ "fast": [4, 9], "slow": [20, 45] }""", """{ "cash": 40000 }"""),
            Strategy("RsiReversion", """{ "period": 6, "low": 35, "high": 65 }""", """{ "cash": 30000 }""")));
        Page(new RunFiles(_folder.File("run")));
        answer.GetProperty("wrong").EnumerateArray().Select(w => w.GetString()).ShouldBeEmpty();
        answer.GetProperty("compared").GetInt32().ShouldBeGreaterThan(300);
        answer.GetProperty("refused").GetInt32().ShouldBeGreaterThan(5);
        if (recall == "close") answer.GetProperty("recalled").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Two_hundred_random_accounts_have_the_financing_of_their_trades_and_the_interest_of_their_balances()
    {
        SkipWithoutPython();
        var random = new Random(11);
        WriteMarkets(random, fallsInSteps: false);
        string[] symbols = ["AAA.DE", "BBB.T", "ccc"];
        var strategies = new JsonArray();
        for (var i = 0; i < 200; i++)
        {
            var size = random.Next(3) switch
            {
                0 => """{ "percentOfEquity": 70 }""",
                1 => """{ "cash": 60000 }""",
                _ => """{ "cash": 130000 }"""
            };
            var keys = FormattableString.Invariant($$"""{ "fast": {{random.Next(2, 9)}}, "slow": {{random.Next(10, 60)}} }""");
            var strategy = Strategy("SmaCross", keys, size);
            strategy["symbols"] = new JsonArray(symbols[random.Next(3)]);
            strategy["tag"] = $"{i}";
            strategies.Add(strategy);
        }
        var answer = await ComputeAsync("strategies", "close", "refuse", strategies);
        answer.GetProperty("wrong").EnumerateArray().Select(w => w.GetString()).ShouldBeEmpty();
        answer.GetProperty("compared").GetInt32().ShouldBeGreaterThan(3_000);
        answer.GetProperty("recalled").GetInt32().ShouldBeGreaterThan(20);
    }

    // The tables of the page show the sections of results.json, which are computed again.
    private static void Page(RunFiles run)
    {
        var check = new PageCheck(ReportPage.Read(Path.Combine(run.Folder, "report.html")));
        var (borrowing, currency) = (run.Results.GetProperty("borrowing"), run.Results.GetProperty("currency"));
        static double Number(JsonElement row, string key) => row.GetProperty(key).GetDouble();
        check.Table("Amounts in the currency of the row", [.. borrowing.GetProperty("currencies").EnumerateArray().Select(c => new Cells
        {
            ["Currency"] = c.GetProperty("currency").GetString()!,
            ["Interest earned"] = Number(c, "interestEarned"),
            ["Interest paid"] = Number(c, "interestPaid"),
            ["Borrow fees"] = Number(c, "borrowFees"),
        })]);
        check.Table("Balances in other currencies at the end", [.. currency.GetProperty("balances").EnumerateArray().Select(b => new Cells
        {
            ["Currency"] = b.GetProperty("currency").GetString()!,
            ["Balance"] = Number(b, "amount"),
            ["Rate in EUR"] = Number(b, "rate"),
            ["Value in EUR"] = Number(b, "amount") * Number(b, "rate"),
        })]);
        check.Sentences.Says("The account is in EUR. Of its return of {}, prices are {}, exchange rates {}, and both together {}.",
            run.PortfolioStats.GetProperty("totalReturn").GetDouble(), Number(currency, "price"), Number(currency, "currency"),
            Number(currency, "product"));
        if (Number(borrowing, "entriesCut") is > 0 and var cut)
            check.Sentences.Says(cut == 1 ? "{} short entry was made smaller, to what data.borrow had to borrow."
                : "{} short entries were made smaller, to what data.borrow had to borrow.", cut);
        check.Differences.ShouldBeEmpty();
        check.Sentences.Unchecked.ShouldNotContain(s => s.Contains("made smaller") || s.StartsWith("The account is in EUR"));
    }

    private static JsonObject Strategy(string name, string keys, string size) => new()
    {
        ["class"] = name,
        ["params"] = JsonNode.Parse(keys),
        ["sides"] = "both",
        ["size"] = JsonNode.Parse(size),
    };

    private static JsonObject Part(string source, JsonArray symbols, string recall, string shortage) => new()
    {
        ["source"] = source,
        ["symbols"] = symbols,
        ["timeframe"] = "1d",
        ["adjust"] = false,
        ["borrow"] = new JsonObject
        {
            ["source"] = "borrow.csv",
            ["delay"] = "1d",
            ["onShortage"] = shortage,
            ["onRecall"] = recall,
        },
    };

    private JsonObject Batch(string recall, string shortage, JsonArray strategies)
    {
        var files = Part("csv:bars", new JsonArray("AAA.DE", "BBB.T"), recall, shortage);
        files["funding"] = "funding.csv";
        var stocks = Part("csv:equity/usa/daily", new JsonArray("ccc"), recall, shortage);
        stocks["instruments"] = JsonNode.Parse("""{ "ccc": { "currency": "USD" } }""");
        return new JsonObject
        {
            ["name"] = "borrowing",
            ["data"] = new JsonObject { ["parts"] = new JsonArray(files, stocks), ["fx"] = "rates.csv" },
            ["account"] = JsonNode.Parse("""
                { "cash": 100000, "currency": "EUR", "interest": {
                    "EUR": { "reference": "EUR.csv", "cashSpreadPercent": 0.5, "loanSpreadPercent": 1.5 },
                    "USD": { "reference": "USD.csv", "cashSpreadPercent": 0.25, "loanSpreadPercent": 1 },
                    "JPY": { "reference": "JPY.csv", "cashSpreadPercent": 0.1, "loanSpreadPercent": 2 } } }
                """),
            ["execution"] = JsonNode.Parse("""{ "commissionPercent": 0.1, "leverage": 3, "maintenancePercent": 15 }"""),
            ["strategies"] = strategies,
            ["portfolio"] = JsonNode.Parse("""{ "weights": "equal", "size": { "cash": 45000 } }"""),
            ["outputs"] = "all",
        };
    }

    private JsonObject Spec(string what, string recall) => new()
    {
        ["what"] = what,
        ["run"] = _folder.File("run"),
        ["cash"] = 100_000,
        ["currency"] = "EUR",
        ["commission"] = 0.001,
        ["recall"] = recall,
        ["bars"] = _bars,
        ["currencies"] = JsonNode.Parse("""{ "AAA.DE": "EUR", "BBB.T": "JPY", "ccc": "USD" }"""),
        ["fx"] = _folder.File("rates.csv"),
        ["borrow"] = _folder.File("borrow.csv"),
        ["delay"] = 1,
        ["funding"] = _folder.File("funding.csv"),
        ["dividends"] = _dividends,
        ["interest"] = JsonNode.Parse($$"""
            { "EUR": { "file": "{{_folder.File("EUR.csv")}}", "cash": 0.5, "loan": 1.5 },
              "USD": { "file": "{{_folder.File("USD.csv")}}", "cash": 0.25, "loan": 1 },
              "JPY": { "file": "{{_folder.File("JPY.csv")}}", "cash": 0.1, "loan": 2 } }
            """),
    };

    private async Task<JsonElement> ComputeAsync(string what, string recall, string shortage, JsonArray strategies)
    {
        await GranaryCommand.RunAsync("backtest", _folder.Write("borrowing.json", Batch(recall, shortage, strategies).ToJsonString()),
            "--out", _folder.File("run"), "--quiet", "--no-guards", "--yes");
        var script = Path.Combine(Repository.Root, "tests", "Granary.Recompute.Tests", "Figures", "borrowing.py");
        using var process = Process.Start(new ProcessStartInfo(Python,
            [script, _folder.Write("spec.json", Spec(what, recall).ToJsonString())])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var answer = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return JsonDocument.Parse(answer).RootElement;
    }

    // ---- the markets ----

    private static IEnumerable<DateTime> Days(DateTime from, DateTime to)
    {
        for (var day = from; day < to; day = day.AddDays(1))
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)) yield return day;
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private void WriteMarkets(Random random, bool fallsInSteps)
    {
        WriteBars("AAA.DE", random, 90, 2);
        WriteBars("BBB.T", random, 11_000, 1);
        WriteStock("ccc", random, 140);
        WriteRates(random);
        WriteBorrow(random, fallsInSteps);
        foreach (var (currency, first) in ((string, double)[])[("EUR", -0.6), ("USD", 0.25), ("JPY", -0.1)])
        {
            var (lines, rate) = (new List<string> { "date,rate" }, first);
            for (var day = Start.AddDays(-5); day < End; day = day.AddDays(random.Next(5, 40)))
            {
                lines.Add($"{day:yyyy-MM-dd},{Text(Math.Round(rate, 3))}");
                rate += random.NextDouble() * 0.5 - 0.1;
            }
            File.WriteAllLines(_folder.File(currency + ".csv"), lines);
        }
    }

    private List<(DateTime Day, double Open, double High, double Low, double Close)> PathOf(Random random, double price, int digits)
    {
        var bars = new List<(DateTime, double, double, double, double)>();
        foreach (var day in Days(Start, End))
        {
            var open = Math.Round(price * (1 + 0.006 * (random.NextDouble() - 0.5)), digits);
            price = Math.Round(open * (1 + 0.05 * (random.NextDouble() - 0.5)), digits);
            bars.Add((day, open, Math.Max(open, price), Math.Min(open, price), price));
        }
        return bars;
    }

    private void WriteBars(string symbol, Random random, double price, int digits)
    {
        Directory.CreateDirectory(_folder.File("bars"));
        _bars[symbol] = _folder.File($"bars/{symbol}.csv");
        File.WriteAllLines(_folder.File($"bars/{symbol}.csv"), PathOf(random, price, digits).Select(b =>
            $"{b.Day:yyyy-MM-dd},{Text(b.Open)},{Text(b.High)},{Text(b.Low)},{Text(b.Close)},100000")
            .Prepend("date,open,high,low,close,volume"));
        if (symbol != "BBB.T") return;
        string Rate() => Text(Math.Round((random.NextDouble() - 0.4) * 0.0004, 8));
        string Mark() => Text(Math.Round(price * (0.9 + 0.2 * random.NextDouble()), 1));
        File.WriteAllLines(_folder.File("funding.csv"), Days(Start, End)
            .Select(day => $"{day:yyyy-MM-dd}T08:00:00Z,BBB.T,{Rate()},{Mark()}").Prepend("time,symbol,rate,mark"));
    }

    // LEAN's layout has dividends: the step of the price factor times the close before it.
    private void WriteStock(string symbol, Random random, double price)
    {
        var bars = PathOf(random, price, 2);
        Directory.CreateDirectory(_folder.File("equity/usa/daily"));
        Directory.CreateDirectory(_folder.File("equity/usa/factor_files"));
        _bars[symbol] = _folder.File("stock.csv");
        File.WriteAllLines(_folder.File("stock.csv"), bars.Select(b => $"{b.Day:yyyy-MM-dd},{Text(b.Open)},{Text(b.High)},{Text(b.Low)},"
            + $"{Text(b.Close)},100000").Prepend("date,open,high,low,close,volume"));
        using (var zip = ZipFile.Open(_folder.File($"equity/usa/daily/{symbol}.zip"), ZipArchiveMode.Create))
        using (var entry = new StreamWriter(zip.CreateEntry(symbol + ".csv").Open()))
            foreach (var b in bars)
                entry.Write(FormattableString.Invariant(
                    $"{b.Day:yyyyMMdd} 00:00,{b.Open * 10_000:0},{b.High * 10_000:0},{b.Low * 10_000:0},{b.Close * 10_000:0},100000\n"));
        var (factor, rows, paid) = (1.0, new List<string> { "20501231,1,1,0" }, new JsonArray());
        for (var i = bars.Count - 20; i > 0; i -= 61)
        {
            var (dividend, close) = (0.5 + i % 3 * 0.25, bars[i].Close);
            factor *= 1 - dividend / close;
            rows.Insert(0, FormattableString.Invariant($"{bars[i].Day:yyyyMMdd},{Text(factor)},1,{Text(close)}"));
            paid.Add(new JsonArray($"{bars[i].Day.AddDays(1):yyyy-MM-dd}", dividend));
        }
        File.WriteAllLines(_folder.File($"equity/usa/factor_files/{symbol}.csv"), rows);
        _dividends[symbol] = paid;
    }

    private void WriteRates(Random random)
    {
        var (lines, dollar, yen) = (new List<string> { "time,EURUSD,EURJPY" }, 1.1, 140.0);
        foreach (var day in Days(Start.AddDays(-7), End.AddDays(7)))
        {
            dollar *= 1 + 0.01 * (random.NextDouble() - 0.5);
            yen *= (1 + 0.01 * (random.NextDouble() - 0.5)) * (day == Jump ? 1.15 : 1);
            lines.Add($"{day:yyyy-MM-dd},{Text(Math.Round(dollar, 5))},{Text(Math.Round(yen, 3))}");
        }
        File.WriteAllLines(_folder.File("rates.csv"), lines);
    }

    private void WriteBorrow(Random random, bool fallsInSteps)
    {
        var lines = new List<string> { "time,symbol,fee,available" };
        foreach (var (symbol, unit) in ((string, double)[])[("AAA.DE", 1000), ("BBB.T", 900), ("ccc", 700)])
            for (var day = Start.AddDays(random.Next(1, 30)); day < End; day = day.AddDays(random.Next(4, 25)))
                lines.Add($"{day:yyyy-MM-dd},{symbol},{Text(Math.Round(random.NextDouble() * 20 - 1, 3))},"
                    + (random.Next(4) switch
                    {
                        0 => "no",
                        1 when fallsInSteps => Text(Math.Round(unit * random.NextDouble(), 2)),
                        _ => "yes",
                    }));
        File.WriteAllLines(_folder.File("borrow.csv"), lines);
    }

    private static void SkipWithoutPython()
    {
        var has = false;
        if (File.Exists(Python))
        {
            using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import numpy, pandas"])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            })!;
            process.WaitForExit();
            has = process.ExitCode == 0;
        }
        Assert.SkipUnless(has, $"{Python} with numpy and pandas is missing: apt-get install python3-pandas");
    }
}
