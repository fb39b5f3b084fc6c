using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.MarketData;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Simulation.Tests.Batches;

/// <summary>A batch reads the contracts of a chain as one symbol.</summary>
public sealed class ChainSourceTests
{
    private const string Expiries = "\"contracts\": \"ES*\", \"expiries\": \"expiries.tsv\"";

    [Fact]
    public async Task A_chain_has_the_bars_of_its_contracts_with_their_own_prices()
    {
        using var folder = ChainFolder.Quarters();
        await using var series = await folder.OpenAsync($$"""{ {{Expiries}}, "adjust": "difference" }""");
        ChainFolder.Texts(series).ShouldBe(["2022-03-11 ESH22>ESM22 169 202", "2022-06-10 ESM22>ESU22 293 326",
            "2022-09-16 ESU22> 424 end"]);
        (series.Instrument.Symbol, series.Instrument.Multiplier, series.Instrument.Adjust, series.Instrument.Changes.First)
            .ShouldBe(("ES", 50, PriceAdjustment.Difference, "ESH22"));
        var bars = await ChainFolder.BarsAsync(series);
        var first = new DateOnly(2022, 1, 1).DayNumber;
        bars.Select(b => b.Open - (b.Time / TimeSpan.TicksPerDay - first)).Distinct().ShouldBe([100, 133, 166]);
        bars.Single(b => b.OpenTime == new DateTime(2022, 3, 10)).Close.ShouldBe(168);
        series.Notes[0].ShouldBe("it is a chain of 3 contracts, of which it holds 3, ESH22 to ESU22, with 2 rolls");
    }

    [Fact]
    public async Task A_range_of_a_chain_has_the_contracts_that_the_whole_chain_has_then()
    {
        using var folder = ChainFolder.Quarters();
        await using var all = await folder.OpenAsync($$"""{ {{Expiries}} }""");
        await using var some = await folder.OpenAsync($$"""{ {{Expiries}} }""",
            "\"from\": \"2022-03-15\", \"to\": \"2022-06-20\", \"warmUp\": false,");
        (await ChainFolder.BarsAsync(some)).ShouldBe((await ChainFolder.BarsAsync(all))
            .Where(b => b.OpenTime >= new DateTime(2022, 3, 15) && b.OpenTime < new DateTime(2022, 6, 20)));
        ChainFolder.Texts(some).ShouldBe(ChainFolder.Texts(all).Take(2));
        some.ContentHash.ShouldNotBe(all.ContentHash);
    }

    [Fact]
    public async Task Contracts_after_the_range_or_the_holdout_are_not_needed()
    {
        using var folder = ChainFolder.Quarters();
        folder.Add("ESZ22", "2022-07-01", "2022-08-01", 200).Write("expiries.tsv",
            File.ReadAllText(Path.Combine(folder.Path, "expiries.tsv")) + "ESZ22,2022-12-16,\n");
        foreach (var key in (string[])["to", "holdout"])
        {
            await using var series = await folder.OpenAsync($$"""{ {{Expiries}} }""", $"\"{key}\": \"2022-05-02\",");
            ChainFolder.Texts(series).ShouldBe(["2022-03-11 ESH22>ESM22 169 202"]);
        }
    }

    [Fact]
    public async Task Contracts_of_a_chain_are_no_symbols_of_their_own_and_others_are()
    {
        using var folder = ChainFolder.Quarters();
        folder.Add("ESTXM22", "2022-01-03", "2022-06-17", 10).Add("AAPL", "2022-01-03", "2022-06-17", 10);
        var spec = folder.Read($$"""{ {{Expiries}} }""", symbols: "\"*\"");
        var source = BatchSources.Open(TestCatalogues.All, spec.Data);
        (await BatchSources.SymbolsAsync(source, spec.Data, CancellationToken.None)).ShouldBe(["AAPL", "ES", "ESTXM22"]);
        await using var series = await source.OpenAsync(new BarQuery("ES", Timeframe.D1));
        series.Notes[1].ShouldBe("ESTXM22 is no contract of it: the name has no month and year behind ES*");
    }

