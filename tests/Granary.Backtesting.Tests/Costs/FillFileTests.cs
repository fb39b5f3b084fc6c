using Granary.Backtesting.Costs;
using Granary.Engine;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Costs;
using Granary.Simulation.Json;
using Granary.Storage.Files;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Costs;

/// <summary>Files of fills of other programs.</summary>
public sealed class FillFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-fills-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Path(string name, string text)
    {
        var path = System.IO.Path.Combine(_folder, name);
        File.WriteAllText(path, text.ReplaceLineEndings("\n"));
        return path;
    }

    private FillSet Read(string text, string? symbol = null)
    {
        var set = new FillSet();
        FillFile.Read(Path("fills.csv", text), PermittedFiles.All, null, symbol, set);
        return set;
    }

    private string Fault(string text, string? symbol = null) => Should.Throw<InputException>(() => Read(text, symbol)).Message;

    [Fact]
    public void Common_names_of_columns_and_sides_are_understood()
    {
        var fill = Read("Timestamp;Ticker;Action;Qty;Fill_Price;Signal_Price;Bid;Ask;Commission;Exchange\n"
            + "2025-01-06T10:00:00Z;AAA;SLD;5;99.9;100;99.95;100.05;0.1;Kraken\n").Fills.Single();
        (fill.Symbol, fill.Side, fill.Quantity, fill.Price, fill.Close, fill.Fee, fill.Venue)
            .ShouldBe(("AAA", Side.Sell, 5, 99.9, 100, 0.1, "kraken"));
        fill.Mid.ShouldBe(100, 1e-12);
        (double.IsNaN(fill.Open), double.IsNaN(fill.Volume)).ShouldBe((true, true));
        // Without a side, a negative quantity sells.
        Read("time,quantity,price,mid\n2025-01-06,-3,10,10\n", "B").Fills.Single().Side.ShouldBe(Side.Sell);
    }

    [Theory]
    [InlineData("time,symbol,side,quantity,price\n", "there are no lines below the header")]
    [InlineData("time,side,quantity,price\n2025-01-06,buy,1,2\n", "line 1, symbol: there is no such column")]
    [InlineData("time,symbol,side,price\n2025-01-06,A,buy,1\n", "quantity: there is no such column")]
    [InlineData("time,symbol,side,quantity,price\n2025-01-06,A,hold,1,2\n", "line 2, side: 'hold' is not a side; write buy or sell")]
    [InlineData("time,symbol,side,quantity,price\n2025-01-06,A,buy,0,2\n", "line 2, quantity: the quantity is 0")]
    [InlineData("time,symbol,side,quantity,price\n2025-01-06,A,buy,-1,2\n", "line 2, quantity: a buy of -1 is negative")]
    [InlineData("time,symbol,side,quantity,price\n2025-01-06,A,buy,1,2\n2025-01-06,A,buy,1,NaN\n", "line 3, price")]
    [InlineData("time,symbol,side,quantity,price\n2025-01-06,A,buy,1,-2\n", "line 2, price: -2 is not positive")]
    [InlineData("time,symbol,side,quantity,price,mid\n2025-01-06,A,buy,1,2,200\n", "line 2, mid: the fill at 2 is more than half away")]
    [InlineData("time,symbol,side,quantity,price,bid,ask\n2025-01-06,A,buy,1,2,2.1,1.9\n", "line 2, bid: the bid 2.1 is above the ask 1.9")]
    [InlineData("time,symbol,side,quantity,price,volume\n2025-01-06,A,buy,1,2,-5\n", "line 2, volume: -5 is negative")]
    [InlineData("time,symbol,side,quantity,price,decision_time\n2025-01-06,A,buy,1,2,2025-01-07\n", "decided after it filled")]
    [InlineData("time,symbol,side,quantity,price\nsoon,A,buy,1,2\n", "line 2, time")]
    public void A_wrong_row_is_refused_with_its_place(string text, string fault) => Fault(text).ShouldContain(fault);

    [Fact]
    public void Repeated_fills_count_once_and_limit_orders_are_left_out()
    {
        var set = Read("""
            time,symbol,side,quantity,price,mid,type,id
            2025-01-06T10:00:00Z,A,buy,1,10.01,10,market,1
            2025-01-06T10:00:00Z,A,buy,1,10.01,10,market,2
            2025-01-06T10:05:00Z,A,sell,1,9.99,10,market,2
            2025-01-06T11:00:00Z,A,sell,1,9.99,10,limit,3
            2025-01-06T11:00:00Z,A,sell,1,9.99,10,stop,4
            """);
        set.Fills.Count.ShouldBe(2);
        set.LeftOut.ShouldBe(new Dictionary<string, int>
        {
            ["of limit orders, which fill at their price or better"] = 1,
            ["repeated"] = 1,
            ["of stop orders without a stop price"] = 1,
        }, ignoreOrder: true);
        // Without ids equal lines are the same fill.
        set = Read("time,symbol,side,quantity,price,mid\n2025-01-06,A,buy,1,10,10\n2025-01-06,A,buy,1,10,10\n");
        (set.Fills.Count, set.LeftOut["repeated"]).ShouldBe((1, 1));
        set.Notes.Single().ShouldContain("lines that are equal count once");
    }

    [Theory]
    [InlineData("stop_price")]
    [InlineData("trigger_price")]
    [InlineData("stop")]
    public void Stops_with_a_trigger_are_measured_against_it_and_other_orders_are_not(string column)
    {
        var set = Read($"time,symbol,side,quantity,price,mid,order_type,{column}\n" + """
            2025-01-06T10:00:00Z,A,buy,1,10.01,10,market,0
            2025-01-06T11:00:00Z,A,sell,1,9.98,10,STOP_MARKET,9.99
            2025-01-06T12:00:00Z,A,buy,1,10.03,10,trailing-stop,10.01
            2025-01-06T13:00:00Z,A,sell,1,9.98,10,stop-limit,9.99
            2025-01-06T14:00:00Z,A,sell,1,10.2,10,take_profit,10.2
            2025-01-06T15:00:00Z,A,sell,1,9.98,10,stp,
            2025-01-06T16:00:00Z,A,sell,1,9.97,10,,9.98
            """);
        set.Fills.Select(f => f.Stop).ShouldBe([double.NaN, 9.99, 10.01, 9.98]);
        set.LeftOut.Values.ShouldBe([1, 1, 1]);
        var model = CostStudy.Of(set, ["fills"]).Models.Single();
        (model.Reference, model.Fills).ShouldBe(("stop", 3));
        model.Raw.ShouldBe(1e4 * (0.01 / 9.99 + 0.02 / 10.01 + 0.01 / 9.98) / 3, 1e-9);
        Fault($"time,symbol,side,quantity,price,{column}\n2025-01-06,A,buy,1,2,9\n").ShouldContain($"line 2, {column}: the fill at 2");
    }

    [Fact]
    public void Too_few_fills_and_fills_without_a_reference_are_refused()
    {
        Should.Throw<InputException>(() => CostStudy.Of(new FillSet(), [])).Message.ShouldContain("there is no fill of a market or stop order");
        Should.Throw<InputException>(() => CostStudy.Of(Read("time,symbol,side,quantity,price,mid,type\n2025-01-06,A,buy,1,2,2,market\n"
            + "2025-01-06,A,buy,1,2,2,limit\n"), [])).Message
            .ShouldBe("there is one fill of a market or stop order, which has no interval (left out: 1 of limit orders, which fill at "
                + "their price or better); give a journal or file with at least two");
        const string Without = "time,symbol,side,quantity,price\n2025-01-06,A,buy,1,2\n2025-01-07,A,buy,1,2\n";
        Should.Throw<InputException>(() => CostStudy.Of(Read(Without), [])).Message.ShouldStartWith("no fill has a reference price");
    }

    [Fact]
    public void Few_fills_of_one_side_and_day_have_costs_with_notes()
    {
        // Three buys at 1, 2 and 3 points above the mid.
        var costs = CostStudy.Of(Read("""
            time,symbol,side,quantity,price,mid,volume
            2025-01-06T10:00:00Z,A,buy,1,10000,9999,0
            2025-01-06T11:00:00Z,A,buy,1,10002,10000,0
            2025-01-06T12:00:00Z,A,buy,1,10003,10000,0
            """), ["fills.csv"]);
        var model = costs.Models.Single();
        (model.Reference, model.Fills, model.Sides.Single().Side, costs.Days).ShouldBe(("mid", 3, "buy", 1));
        model.Pool.Mean.ShouldBe((10000 / 9999.0 - 1) * 1e4 / 3 + 5 / 3.0, 1e-9);
        (model.Size, model.Volatility).ShouldBe((null, null));
        string.Join(' ', costs.Notes).ShouldContain("All fills are buys");
        string.Join(' ', costs.Notes).ShouldContain("All fills are of one day");
        string.Join(' ', costs.Notes).ShouldContain("Size and volatility need at least 20 fills");
        var used = CostFile.MeasuredOf(model);
        used.Of(Side.Sell, "").ShouldBe(used.Of(Side.Buy, ""));
    }

    [Fact]
    public async Task Bars_give_references_volume_and_range_and_fills_outside_of_them_are_left_out()
    {
        Directory.CreateDirectory(System.IO.Path.Combine(_folder, "bars"));
        Path("bars/A.csv", "time,open,high,low,close,volume\n2025-01-06T10:00:00Z,100,101,99,100.5,500\n"
            + "2025-01-06T11:00:00Z,102,104,101,103,1000\n");
        var set = Read("time,symbol,side,quantity,price\n2025-01-06T11:30:00Z,A,buy,10,102.102\n2025-01-06T12:00:00Z,A,buy,10,103\n"
            + "2025-01-06T11:00:00Z,B,buy,10,103\n");
        var data = BatchReader.Data(JsonPart.Parse("--bars", """{ "source": "csv:bars", "symbols": "*", "timeframe": "1h" }"""u8, null,
            TestCatalogues.All.PlaceOf(_folder)));
        await FillBars.AddAsync(set, data, TestCatalogues.All, TestContext.Current.CancellationToken);
        var fill = set.Fills.Single();
        (fill.Close, fill.Open, fill.Volume).ShouldBe((100.5, 102, 1_000));
        fill.Range.ShouldBe(3 / 102.0 * 1e4, 1e-9);
        set.LeftOut.ShouldBe(new Dictionary<string, int> { ["of symbols without bars"] = 1, ["outside of the bars"] = 1 },
            ignoreOrder: true);
    }

    [Fact]
    public async Task Fills_outside_of_the_range_of_their_bar_are_named_and_move_no_cost()
    {
        Directory.CreateDirectory(System.IO.Path.Combine(_folder, "bars"));
        Path("bars/A.csv", "time,open,high,low,close,volume\n" + string.Concat(Enumerable.Range(0, 24).Select(h =>
            $"2025-01-06T{h:00}:00:00Z,100,101,99,100,500\n")));
        const string Header = "time,symbol,side,quantity,price\n";
        string[] good = [.. Enumerable.Range(0, 20).Select(i => FormattableString.Invariant(
            $"2025-01-06T{i:00}:{i:00}:00Z,A,{(i % 2 == 0 ? "buy" : "sell")},{1 + i},{100 + i % 5 * 0.02}"))];
        // Before a split of 2:1, in cents, and just inside and outside of the tolerance of 1 %: 102.01 and 98.01.
        string[] bad = ["2025-01-06T20:10:00Z,A,buy,1,202", "2025-01-06T21:10:00Z,A,sell,1,10000",
            "2025-01-06T22:10:00Z,A,buy,1,102.02", "2025-01-06T22:20:00Z,A,sell,1,98"];
        string[] edge = ["2025-01-06T23:10:00Z,A,buy,1,102", "2025-01-06T23:20:00Z,A,sell,1,98.02"];
        async Task<FillSet> MeasuredAsync(double tolerance, params IEnumerable<string> lines)
        {
            var set = new FillSet { Tolerance = tolerance };
            FillFile.Read(Path("fills.csv", Header + string.Join('\n', lines) + "\n"), PermittedFiles.All, null, null, set);
            var data = BatchReader.Data(JsonPart.Parse("--bars", """{ "source": "csv:bars", "symbols": "*", "timeframe": "1h" }"""u8, null,
                TestCatalogues.All.PlaceOf(_folder)));
            await FillBars.AddAsync(set, data, TestCatalogues.All, TestContext.Current.CancellationToken);
            return set;
        }
        var clean = CostStudy.Of(await MeasuredAsync(FillSet.DefaultTolerance, [.. good, .. edge]), []);
        clean.OutsideRange.ShouldBeNull();
        var costs = CostStudy.Of(await MeasuredAsync(FillSet.DefaultTolerance, [bad[0], .. good, .. bad[1..], .. edge]), []);
        CostFile.Write(costs with { Hash = "", LeftOut = clean.LeftOut, OutsideRange = null }).ShouldBe(CostFile.Write(clean with { Hash = "" }));
        costs.LeftOut.ShouldBe(new Dictionary<string, int> { ["more than 1 % outside of the range of their bar"] = 4 });
        var file = System.IO.Path.Combine(_folder, "fills.csv");
        costs.OutsideRange!.Select(f => (f.Place, f.Symbol, f.Price, f.Low, f.High)).ShouldBe([($"{file}, line 2", "A", 202, 99, 101),
            ($"{file}, line 23", "A", 10000, 99, 101), ($"{file}, line 24", "A", 102.02, 99, 101), ($"{file}, line 25", "A", 98, 99, 101)]);
        costs.OutsideRange![0].ToString().ShouldBe($"{file}, line 2: A filled at 202, and its bar is from 99 to 101; give price and bars "
            + "the same unit and adjustment, or remove the fill");
        // The places are of the file, the hash is of the fills.
        var moved = CostStudy.Of(await MeasuredAsync(FillSet.DefaultTolerance, [.. bad, .. good, .. edge]), []);
        moved.OutsideRange![0].Place.ShouldBe(costs.OutsideRange[0].Place);
        moved.OutsideRange[1].Place.ShouldNotBe(costs.OutsideRange[1].Place);
        moved.Hash.ShouldBe(costs.Hash);
        var path = System.IO.Path.Combine(_folder, "costs.json");
        CostStudyFiles.Write(path, costs);
        CostFile.Read(path, PermittedFiles.All).OutsideRange!.Count.ShouldBe(4);
        File.ReadAllText(System.IO.Path.ChangeExtension(path, ".html")).ShouldContain("line 23: A filled at 10000");

        (await MeasuredAsync(0.03, [.. good, .. bad, .. edge])).OutsideRange.Select(f => f.Price).ShouldBe([202, 10000]);
        var none = await MeasuredAsync(FillSet.DefaultTolerance, bad[..2]);
        Should.Throw<InputException>(() => CostStudy.Of(none, [])).Message.ShouldContain($"{file}, line 2: A filled at 202, and its bar");
    }

    [Fact]
    public void The_same_fills_have_the_same_bytes_in_any_order_and_a_changed_file_is_refused()
    {
        var text = string.Concat(Enumerable.Range(0, 30).Select(i =>
            FormattableString.Invariant($"2025-01-{1 + i % 9:00}T1{i % 10}:00:00Z,A,{(i % 3 == 0 ? "sell" : "buy")},{1 + i},")
            + FormattableString.Invariant($"{100 + i % 7 * 0.01},100,{i}\n")));
        const string Header = "time,symbol,side,quantity,price,mid,id\n";
        var reversed = string.Join('\n', text.TrimEnd('\n').Split('\n').Reverse()) + "\n";
        var file = System.IO.Path.Combine(_folder, "costs.json");
        CostStudyFiles.Write(file, CostStudy.Of(Read(Header + text), ["one"]));
        var first = File.ReadAllText(file);
        CostStudyFiles.Write(file, CostStudy.Of(Read(Header + reversed), ["one"]));
        File.ReadAllText(file).ShouldBe(first);
        CostFile.Read(file, PermittedFiles.All).Hash.ShouldBe(CostStudy.Of(Read(Header + text), ["two"]).Hash);
        File.WriteAllText(file, first.Replace("\"fills\": 30", "\"fills\": 31", StringComparison.Ordinal));
        Should.Throw<InputException>(() => CostFile.Read(file, PermittedFiles.All)).Message.ShouldContain("does not have its hash");
        File.WriteAllText(file, first.Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal));
        Should.Throw<InputException>(() => CostFile.Read(file, PermittedFiles.All)).Message.ShouldContain("a later Granary wrote");
        File.WriteAllText(file, "[1]");
        Should.Throw<InputException>(() => CostFile.Read(file, PermittedFiles.All)).Message.ShouldContain("is not a file of costs");
        File.ReadAllLines(System.IO.Path.ChangeExtension(file, ".csv"))[0].ShouldStartWith("reference,term,side,venue,hour,fills");
        File.ReadAllText(System.IO.Path.ChangeExtension(file, ".html")).ShouldContain("What fills cost");
    }

    [Theory]
    [InlineData("costs.csv")]
    [InlineData("costs.html")]
    [InlineData("costs.json")]
    [InlineData("sub/../COSTS.csv")]
    public void Costs_never_replace_the_fills_that_they_are_measured_from(string source)
    {
        var file = System.IO.Path.Combine(_folder, "costs.json");
        Should.Throw<InputException>(() => CostStudyFiles.RequireApart(file, ["fills.csv", System.IO.Path.Combine(_folder, source)]))
            .Message.ShouldContain("would replace");
        CostStudyFiles.RequireApart(file, ["costs.csv", System.IO.Path.Combine(_folder, "fills.csv")]);
    }
}
