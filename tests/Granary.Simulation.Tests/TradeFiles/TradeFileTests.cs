using System.Globalization;
using Granary.Engine;
using Granary.Engine.Trading;
using Granary.Simulation.TradeFiles;

namespace Granary.Simulation.Tests.TradeFiles;

/// <summary>The same two trades in the layout of each program, and damaged files.</summary>
public sealed class TradeFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-trades-");

    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private const string Granary = """
        strategy,symbol,side,quantity,entry_time,entry_price,exit_time,exit_price,pnl,commission,pnl_net,return,bars,exit_reason
        "Sma(10,30)@ACME:1d",ACME,long,10,2020-01-06T00:00:00Z,100,2020-01-10T00:00:00Z,110,100,2.1,97.9,0.0979,4,target
        "Sma(10,30)@ACME:1d",ACME,short,5,2020-02-03T00:00:00Z,120,2020-02-05T00:00:00Z,126,-30,1.23,-31.23,-0.05205,2,stop
        """;

    private const string Backtrader = """
        data,side,entry,exit,entry_price,exit_price,size,pnl,pnlcomm,commission,barlen
        ACME,long,2020-01-06,2020-01-10,100,110,10,100,97.9,2.1,4
        ACME,short,2020-02-03,2020-02-05,120,126,-5,-30,-31.23,1.23,2
        """;

    private const string BacktraderList = """
        ref,ticker,dir,datein,pricein,dateout,priceout,chng%,pnl,pnl%,size,value,cumpnl,nbars
        1,ACME,long,2020-01-06,100,2020-01-10,110,10,97.9,0.1,10,1000,97.9,4
        2,ACME,short,2020-02-03,120,2020-02-05,126,5,-31.23,-0.03,-5,-600,66.67,2
        """;

    private const string BacktraderTransactions = """
        date,amount,price,sid,symbol,value
        2020-01-06,10,100,0,ACME,-1000
        2020-01-10,-10,110,0,ACME,1100
        2020-02-03,-5,120,0,ACME,600
        2020-02-05,5,126,0,ACME,-630
        """;

    private const string Freqtrade = """
        pair,stake_amount,amount,open_date,close_date,open_rate,close_rate,fee_open,fee_close,profit_abs,exit_reason,is_open,is_short
        ACME,1000,10,2020-01-06 00:00:00+00:00,2020-01-10 00:00:00+00:00,100,110,0.001,0.001,97.9,roi,False,False
        ACME,600,5,2020-02-03 00:00:00+00:00,2020-02-05 00:00:00+00:00,120,126,0.001,0.001,-31.23,stop_loss,False,True
        """;

    private const string FreqtradeJson = """
        { "strategy": { "Mine": { "trades": [
          { "pair": "ACME", "amount": 10.0, "open_date": "2020-01-06 00:00:00+00:00", "close_date": "2020-01-10 00:00:00+00:00",
            "open_rate": 100.0, "close_rate": 110.0, "profit_abs": 97.9, "exit_reason": "roi", "is_open": false, "is_short": false },
          { "pair": "ACME", "amount": 5.0, "open_date": "2020-02-03 00:00:00+00:00", "close_date": "2020-02-05 00:00:00+00:00",
            "open_rate": 120.0, "close_rate": 126.0, "profit_abs": -31.23, "exit_reason": "stop_loss", "is_open": false, "is_short": true }
        ] } } }
        """;

    private const string Lean = """
        Entry Time,Symbols,Exit Time,Direction,Entry Price,Exit Price,Quantity,P&L,Fees,MAE,MFE,Drawdown,IsWin
        2020-01-06T00:00:00Z,ACME,2020-01-10T00:00:00Z,Buy,$100,$110,10,$100,$2.1,0,100,0,1
        2020-02-03T00:00:00Z,ACME,2020-02-05T00:00:00Z,Sell,$120,$126,5,-$30,$1.23,0,0,0,0
        """;

    private const string LeanJson = """
        { "statistics": {}, "totalPerformance": { "closedTrades": [
          { "symbol": { "value": "ACME", "id": "ACME R735QTJ8XC9X" }, "entryTime": "2020-01-06T00:00:00Z", "entryPrice": 100.0,
            "direction": 0, "quantity": 10.0,
            "exitTime": "2020-01-10T00:00:00Z", "exitPrice": 110.0, "profitLoss": 100.0, "totalFees": 2.1 },
          { "symbol": { "value": "ACME", "id": "ACME R735QTJ8XC9X" }, "entryTime": "2020-02-03T00:00:00Z", "entryPrice": 120.0,
            "direction": 1, "quantity": 5.0,
            "exitTime": "2020-02-05T00:00:00Z", "exitPrice": 126.0, "profitLoss": -30.0, "totalFees": 1.23 }
        ] } }
        """;

    private const string LeanOrders = """
        Time,Symbol,Price,Quantity,Type,Status,Value,Tag
        2020-01-06T00:00:00Z,ACME,100,10,Market,Filled,1000,
        2020-01-08T00:00:00Z,ACME,104,10,Limit,Canceled,1040,
        2020-01-10T00:00:00Z,ACME,110,-10,Market,Filled,-1100,
        2020-02-03T00:00:00Z,ACME,120,-5,Market,Filled,-600,
        2020-02-05T00:00:00Z,ACME,126,5,Market,Filled,630,
        """;

    private const string TradingView = """
        Trade #,Type,Date/Time,Signal,Price USD,Position size (qty),Position size (value),Net P&L USD,Net P&L %
        1,Exit long,2020-01-10,TP,110,10,1000,97.9,9.79
        1,Entry long,2020-01-06,Long,100,10,1000,97.9,9.79
        2,Exit short,2020-02-05,SL,126,5,600,-31.23,-5.2
        2,Entry short,2020-02-03,Short,120,5,600,-31.23,-5.2
        """;

    private const string MetaTrader4 = """
        No;Open Time;Type;Size;Item;Price;S / L;T / P;Close Time;Price;Commission;Taxes;Swap;Profit
        1;2020.01.06 00:00:00;buy;10;ACME;100;0;0;2020.01.10 00:00:00;110;-2.1;0;0;100
        2;2020.01.20 00:00:00;balance;;;;;;;;;;;5000
        3;2020.02.03 00:00:00;sell;5;ACME;120;0;0;2020.02.05 00:00:00;126;-1.23;0;0;-30
        """;

    private const string MetaTrader5 = """
        Time,Position,Symbol,Type,Volume,Price,S / L,T / P,Time,Price,Commission,Swap,Profit
        2020.01.06 00:00:00,1,ACME,buy,10,100,,,2020.01.10 00:00:00,110,-2.00,-0.10,100
        2020.02.03 00:00:00,2,ACME,sell,5,120,,,2020.02.05 00:00:00,126,-1.20,-0.03,-30
        """;

    private const string MetaTrader5Deals = """
        Time,Deal,Symbol,Type,Direction,Volume,Price,Order,Commission,Fee,Swap,Profit,Balance,Comment
        2020.01.01 00:00:00,1,,balance,,,,,0,0,0,100000,100000,
        2020.01.06 00:00:00,2,ACME,buy,in,10,100,2,-1.00,0,0,0,99999,
        2020.01.10 00:00:00,3,ACME,sell,out,10,110,3,-1.10,0,0,100,100097.9,
        2020.02.03 00:00:00,4,ACME,sell,in,5,120,4,-0.60,0,0,0,100097.3,
        2020.02.05 00:00:00,5,ACME,buy,out,5,126,5,-0.63,0,0,-30,100066.67,
        """;

    private static readonly string[] s_texts =
        [Granary, Backtrader, BacktraderList, BacktraderTransactions, Freqtrade, FreqtradeJson, Lean, LeanJson, LeanOrders, TradingView,
            MetaTrader4, MetaTrader5, MetaTrader5Deals];

    public static TheoryData<string, string, bool> Layouts() => new()
    {
        { "granary", Granary, true },
        { "backtrader", Backtrader, true },
        { "backtrader", BacktraderList, true },
        { "backtrader", BacktraderTransactions, false },
        { "freqtrade", Freqtrade, true },
        { "freqtrade", FreqtradeJson, true },
        { "LEAN", Lean, true },
        { "LEAN", LeanJson, true },
        { "LEAN", LeanOrders, false },
        { "TradingView", TradingView, true },
        { "MetaTrader 4", MetaTrader4, true },
        { "MetaTrader 5", MetaTrader5, true },
        { "MetaTrader 5", MetaTrader5Deals, true },
    };

    [Theory, MemberData(nameof(Layouts))]
    public void A_file_of_a_known_program_is_recognised_and_gives_its_trades(string program, string text, bool hasCosts)
    {
        var path = Write("ACME.csv", text);
        TradeFile.Knows(path).ShouldBeTrue();
        var file = TradeFile.Read(path);
        file.Program.ShouldBe(program);
        file.Multipliers.ShouldBeEmpty();
        file.OtherProfits.ShouldBe(0);
        file.Trades.Select(t => (t.Symbol, t.Side, t.Quantity, Day(t.EntryTime), t.EntryPrice, Day(t.ExitTime!.Value), t.ExitPrice))
            .ShouldBe([("ACME", Side.Buy, 10, "2020-01-06", 100, "2020-01-10", 110),
                ("ACME", Side.Sell, 5, "2020-02-03", 120, "2020-02-05", 126)]);
        foreach (var (trade, costs) in file.Trades.Zip([2.1, 1.23])) trade.Commission.ShouldBe(hasCosts ? costs : 0, 1e-9);
    }

    [Fact]
    public void Columns_of_an_unknown_program_are_named()
    {
        var path = Write("mine.csv", "Way,Opened,In,Closed,Out,Lots,Net\nlong,2020-01-06,100,2020-01-10,110,10,97.9\n");
        TradeFile.Knows(path).ShouldBeFalse();
        Should.Throw<InputException>(() => TradeFile.Read(path)).Message.ShouldContain("say with --columns which is what");
        var named = TradeFile.ColumnsOf(
            "side=Way;entry_time=Opened;entry_price=In;exit_time=Closed;exit_price=Out;quantity=Lots;net_profit=Net");
        var trade = TradeFile.Read(path, named, "ACME").Trades.ShouldHaveSingleItem();
        (trade.Symbol, trade.Quantity, Math.Round(trade.Commission, 9)).ShouldBe(("ACME", 10, 2.1));
        Should.Throw<InputException>(() => TradeFile.ColumnsOf("colour=Way")).Message.ShouldContain("write ROLE=COLUMN");
    }

    [Fact]
    public void The_profits_of_a_contract_show_its_multiplier()
    {
        var file = TradeFile.Read(Write("es.csv", """
            data,side,entry,exit,entry_price,exit_price,size,pnl,pnlcomm,commission,barlen
            ES,long,2020-01-06,2020-01-10,3000,3010,2,1000,992,8,4
            ES,short,2020-02-03,2020-02-05,3100,3105.25,1,-262.5,-266.5,4,2
            """));
        file.Multipliers.ShouldBe(new Dictionary<string, double> { ["ES"] = 50 });
        file.OtherProfits.ShouldBe(0);
        // Profits in another currency have no such ratio, and are counted.
        var other = TradeFile.Read(Write("eu.csv", """
            data,side,entry,exit,entry_price,exit_price,size,pnl,pnlcomm,commission,barlen
            EU,long,2020-01-06,2020-01-10,100,110,10,91.3,91.3,0,4
            EU,long,2020-02-03,2020-02-05,100,110,10,87.2,87.2,0,2
            """));
        (other.Multipliers.Count, other.OtherProfits).ShouldBe((0, 2));
        other.Notes.ShouldContain(n => n.Contains("2 of 2 trades have another profit"));
    }

    [Fact]
    public void Fills_close_the_oldest_lots_first_and_reverse_a_position()
    {
        var file = TradeFile.Read(Write("fills.csv", """
            date,amount,price,sid,symbol,value
            2020-01-06,10,100,0,ACME,-1000
            2020-01-07,10,104,0,ACME,-1040
            2020-01-08,-15,110,0,ACME,1650
            2020-01-09,-10,108,0,ACME,1080
            """));
        file.Trades.Select(t => (t.Side, t.Quantity, t.EntryPrice, t.IsOpen ? 0 : t.ExitPrice)).ShouldBe(
            [(Side.Buy, 10, 100, 110), (Side.Buy, 5, 104, 110), (Side.Buy, 5, 104, 108), (Side.Sell, 5, 108, 0)]);
    }

    [Theory]
    [InlineData("long,2020-01-06,2020-01-10,x,110,10,0,0,0,1", "line 2, entryprice: 'x' is not a number")]
    [InlineData("long,06/01/2020,2020-01-10,100,110,10,0,0,0,1",
        "line 2, entry: '06/01/2020' is not a time that can be read without doubt")]
    [InlineData("up,2020-01-06,2020-01-10,100,110,10,0,0,0,1", "line 2, side: 'up' is not a side")]
    [InlineData("long,2020-01-10,2020-01-06,100,110,10,0,0,0,1", "the exit is before the entry")]
    [InlineData("long,2020-01-06,2020-01-10,-4,110,10,0,0,0,1", "'-4' is not above 0")]
    [InlineData("long,2020-01-06", "the line has 2 fields and the header 10")]
    public void A_damaged_row_is_answered_with_its_line_and_field(string row, string sentence)
    {
        var path = Write("bt.csv", "side,entry,exit,entry_price,exit_price,size,pnl,pnlcomm,commission,barlen\n" + row + "\n");
        Should.Throw<InputException>(() => TradeFile.Read(path)).Message.ShouldContain(sentence);
    }

    [Fact]
    public void Damaged_files_give_a_sentence_and_never_another_fault()
    {
        var random = new Random(7);
        foreach (var (at, layout) in s_texts.Index())
            for (var round = 0; round < 60; round++)
            {
                var text = layout.ToCharArray();
                for (var k = 0; k < 3; k++) text[random.Next(text.Length)] = ",;\n\"x-0{}"[random.Next(9)];
                var path = Write($"{at}-{round}.csv", new string(text));
                try
                {
                    foreach (var trade in TradeFile.Read(path).Trades)
                    {
                        trade.EntryPrice.ShouldBeGreaterThan(0);
                        trade.Quantity.ShouldBeGreaterThan(0);
                    }
                }
                catch (InputException e)
                {
                    e.Message.ShouldContain(path);
                }
            }
    }

    private static string Day(long ticks) => new DateTime(ticks).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("currency", "USD", "JPY", false)]
    [InlineData("Ccy", "GBP", "GBp", false)]
    [InlineData("CurrencyPrimary", "USD", "USDT", true)]
    [InlineData("currency", "EUR", "", true)]
    public void Trades_in_several_currencies_are_refused(string column, string first, string second, bool isRead)
    {
        var path = Write("money.csv", $"""
            side,quantity,entry_time,entry_price,exit_time,exit_price,pnl,pnl_net,{column}
            long,10,2020-01-06,100,2020-01-10,110,100,100,{first}
            long,10,2020-02-06,100,2020-02-10,110,100,100,{second}
            """);
        if (isRead) TradeFile.Read(path).Trades.Count.ShouldBe(2);
        else
            Should.Throw<InputException>(() => TradeFile.Read(path)).Message
                .ShouldContain($"several currencies (line 2 in {first}, line 3 in {second})");
    }
}