    [Theory]
    [InlineData("ES*", "ES 03-22", "ES 06-22")]
    [InlineData("ES*", "ESH2022", "ESM2022")]
    [InlineData("ES*", "ESH2", "ESM2")]
    [InlineData("BTC-*", "BTC-18MAR22", "BTC-17JUN22")]
    [InlineData("BTC*", "BTC-18MAR22", "BTC-17JUN22")]
    [InlineData("NQ_*", "NQ_20220318", "NQ_20220617")]
    public async Task Without_a_table_the_name_or_the_last_bar_has_the_expiry(string pattern, string first, string second)
    {
        using var folder = new ChainFolder().Add(first, "2022-01-03", "2022-03-18", 100).Add(second, "2022-01-03", "2022-06-17", 133);
        await using var series = await folder.OpenAsync($$"""{ "contracts": "{{pattern}}" }""");
        ChainFolder.Texts(series).First().ShouldBe($"2022-03-11 {first}>{second} 169 202");
        var isInName = first.Contains("18", StringComparison.Ordinal);
        series.Notes.Any(n => n.StartsWith($"the expiry of {first} was taken from the last bar", StringComparison.Ordinal))
            .ShouldBe(!isInName);
    }

    [Fact]
    public async Task A_column_of_symbols_partitions_and_a_store_have_contracts_too()
    {
        using var folder = ChainFolder.Quarters();
        await using var files = await folder.OpenAsync($$"""{ {{Expiries}} }""");
        var bars = await ChainFolder.BarsAsync(files);
        Directory.CreateDirectory(Path.Combine(folder.Path, "one"));
        File.WriteAllLines(Path.Combine(folder.Path, "one", "all.csv"), ["symbol,date,open,high,low,close,volume",
            .. ChainFolder.Rows("2022-01-03", "2022-03-18", 100, begin: "ESH22,"), .. ChainFolder.Rows("2022-01-03", "2022-06-17", 133, begin: "ESM22,"),
            .. ChainFolder.Rows("2022-01-03", "2022-09-16", 166, begin: "ESU22,")]);
        await using var column = await folder.OpenAsync($$"""{ {{Expiries}} }""", source: "csv:one");
        (await ChainFolder.BarsAsync(column)).ShouldBe(bars);
        column.ContentHash.ShouldBe(files.ContentHash);
    }

    [Fact]
    public async Task Months_depth_first_notice_and_dates_choose_other_contracts()
    {
        using var folder = ChainFolder.Quarters();
        folder.Write("rolls.tsv", "date,contract\n2022-02-01,ESM22\n2022-02-14,\n");
        async Task<string[]> Of(string keys)
        {
            await using var series = await folder.OpenAsync($$"""{ {{Expiries}}, {{keys}} }""");
            return [.. ChainFolder.Texts(series)];
        }

        (await Of("\"months\": \"HU\""))[0].ShouldBe("2022-03-11 ESH22>ESU22 169 235");
        (await Of("\"depth\": 2"))[0].ShouldBe("2022-03-11 ESM22>ESU22 202 235");
        // Five trading days before the first notice on Tuesday, 1 March, without Presidents' Day on 21 February.
        (await Of("\"roll\": \"firstNotice\""))[0].ShouldStartWith("2022-02-22 ESH22>ESM22");
        (await Of("\"roll\": { \"by\": \"dates\", \"dates\": \"rolls.tsv\" }")).Take(2).Select(t => t[..22])
            .ShouldBe(["2022-02-01 ESH22>ESM22", "2022-02-14 ESM22>ESU22"]);
    }

    [Theory]
    [InlineData("date\n2022-02-01\n2022-02-14\n")]
    [InlineData("Date\n2022-02-01\n2022-02-14\n")]
    [InlineData("\uFEFFdate\r\n2022-02-01\r\n2022-02-14\r\n")]
    [InlineData("2022-02-01\n2022-02-14")]
    [InlineData("2022-02-01,ESM22\n2022-02-14,ESU22\n")]
    [InlineData("\n\uFEFFday;contract\n2022-02-01;\n2022-02-14;ESU22\n")]
    public async Task The_table_of_dates_needs_nothing_but_dates(string text)
    {
        using var folder = ChainFolder.Quarters();
        File.WriteAllText(Path.Combine(folder.Path, "rolls.tsv"), text.TrimStart('\n'));
        await using var series = await folder.OpenAsync($$"""{ {{Expiries}}, "roll": { "by": "dates", "dates": "rolls.tsv" } }""");
        ChainFolder.Texts(series).Take(2).Select(t => t[..22]).ShouldBe(["2022-02-01 ESH22>ESM22", "2022-02-14 ESM22>ESU22"]);
    }

    [Theory]
    [InlineData("date\n", "there are no lines below the header; add a line for each roll")]
    [InlineData("rolls\n2022-02-01\n", "there is no column of times; name it 'time' or 'date'")]
    [InlineData("date\n2022-02-01\nsoon\n", "line 3, date: 'soon' is not a date")]
    [InlineData("2022-02-01,ESM22,1\n", "the first line holds data, not names; put a header such as 'date,contract' above it")]
    public async Task A_table_of_dates_without_dates_is_refused(string text, string fault)
    {
        using var folder = ChainFolder.Quarters().Write("rolls.tsv", text);
        (await Should.ThrowAsync<BarDataException>(() =>
            folder.OpenAsync($$"""{ {{Expiries}}, "roll": { "by": "dates", "dates": "rolls.tsv" } }"""))).Message.ShouldContain(fault);
    }

    // As combined batches name the folder of each member.
    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    public void The_tables_of_a_part_are_in_the_folder_of_the_part(string above)
    {
        using var folder = ChainFolder.Quarters().Write("rolls.tsv", "date\n2022-02-01\n").Write("news.csv", "time,symbol,score\n2022-02-01,ES,1\n");
        var name = above == "." ? folder.Path : Path.GetFileName(folder.Path);
        var part = new BatchReader(TestCatalogues.All).Read("chain.json", System.Text.Encoding.UTF8.GetBytes($$"""
            { "data": { "parts": [ { "source": "csv:.", "folder": "{{name}}", "symbols": ["ES"], "timeframe": "1d",
                "asof": [ { "file": "news.csv", "columns": ["score"], "as": "news." } ],
                "instruments": { "ES": { "chain": { {{Expiries}}, "roll": { "by": "dates", "dates": "rolls.tsv" } } } } } ] },
              "strategies": [ { "class": "SmaCross" } ] }
            """), Path.GetFullPath(Path.Combine(folder.Path, above))).Data.Parts.Single().Data;
        var chain = part.Instruments["ES"].Chain!;
        Address?[] tables = [chain.Expiries, chain.Roll.Dates, part.Asof.Single().File];
        tables.Select(t => t!.Path).ShouldBe(new[] { "expiries.tsv", "rolls.tsv", "news.csv" }.Select(f => Path.Combine(folder.Path, f)));
    }

    [Fact]
    public async Task Open_interest_is_a_further_column_of_the_bars()
    {
        using var folder = new ChainFolder();
        (string, int, Func<int, int>)[] contracts = [("ESH22", 100, i => 1000 - 10 * i), ("ESM22", 133, i => 700 + 10 * i)];
        foreach (var (name, price, interest) in contracts)
            File.WriteAllLines(Path.Combine(folder.Path, name + ".csv"), ["date,open,high,low,close,volume,Open Interest",
                .. ChainFolder.Rows("2022-01-03", "2022-03-18", price).Select((r, i) => $"{r},{interest(i)}")]);
        await using var series = await folder.OpenAsync("""{ "contracts": "ES*", "roll": { "by": "openInterest" } }""");
        // 1000 - 10 · i is below 700 + 10 · i from the 16th bar after 3 January on, the 25th; the next one is on the 26th.
        ChainFolder.Texts(series).First().ShouldStartWith("2022-01-26 ESH22>ESM22");
        (await ChainFolder.BarsAsync(series))[0].Further.ShouldBeNull();
        var missing = new ChainFolder().Add("ESH22", "2022-01-03", "2022-03-18", 100);
        (await Should.ThrowAsync<BarDataException>(() => missing.OpenAsync("""{ "contracts": "ES*", "roll": "openInterest" }""")))
            .Message.ShouldBe("the bars of ESH22 have no column of open interest; add a column open_interest, or roll by volume");
        missing.Dispose();
    }

    // ESM22 has 50 and never more than ESH22, whose expiry is the 18th, a Friday.
    [Theory]
    [InlineData(10, false)]
    // No line of ESH22 has a value.
    [InlineData(-1, true)]
    public async Task An_empty_field_of_open_interest_rolls_nothing(int empty, bool noted)
    {
        using var folder = new ChainFolder();
        foreach (var (name, price, interest) in ((string, int, int)[])[("ESH22", 100, 5000), ("ESM22", 133, 50)])
            File.WriteAllLines(Path.Combine(folder.Path, name + ".csv"), ["date,open,high,low,close,volume,open_interest",
                .. ChainFolder.Rows("2022-01-03", "2022-03-18", price).Select((r, i) => name == "ESH22" && (empty < 0 || i == empty)
                    ? $"{r}," : $"{r},{interest}")]);
        folder.Write("expiries.csv", "contract,expiry\nESH22,2022-03-18\nESM22,2022-06-17\n");
        await using var series = await folder.OpenAsync(
            """{ "contracts": "ES*", "expiries": "expiries.csv", "roll": "openInterest" }""");
        ChainFolder.Texts(series).First().ShouldStartWith("2022-03-17 ESH22>ESM22");
        series.Notes.Contains("ESH22 had no open interest to compare on at least one day as the first contract; until there is one, the "
            + "chain rolls on the trading day before the expiry").ShouldBe(noted);
    }

    // 20 April 2020: May's crude oil closed at -37.63.
    [Fact]
    public async Task Prices_below_zero_are_prices_of_a_chain_and_faults_of_any_other_market()
    {
        using var folder = new ChainFolder();
        const string Bars = "date,open,high,low,close,volume\n2020-04-16,20.03,20.5,19.5,19.87,1\n2020-04-17,20.1,20.2,17.3,18.27,1\n"
            + "2020-04-20,17.73,17.85,-40.32,-37.63,1\n2020-04-21,-14,13.86,-16.74,10.01,1\n";
        folder.Write("CLK20.csv", Bars).Write("CLM20.csv", Bars.Replace("17.85,-40.32,-37.63", "20.85,17.7,20.43", StringComparison.Ordinal)
            .Replace("-14,13.86,-16.74,10.01", "21.4,22.6,6.5,11.57", StringComparison.Ordinal))
            .Write("expiries.tsv", "contract,expiry\nCLK20,2020-04-21\nCLM20,2020-05-19\n");
        await using var series = await folder.OpenAsync(
            """{ "contracts": "CL*", "expiries": "expiries.tsv", "roll": { "by": "expiry", "days": 0 }, "adjust": "difference" }""", symbol: "ES");
        ChainFolder.Texts(series).ShouldBe(["2020-04-21 CLK20>CLM20 -14 21.4"]);
        (await ChainFolder.BarsAsync(series))[2].Close.ShouldBe(-37.63);
        series.Instrument.PriceDecimals.ShouldBe(2);
        (await Should.ThrowAsync<BarDataException>(() => folder.OpenAsync(
            """{ "contracts": "CL*", "expiries": "expiries.tsv", "adjust": "ratio" }"""))).Message.ShouldContain(
            "CLK20.csv, line 4, low: the price -40.32 is negative; correct it, or leave the row out if the price is real; only chains of "
            + "futures have prices below zero");
        (await Should.ThrowAsync<BarDataException>(() => folder.OpenAsync("""{ "contracts": "CLM20", "expiries": "expiries.tsv" }""", symbol: "CLK20")))
            .Message.ShouldContain("the price -40.32 is negative");
    }

    [Theory]
    [InlineData("""{ "contracts": [] }""", "no contract is named")]
    [InlineData("""{ "contracts": "ES*", "months": "ABC" }""", "'ABC' has no letters of months")]
    [InlineData("""{ "contracts": "ES*", "roll": "firstNotice" }""", "the first notice days are missing")]
    [InlineData("""{ "contracts": "ES*", "roll": "day" }""", "the day of the month is missing")]
    [InlineData("""{ "contracts": "ES*", "roll": { "by": "day", "days": 32 } }""", "write a number from 1 to 31")]
    [InlineData("""{ "contracts": "ES*", "roll": "dates" }""", "the dates of the rolls are missing")]
    [InlineData("""{ "contracts": "ES*", "roll": { "by": "volume", "days": 0 } }""", "known at the close of a day")]
    [InlineData("""{ "contracts": "ES*", "roll": "expiri" }""", "expiri")]
    [InlineData("""{ "contracts": "ES*", "depth": 0 }""", "depth")]
    [InlineData("""{ "contract": "ES*" }""", "contracts")]
    public void Wrong_keys_are_refused(string chain, string fault)
    {
        using var folder = ChainFolder.Quarters();
        folder.Fault(chain).ShouldContain(fault);
    }

    [Theory]
    [InlineData("""{ "contracts": "NQ*" }""", "the source has no 1d bars of a contract of ES: none of its symbols is NQ* with a month and a "
        + "year; it has ESH22, ESM22, ESU22")]
    [InlineData("""{ "contracts": ["ESH22", "ESN22"] }""", "the chain names the contract 'ESN22', which the source does not have; did you mean")]
    [InlineData("""{ "contracts": "ES*", "expiries": "short.tsv" }""", "short.tsv has no line of the contract ESM22; add its expiry")]
    [InlineData("""{ "contracts": "ES*", "expiries": "none.tsv" }""", "there is no such file")]
    [InlineData("""{ "contracts": "ES*", "expiries": "bad.tsv" }""", "line 2, expiry: 'soon' is not a date")]
    [InlineData("""{ "contracts": "ES*", "expiries": "twice.tsv" }""", "line 3, contract: 'ESH22' is in a line above too")]
    [InlineData("""{ "contracts": "ES*", "expiries": "expiries.tsv", "depth": 4 }""", "its source never has 4 contracts at once")]
    [InlineData("""{ "contracts": "ES*", "expiries": "expiries.tsv", "roll": { "by": "dates", "dates": "rolls.tsv" } }""",
        "rolls.tsv names 'ESQ22', which is no contract of ES; did you mean")]
    public async Task Wrong_contracts_and_tables_are_refused(string chain, string fault)
    {
        using var folder = ChainFolder.Quarters();
        folder.Write("short.tsv", "contract,expiry\nESH22,2022-03-18\n").Write("bad.tsv", "contract,expiry\nESH22,soon\n")
            .Write("twice.tsv", "contract,expiry\nESH22,2022-03-18\nESH22,2022-03-18\n").Write("rolls.tsv", "date,contract\n2022-02-01,ESQ22\n");
        (await Should.ThrowAsync<BarDataException>(() => folder.OpenAsync(chain))).Message.ShouldContain(fault);
    }

    [Fact]
    public void A_chain_belongs_to_one_symbol_that_is_not_delisted()
    {
        using var folder = ChainFolder.Quarters();
        string Fault(string instruments) => Should.Throw<InputException>(() => new BatchReader(TestCatalogues.All).Read("chain.json",
            System.Text.Encoding.UTF8.GetBytes($$"""
                { "data": { "source": "csv:.", "symbols": ["ES"], "timeframe": "1d", "instruments": {{instruments}} },
                  "strategies": [ { "class": "SmaCross" } ] }
                """), folder.Path)).Message;
        Fault("""{ "*": { "chain": { "contracts": "ES*" } } }""").ShouldContain("a chain is of one symbol; name it in place of \"*\"");
        Fault("""{ "ES": { "delisted": "2022-05-01", "chain": { "contracts": "ES*" } } }""").ShouldContain("a chain ends with its last contract");
    }

    [Fact]
    public async Task A_check_finds_holes_short_overlaps_order_late_bars_and_early_volume()
    {
        using var folder = new ChainFolder()
            .Add("ESH22", "2022-01-03", "2022-03-25", 100, 100).Add("ESM22", "2022-03-08", "2022-06-17", 133, 200)
            .Add("ESU22", "2022-06-20", "2022-08-01", 166).Add("ESZ22", "2022-06-20", "2022-07-01", 199)
            .Write("expiries.tsv", "contract,expiry\nESH22,2022-03-18\nESM22,2022-06-17\nESU22,2022-09-16\nESZ22,2022-12-16\n");
        var reports = await ChainCheck.RunAsync(folder.Read($$"""{ {{Expiries}}, "roll": { "by": "expiry", "days": 1 } }""").Data,
            TestCatalogues.All, CancellationToken.None);
        var found = reports.Single().Findings.Select(f => $"{f.Place}: {f.Sentence}").ToList();
        found.ShouldBe([
            "ESH22: it has bars until 2022-03-25, after its expiry on 2022-03-18; they are left out",
            "ESZ22: it expires after ESU22, and its bars end before, on 2022-07-01",
            "2022-03-17: the volume moves from ESH22 to ESM22 on 2022-03-08, 7 days before the roll",
            "2022-06-17: ESM22 ends, and ESU22 has no bar together with it after the roll was due, so positions are settled and opened by the "
                + "next signal",
        ], ignoreOrder: true);
        Should.Throw<InputException>(() => ChainCheck.RunAsync(folder.Read("""{ "contracts": "NQ*" }""").Data, TestCatalogues.All,
            CancellationToken.None)).Message.ShouldContain("the source has no 1d bars of a contract of ES");
    }
}
